"""The measured covariates as yardsticks of a hidden one."""

from __future__ import annotations

from twoarm.diagnostics import PartialR2
from twoarm.diagnostics.harm import amount
from twoarm.report.section import Details, Part
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.hidden.partial_r2 import PARTIAL_R2
from twoarm.study.judge.hidden.sensitivity import SENSITIVITY
from twoarm.study.result import StudyResult

__all__ = ["benchmarks_table", "part"]


def part(result: StudyResult) -> Part | None:
    """Fold the yardsticks away, or why there are none."""
    if result.value(SENSITIVITY) is None:  # drawn by lot, or without a cross-fit
        return None
    table = benchmarks_table(result, result.value(PARTIAL_R2), result.why_absent(PARTIAL_R2))
    return Part(details=(Details(summary="Measured covariates as yardsticks", tables=(table,)),))


def benchmarks_table(result: StudyResult, value: PartialR2 | None, reason: str) -> Table:
    """Give the effect left by a confounder some times as strong as each covariate."""
    rows: tuple[Row, ...] = ()
    note = reason
    if value is not None:
        rows = tuple(
            (
                result.plan.file.column_title(each.name),
                each.times,
                each.r2_treatment,
                each.r2_outcome,
                each.estimate,
                each.se,
            )
            for each in value.leading
        )
        note = (
            "A linear model of a yes-or-no outcome, an approximation. Without a hidden factor it "
            f"finds {amount(value.estimate)}; below 0 is harm. Each row: what would be "
            "left if a hidden factor were so many times as strong as the covariate, with treatment "
            "and with the outcome; the three covariates that move it most."
        )
    columns = (
        Column("covariate", "As strong as"),
        Column("times", "Times", "number"),
        Column("r2_treatment", "Partial R2, treatment", "probability"),
        Column("r2_outcome", "Partial R2, outcome", "probability"),
        Column("benefit", "Benefit left", "points"),
        Column("se", "SE", "spread"),
    )
    return Table("benchmarks", "A hidden factor like a measured one", note, columns, rows)
