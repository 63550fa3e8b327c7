"""The tables of decision 0022, in Markdown, from the results of `auc_interval`.

Run: ``python -m benchmarks.auc_interval_table``.
"""

from __future__ import annotations

import json
from typing import Any

from benchmarks.auc_interval_summary import BEFORE, MULTIPLES
from benchmarks.record import RESULTS


def _read(part: str) -> dict[str, Any]:
    content = json.loads((RESULTS / f"auc_interval_{part}.json").read_text(encoding="utf-8"))
    measures: dict[str, Any] = content["measures"]
    return measures


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def choice(measure: str, pairs: dict[str, Any]) -> list[str]:
    """Give a row for each pair of multiples, the chosen one bold."""
    chosen = "{:g}, {:g}".format(*MULTIPLES.get(measure, (0, 0)))
    lines = [
        _row([f"{measure}: sampling, spread", "coverage", "lowest cell", "width"]),
        _row(["---"] * 4),
    ]
    for name, each in pairs.items():
        shown = f"**{name}**" if name == chosen else name
        numbers = (each["coverage"], each["lowest"])
        lines.append(
            _row([shown, *(f"{x:.3f}" for x in numbers), f"{each['width_by_oracle']:.2f}"])
        )
    return lines


def _held(row: dict[str, Any]) -> list[str]:
    if "coverage" not in row:
        return ["–", "–", "–"]
    return [
        f"{row['coverage']:.3f} ({row['mcse']:.3f})",
        f"{row['truth_below']:.3f}, {row['truth_above']:.3f}",
        f"{row['width_by_oracle']:.2f}",
    ]


def confirmation(measure: str, cells: dict[str, Any]) -> list[str]:
    """Give a row for each cell: what is held now, and what was before."""
    before = BEFORE.get(measure, {})
    head = [measure, "cohorts", "without", "events", "truth", "bias"]
    head += ["coverage (SE)", "truth below, above", "width"]
    for name in before:
        head += [f"{name}: coverage (SE)", "truth below, above", "width"]
    lines = [_row(head), _row(["---"] * len(head))]
    for name, cell in cells.items():
        now = cell["now"]
        cells_of = [name, str(now["cohorts"]), str(now["without"]), f"{cell['events']:.0f}"]
        cells_of += [f"{cell['truth']:.3f}", f"{cell['bias']:+.3f}", *_held(now)]
        lines.append(_row(cells_of + [each for old in before for each in _held(cell[old])]))
    return lines


def main() -> None:
    """Print the tables of every measure."""
    for measure, pairs in _read("choice").items():
        print("\n".join(choice(measure, pairs)), end="\n\n")
    for measure, cells in _read("confirmation").items():
        print("\n".join(confirmation(measure, cells)), end="\n\n")


if __name__ == "__main__":
    main()
