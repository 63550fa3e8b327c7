"""One small cohort through `twoarm run`, in this process: what came of it, and what is wrong."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG

from benchmarks.check_fuzz import Cohort, as_toml
from twoarm.cli.main import main as twoarm

__all__ = ["Outcome", "faults", "tried"]

ANSWERS = (0, 2, 3)
"""Exit codes that are an answer: done, the user's input, too many fits failed."""
_NO_DIFFERENCE = {
    "odds_ratio_trend", "slope", "logit_calibration", "shrinkage_slope", "calibration_slope",
    "best_linear_predictor", "differential", "pooled_observed_over_expected", "nnt_of_mean",
    "observed_over_expected", "last_quarter_over_first",
    "needed", "partial_r2", "to_zero", "to_threshold", "e_value", "marginal_sensitivity",
}  # fmt: skip
"""Estimates of something else than a difference or a mean of probabilities (a difference of two
benefits lies between -2 and 2)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run ended with."""

    code: int
    said: str
    warned: tuple[str, ...]
    summary: dict[str, Any] | None
    files: tuple[str, ...]


def tried(cohort: Cohort, *, replicates: int = 2, pictures: bool = True) -> Outcome:
    """Write a study file and its patients, run it, read what it wrote.

    Without `pictures` the figures are painted all the same, but no file is made of them, which
    takes half of the time.
    """
    study, rows = cohort
    place = Path(tempfile.mkdtemp())
    try:
        with (place / "data.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        (place / "study.toml").write_text(as_toml(study), encoding="utf-8")
        words = ["run", str(place / "study.toml"), "--cohort", str(place / "data.csv")]
        words += ["--out", str(place / "run"), "--replicates", str(replicates)]
        with contextlib.nullcontext() if pictures else _no_pictures():
            return _ended(place, [*words, "--executor", "serial"])
    finally:
        shutil.rmtree(place)


@contextlib.contextmanager
def _no_pictures() -> Iterator[None]:
    with (
        mock.patch.object(FigureCanvasAgg, "print_png"),
        mock.patch.object(FigureCanvasSVG, "print_svg", lambda _, file, **__: file.write("<svg/>")),
    ):
        yield


def _ended(place: Path, words: list[str]) -> Outcome:
    said, code = io.StringIO(), 0
    with (
        warnings.catch_warnings(record=True) as warned,
        mock.patch.object(sys, "argv", ["twoarm", *words]),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(said),
    ):
        warnings.simplefilter("default")
        try:
            twoarm()
        except SystemExit as stop:
            code = int(stop.code or 0)
    summary = place / "run" / "summary.json"
    return Outcome(
        code,
        said.getvalue(),
        tuple(f"{each.category.__name__}: {each.message}" for each in warned),
        json.loads(summary.read_text(encoding="utf-8")) if summary.exists() else None,
        tuple(sorted(each.name for each in place.glob("run/*"))),
    )


def faults(found: Outcome) -> list[str]:
    """Say what must not be: no answer, a foreign warning, a lost run, an impossible number."""
    wrong = [] if found.code in ANSWERS else [f"exit code {found.code}: {found.said[-600:]}"]
    wrong += [f"warning: {each}" for each in sorted(set(found.warned))]
    if found.code == 2 and "replicates.sqlite" in found.files:
        wrong.append(f"lost after the bootstrap: {found.said[-300:]}")
    if found.summary is None:
        return wrong
    wrong += [
        f"{path} is {value}" for path, value in _leaves(found.summary) if _beyond(path, value)
    ]
    return wrong + list(_contradictions(found.summary))


def _leaves(node: Any, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(node, dict):
        for key, each in node.items():
            yield from _leaves(each, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for each in node:
            yield from _leaves(each, f"{path}[]")
    elif isinstance(node, float):
        yield path, node


def _beyond(path: str, value: float) -> bool:
    """Say whether a difference of risks, or a share, is one that cannot be."""
    if not math.isfinite(value):
        return True
    keys = path.split(".")
    if "odds_ratio" in keys:
        return value <= 0
    return keys[-1] == "estimate" and abs(value) > 1 and not _NO_DIFFERENCE & set(keys)


_RESTS_ON = {
    "harrell": "replicates_used", "mcse": "replicates_used", "oob": "oob_used", "d632": "oob_used",
    "d632plus": "oob_used", "nested_cv": "repeats_used",
}  # fmt: skip


def _contradictions(summary: dict[str, Any]) -> Iterator[str]:
    """Give the numbers that stand without what they rest on."""
    for path, node in _objects(summary):
        for name, count in _RESTS_ON.items():
            if count in node and node.get(name) is not None and not node[count]:
                yield f"{path}.{name} is {node[name]}, {count} is 0"
        if "headline_reason" in node and (node["headline"] is None) != bool(
            node["headline_reason"]
        ):
            yield f"{path}.headline is {node['headline']}: {node['headline_reason']!r}"


def _objects(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for key, each in node.items():
            yield from _objects(each, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for each in node:
            yield from _objects(each, f"{path}[]")
