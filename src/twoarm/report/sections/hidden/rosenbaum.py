"""Bounds of the p-value in matched pairs."""

from __future__ import annotations

from twoarm.diagnostics import RosenbaumBounds
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.hidden.rosenbaum import ROSENBAUM
from twoarm.study.judge.hidden.sensitivity import SENSITIVITY
from twoarm.study.result import StudyResult

__all__ = ["part", "rosenbaum_table"]


def part(result: StudyResult) -> Part | None:
    """Fold the bounds away, or why there are none."""
    if result.value(SENSITIVITY) is None:  # drawn by lot, or without a cross-fit
        return None
    table = rosenbaum_table(result.value(ROSENBAUM), result.why_absent(ROSENBAUM))
    return Part(details=(Details(summary="Matched pairs", tables=(table,)),))


def rosenbaum_table(value: RosenbaumBounds | None, reason: str) -> Table:
    """Give the bounds of McNemar's p-value in matched pairs."""
    rows: tuple[Row, ...] = ()
    note = reason
    if value is not None:
        numbers = zip(value.gamma, value.p_low, value.p_high, strict=True)
        rows = tuple(tuple(float(each) for each in row) for row in numbers)
        note = (
            f"{value.pairs} pairs of a treated and an untreated patient with like propensity. In "
            f"{value.treated_better} only the treated fared well, in {value.control_better} only "
            "the other. Smallest and largest one-sided p-value if hidden factors change the odds "
            "of treatment within a pair up to this factor."
        )
    columns = (
        Column("gamma", "Odds ratio within a pair", "number"),
        Column("p_low", "p, smallest", "probability"),
        Column("p_high", "p, largest", "probability"),
    )
    return Table("rosenbaum", "Rosenbaum bounds in matched pairs", note, columns, rows)
