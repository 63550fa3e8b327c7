"""How near the probabilities are: Brier score, log-loss, R2 and g."""

from __future__ import annotations

from twoarm.report.section import Details, Part
from twoarm.report.sections.models.rows import (
    BOOKKEEPING,
    ESTIMATES,
    MODEL,
    QUOTED,
    arm_rows,
    quoted,
)
from twoarm.report.table import Column, Table
from twoarm.study.result import StudyResult

__all__ = ["brier_table", "fit_table", "part"]

_FIT = {"scaled_brier": "Scaled Brier", "log_loss": "Log-loss", "r2": "R2", "g": "g"}


def part(result: StudyResult) -> Part:
    """Fold the measures of accuracy away; how they were counted stands in the file."""
    brier = brier_table(result)
    shown = brier.without(*(column.name for column in BOOKKEEPING))
    tables = (shown, fit_table(result))
    return Part(
        details=(Details(summary="Brier score, log-loss, R2 and g", tables=tables),),
        files=(brier,),
    )


def brier_table(result: StudyResult) -> Table:
    """Give every estimate of every model's Brier score."""
    rows = tuple(
        (
            outcome.spec.title,
            label,
            outcome.arms[arm].events,
            outcome.arms[arm].n,
            *(getattr(metric, column.name) for column in ESTIMATES),
            *quoted(metric),
            *(getattr(metric, column.name) for column in BOOKKEEPING),
        )
        for outcome, arm, label, metric in arm_rows(result, "brier")
    )
    note = "Mean squared distance of predicted probability and outcome; smaller is better."
    columns = (*MODEL, *ESTIMATES, *QUOTED, *BOOKKEEPING)
    return Table("brier", "Accuracy of the probabilities (Brier score)", note, columns, rows)


def fit_table(result: StudyResult) -> Table:
    """Give scaled Brier score, log-loss, R2 and g of every model."""
    rows = tuple(
        (outcome.spec.title, label, title, *(getattr(metric, c.name) for c in ESTIMATES))
        for name, title in _FIT.items()
        for outcome, _, label, metric in arm_rows(result, name)
    )
    columns = (
        Column("outcome", "Outcome"),
        Column("arm", "Arm"),
        Column("measure", "Measure"),
        *ESTIMATES,
    )
    note = (
        "Log-loss with probabilities kept within 0.001 and 0.999. R2 is Nagelkerke's, g Harrell's "
        "mean difference of the linear predictor; both recalibrate where they are measured, which "
        "the patients not drawn are too few for. A dash: not defined."
    )
    return Table("fit", "Scaled Brier score, log-loss, R2 and g", note, columns, rows)
