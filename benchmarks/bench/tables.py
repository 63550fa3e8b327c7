"""The results as tables for the documentation, from ``speed.json`` and ``cost_curve.json``.

``python -m benchmarks.bench.tables`` writes ``results/speed_tables.md``, which
``docs/explanation/speed.md`` includes, so that the page and the measurements agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.record import RESULTS

__all__ = ["write_tables"]

PATH = RESULTS / "speed_tables.md"
_NAMES = {"twoarm": "twoarm", "econml": "EconML", "causalml": "CausalML"}
_LIBRARIES = {"lightgbm": "LightGBM", "scikit-learn": "scikit-learn"}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _title(name: str) -> str:
    return name.replace("_", " ")


def _seconds(value: float) -> str:
    return f"{1e3 * value:.3g} ms" if value < 1 else f"{value:.3g} s"


def _ratio(value: float) -> str:
    if value < 1:
        return f"{value:.2g}"
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}"


def _one_stack(measured: dict[str, Any]) -> str:
    rows = []
    for name, row in measured["rows"].items():
        ours, theirs, composed = (
            row["seconds"][each]["median"] for each in ("twoarm", "scikit_learn", "lightgbm")
        )
        rows.append(
            [
                _title(name),
                _seconds(ours),
                _seconds(theirs),
                _ratio(row["ratio_scikit_learn"]),
                _seconds(composed),
                _ratio(row["ratio_lightgbm"]),
            ]
        )
    head = ["", "twoarm", "scikit-learn", "ratio", "LightGBM + scikit-learn", "ratio"]
    return (
        f"**One stack**, {measured['patients']} patients, {measured['predictors']} predictors, "
        f"{measured['inner_folds']} inner folds, one core\n\n{_table(head, rows)}"
    )


def _t_learner(measured: dict[str, Any]) -> str:
    rows = []
    for name, row in measured["rows"].items():
        if "absent" in row:
            rows.append([_NAMES[name], "not measured: " + row["absent"], ""])
            continue
        title = f"{_NAMES[name]} {row.get('versions', {}).get(name, '')}".strip()
        rows.append([title, _seconds(row["seconds"]["median"]), _ratio(row["ratio"])])
    return (
        f"**One bootstrap replicate of a T-learner of stacks**, {measured['patients_an_arm']} "
        f"patients an arm\n\n{_table(['', 'seconds', 'ratio'], rows)}"
    )


def _rms_validate(measured: dict[str, Any]) -> str:
    if "absent" in measured:
        return f"`rms::validate` was not measured: {measured['absent']}.\n"
    rms = measured["rms"]
    rows = [
        ["twoarm", _seconds(measured["twoarm"]["seconds"]["median"]), "1.0"],
        [
            f"rms {rms['versions']['rms']}, R {rms['versions']['R']}",
            _seconds(rms["seconds"]["median"]),
            _ratio(measured["ratio"]),
        ],
    ]
    return (
        f"**Harrell's bootstrap of a plain logistic model**, {measured['patients']} patients, "
        f"{measured['replicates']} replicates\n\n{_table(['', 'seconds', 'ratio'], rows)}"
    )


def _patients(points: list[dict[str, Any]], predictors: int) -> str:
    rows = []
    for point in points:
        ratios = [_ratio(each) for each in point["ratio_lightgbm_parts"].values()]
        rows.append(
            [
                f"{point['patients']:,}".replace(",", " "),
                _seconds(point["seconds"]["stack"]),
                _seconds(point["lightgbm"]["seconds"]),
                _ratio(point["ratio_lightgbm"]),
                *ratios,
                _LIBRARIES[point["lightgbm"]["forest"]],
            ]
        )
    members = [_title(name) for name in points[0]["ratio_lightgbm_parts"]]
    head = ["patients", "twoarm", "LightGBM + scikit-learn", "ratio", *members, "its forest by"]
    return (
        f"**One stack against patients**, {predictors} predictors; the ratio of the whole stack, "
        f"then of sorting and binning and of each member\n\n{_table(head, rows)}"
    )


def _slower(points: list[dict[str, Any]]) -> str:
    """Say at which sizes the libraries are faster."""
    found = []
    for name in points[0]["ratio_lightgbm_parts"]:
        sizes = [each["patients"] for each in points if each["ratio_lightgbm_parts"][name] < 1]
        if sizes:
            found.append(f"{_title(name)} at {', '.join(map(str, sizes))} patients")
    largest = points[-1]["patients"]
    if not found:
        return f"At no size up to {largest} patients was a member of the libraries faster.\n"
    return f"A library was faster for: {'; '.join(found)} (largest size measured: {largest}).\n"


def _exponents(exponents: dict[str, dict[str, float]]) -> str:
    members = list(exponents["patients"])
    rows = [
        [size, *(f"{values[name]:.2f}" if name in values else "" for name in members)]
        for size, values in exponents.items()
    ]
    return "**Exponents**: seconds grow like the size to the power of\n\n" + _table(
        ["", *map(_title, members)], rows
    )


def _memory(point: dict[str, Any]) -> str:
    memory = point["memory"]
    return (
        f"Peak memory of one stack of {point['patients']} patients in a process of its own: "
        f"{memory['peak_mib']:.0f} MiB, of which {memory['before_the_cohort_mib']:.0f} MiB are "
        f"Python and the compiled kernels; LightGBM's composition: "
        f"{point['lightgbm']['peak_mib']:.0f} MiB.\n"
    )


def write_tables() -> Path:
    """Write the page's tables and give their path."""
    speed, curve = (
        json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("speed", "cost_curve")
    )
    versions = speed["versions"]
    parts = [
        _one_stack(speed["one_stack"]),
        _t_learner(speed["t_learner"]),
        _rms_validate(speed["rms_validate"]),
        _patients(curve["patients"], curve["curve_predictors"]),
        _slower(curve["patients"]),
        _exponents(curve["exponents"]),
        _memory(curve["patients"][-1]),
        f"Versions: twoarm {versions['twoarm']}, scikit-learn {versions['scikit-learn']}, LightGBM "
        f"{speed['lightgbm']}, NumPy {versions['numpy']}, Python {versions['python']}.\n",
    ]
    PATH.write_text("\n".join(parts), encoding="utf-8")
    return PATH


if __name__ == "__main__":
    print(write_tables())
