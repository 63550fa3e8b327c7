"""Random small cohorts through `twoarm check`: an answer every time, never a traceback.

    python -m benchmarks.check_fuzz --cohorts 10000 --keep

Types, levels, gaps, constant and doubled columns, centres, ids, sizes 8 to 80 and dirt are drawn
from a seed each. Exit code 0 or 2 is an answer, anything else is printed with its seed. Half of the
cohorts are clean: their notices are counted by kind, for few should be there. Ends with exit code 1
if any cohort got no answer.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import re
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.record import keep
from twoarm.cli.main import main as twoarm

_SIZES = (8, 80)
_DIRT = (
    "NA", ".", "-", "unknown", "999", "-9", "0", "1.184", "1,184", "7,5", "#REF!", "45 %", "02-Jan",
    "2024-01-31", "M1\u200b", "\u00a0", "x", "1e9", "9" * 30, "nan", "5.5", "é", "e\u0301", "=1+1",
    "< 5", "1'184", "1\u2009184", "７", "Р1", "k. A.", "不明", "TRUE", "P001.0", "-5", "88",
    "12:30", "5-10", "Ã©", "\ufeff1", "7 mmol/L", "h0", "H-1",
)  # fmt: skip
_NO_KIND = re.compile(r"'[^']*'|[0-9][0-9.]*")

Cohort = tuple[dict[str, Any], list[dict[str, str]]]


def draw(seed: int) -> Cohort:
    """Draw a study file's content and its patients; odd seeds are dirty, even ones clean."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(*_SIZES, endpoint=True))
    columns = {f"x{k}": _column(rng, n) for k in range(int(rng.integers(1, 8)))}
    if len(columns) > 1 and rng.random() < 0.2:
        columns["x1"] = columns["x0"]
    names = list(columns)
    rows = [
        {
            "pid": f"P{k:03d}",
            "centre": f"H{rng.integers(rng.integers(1, 8) + 1)}",
            "arm": str(rng.integers(2)),
            "y": str(rng.integers(7)),
            **{name: columns[name][1][k] for name in names},
        }
        for k in range(n)
    ]
    if seed % 2:
        _dirty(rng, rows)
    return _study(rng, {name: columns[name][0] for name in names}), rows


def _column(rng: np.random.Generator, n: int) -> tuple[dict[str, Any], list[str]]:
    """Draw a column's description and cells."""
    kind = str(rng.choice(["number", "integer", "ordinal", "binary", "nominal"]))
    described: dict[str, Any] = {"type": kind}
    if kind == "number":
        cells = [f"{value:.{rng.integers(1, 4)}f}" for value in rng.normal(50, 10, n)]
    elif kind == "integer":
        cells = [str(value) for value in rng.integers(0, rng.integers(1, 60) + 1, n)]
    else:
        codes = [str(k) for k in range(2 if kind == "binary" else int(rng.integers(2, 9)))]
        if kind == "nominal":
            codes = [f"c{code}" for code in codes]
        if kind != "binary":
            described["levels"] = [{"code": code} for code in codes]
        cells = [str(code) for code in rng.choice(codes, n)]
    if rng.random() < 0.1:
        cells = cells[:1] * n
    if rng.random() < 0.4:
        described["may_be_missing"] = True
        gaps = rng.random(n) < rng.choice([0.02, 0.1, 0.3, 0.9], p=[0.4, 0.3, 0.25, 0.05])
        cells = ["" if gap else cell for cell, gap in zip(cells, gaps, strict=True)]
    return described, cells


def _study(rng: np.random.Generator, columns: dict[str, dict[str, Any]]) -> dict[str, Any]:
    rules = [{"at_most": 2}, {"at_least": 3}, {"equals": 6}, {"one_of": [5, 6]}, {"above": 4.5}]
    head = {"name": "fuzz", "title": "Fuzz"}
    head |= {key: column for key, column in (("id", "pid"), ("centre", "centre"))
             if rng.random() < 0.6}  # fmt: skip
    outcome = {"name": "o", "column": "y", "event": rules[rng.integers(len(rules))]}
    outcome |= {"desirable": bool(rng.integers(2)), "primary": True, "threshold": 0.1}
    more: dict[str, Any] = {"ordinal": {"column": "y"}} if rng.random() < 0.3 else {}
    if rng.random() < 0.3:
        name = str(rng.choice(list(columns)))
        words = columns[name]["type"] == "nominal"
        rule = f"{name} != 'c0'" if words else f"{name} >= {rng.integers(60)}"
        more["eligibility"] = [{"rule": rule, "reason": "drawn"}]
    return {
        "study": head,
        "target_trial": {
            "eligibility": "all", "time_zero": "then", "control_by": "other", "estimand": "RD",
            "strategies": {"control": "no", "treated": "yes"},
        },
        "treatment": {"column": "arm", "control": 0, "treated": 1},
        "outcomes": [outcome],
        "predictors": [{"column": name, **each} for name, each in columns.items()],
        **more,
    }  # fmt: skip


def _dirty(rng: np.random.Generator, rows: list[dict[str, str]]) -> None:
    names = list(rows[0])
    for _ in range(int(rng.integers(1, 4))):
        name, dirt = names[rng.integers(len(names))], _DIRT[rng.integers(len(_DIRT))]
        for k in rng.permutation(len(rows))[: int(rng.integers(1, 6))]:
            rows[k][name] = dirt
    if rng.random() < 0.2:
        rows += [dict(row) for row in rows[: int(rng.integers(1, len(rows) + 1))]]


def as_toml(study: dict[str, Any]) -> str:
    """Write a study file's content as TOML."""
    lines = []
    for section, content in study.items():
        entries = content if isinstance(content, list) else [content]
        title = f"[[{section}]]" if isinstance(content, list) else f"[{section}]"
        for entry in entries:
            lines += [title, *(f"{key} = {_value(value)}" for key, value in entry.items()), ""]
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(_value(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)


def checked(seed: int, folder: Path) -> tuple[int, str]:
    """Put one cohort through `twoarm check`; give its exit code and what it prints."""
    study, rows = draw(seed)
    (folder / "study.toml").write_text(as_toml(study), encoding="utf-8")
    with (folder / "data.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    sys.argv = ["twoarm", "check", str(folder / "study.toml"), "--cohort", str(folder / "data.csv")]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            twoarm()
        except SystemExit as ended:
            return int(ended.code or 0), printed.getvalue()
        except BaseException:  # noqa: BLE001  what got past the last line of defence is counted too
            printed.write(traceback.format_exc())
            return 1, printed.getvalue()
    return 0, printed.getvalue()


def main() -> None:
    """Draw, check, count, and keep the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohorts", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--keep", action="store_true", help="write the counts to results/")
    asked = parser.parse_args()
    codes: Counter[int] = Counter()
    notices: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for seed in range(asked.first, asked.first + asked.cohorts):
            code, printed = checked(seed, Path(name))
            codes[code] += 1
            if code not in (0, 2):
                print(f"seed {seed}: exit {code}\n{printed}")
            if seed % 2 == 0:
                lines = [line for line in printed.splitlines() if line.startswith("notice")]
                notices.update({_NO_KIND.sub("_", line.split(": ", 2)[-1])[:60] for line in lines})
    print(f"{asked.cohorts} cohorts from seed {asked.first}; exit codes {dict(codes)}")
    for kind, count in notices.most_common():
        print(f"{count:6d} of {asked.cohorts // 2} clean cohorts: {kind}")
    if asked.keep:
        counts = {"exit_codes": codes, "notices_of_clean_cohorts": notices}
        keep("check_fuzz", {"first_seed": asked.first, "cohorts": asked.cohorts, **counts})
    sys.exit(int(not set(codes) <= {0, 2}))


if __name__ == "__main__":
    main()
