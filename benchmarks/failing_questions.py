"""Every question made to fail in turn: the exit code, and what is written all the same.

    python -m benchmarks.failing_questions --keep

The command `twoarm run` on a small study (shipped synthetic patients, two replicates), with one
question that raises: `NotEstimable` (the data do not carry it: exit 0) or anything else (a defect
of ours: exit 1). Everything else has to be written as it is without the failure: the same files,
the same answers, the same numbers outside the question's own places. Ends with 1 if any is not.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import twoarm.study
from benchmarks.record import keep
from twoarm.cli.main import main as twoarm_command
from twoarm.errors import NotEstimable
from twoarm.study.judge.registry import QUESTIONS

SHIPPED = Path(twoarm.study.__file__).parents[1] / "shipped" / "rescue-stenting.toml"
SMALL = """
[model]
members = ["mean", "logistic", "elastic_net"]
inner_folds = 3
[validation]
replicates = 2
cross_fit_folds = 3
cross_fit_repeats = 2
[importance]
repeats = 2
"""
FAILURES = {"not estimable": NotEstimable("too few patients"), "defect": ZeroDivisionError("slip")}
EXPECTED = {"not estimable": 0, "defect": 1}
SUMS_UP = ("absent", "findings", "verdict")
"""What speaks of all questions, in the summary."""


def main() -> None:
    """Fail every question both ways and say what came of it."""
    parser = argparse.ArgumentParser(description="Every question made to fail in turn.")
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        rows = list(_rows(Path(place)))
    for row in rows:
        print(row)
    if asked.keep:
        keep("failing_questions", {"rows": rows})
    sys.exit(any(row["wrong"] for row in rows))


def _rows(place: Path):
    file = _study(place)
    whole = place / "whole"
    _run(file, whole, QUESTIONS)
    for name in [each.name for each in QUESTIONS]:
        for failure, error in FAILURES.items():
            questions = [_failing(each, error) if each.name == name else each for each in QUESTIONS]
            out = place / f"{name} {failure}".replace(" ", "-")
            code, said = _run(file, out, questions)
            asked_here = any(name in line for line in said.splitlines()) or code == 0
            lost = sorted(_files(whole) - _files(out))
            wrong = [f"not written: {each}" for each in lost if not _may_lack(each, name)]
            wrong += _changed(whole, out, name)
            if code != EXPECTED[failure] or not asked_here:
                wrong.append(f"exit code {code}")
            pages = [each for each in lost if not each.startswith("values/")]
            yield {
                "question": name, "failure": failure, "exit": code, "without": pages,
                "wrong": wrong,
            }  # fmt: skip


def _study(place: Path) -> Path:
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace('cohort = "rescue', f'cohort = "{SHIPPED.parent}/rescue')
    text = text.replace('file = "rescue', f'file = "{SHIPPED.parent}/rescue')
    file = place / "small.toml"
    file.write_text(text[: text.index("[model]")] + SMALL, encoding="utf-8")
    return file


def _failing(question: Any, error: Exception) -> Any:
    @functools.wraps(question.ask)  # what it would give says how answers are stored
    def ask(_: Any) -> Any:
        raise error

    return dataclasses.replace(question, ask=ask)


def _run(file: Path, out: Path, questions: Any) -> tuple[int, str]:
    """Run the command with these questions; give its exit code and what it said of errors."""
    run = functools.partial(twoarm.study.run, questions=questions)
    words = ["twoarm", "run", str(file), "--out", str(out), "--executor", "serial"]
    errors = io.StringIO()
    with (
        mock.patch.object(twoarm.study, "run", run),
        mock.patch.object(sys, "argv", words),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(errors),
    ):
        try:
            twoarm_command()
        except SystemExit as stop:
            return int(stop.code or 0), errors.getvalue()
    return 0, errors.getvalue()


def _changed(whole: Path, out: Path, name: str) -> list[str]:
    """Say which numbers and findings are not as in the whole run, but for one question's own."""
    question = next(each for each in QUESTIONS if each.name == name)
    before, after = (
        json.loads((each / "summary.json").read_text("utf-8")) for each in (whole, out)
    )
    places = [key.path.split(".") for key in question.keys]
    found = [
        f"changed: {'.'.join(path)}"
        for path, value in _leaves(before)
        if path[0] not in SUMS_UP
        and not any(_below(path, place) for place in places)
        and _at(after, path) != value
    ]
    others, kept = (
        [each for each in summary["findings"] if each["name"] != name]
        for summary in (before, after)
    )
    return found if others == kept else [*found, "other findings changed"]


def _files(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def _may_lack(file: str, name: str) -> bool:
    """Say whether a file may belong to one question: its stored value, a table, a figure."""
    own = f"values/{name.lower().replace(' ', '-')}."
    return file.startswith(("tables/", "figures/", own))


def _leaves(node: Any, path: tuple[str, ...] = ()):
    if isinstance(node, dict):
        for key, each in node.items():
            yield from _leaves(each, (*path, key))
    else:
        yield path, node


def _at(node: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def _below(path: tuple[str, ...], place: list[str]) -> bool:
    """Say whether a path lies at or below a question's key, whose names in braces are any name."""
    if len(path) < len(place):
        return False
    pairs = zip(path, place, strict=False)
    return all(wanted.startswith("{") or wanted == given for given, wanted in pairs)


if __name__ == "__main__":
    main()
