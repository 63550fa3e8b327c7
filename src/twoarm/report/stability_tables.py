"""How far the predictions move from refit to refit."""

from __future__ import annotations

from twoarm.metrics import finite
from twoarm.report.cohort_tables import arm_labels
from twoarm.report.formats import Value
from twoarm.report.table import Column, Table
from twoarm.study.reliability import Reliability
from twoarm.study.result import StudyResult

__all__ = ["stability_table"]


def stability_table(result: StudyResult, found: Reliability) -> Table:
    """Give the instability of both arms' risks and of the benefit, of every outcome."""
    control, treated = arm_labels(result)
    rows: list[tuple[Value, ...]] = []
    for name, outcome in found.stability.outcomes.items():
        parts = {
            f"Risk, {control}": outcome.mu0,
            f"Risk, {treated}": outcome.mu1,
            "Benefit": outcome.benefit,
        }
        title = result.outcomes[name].spec.title
        rows += [
            (
                title,
                label,
                finite(part.mean_mape),
                finite(part.mean_width),
                part.mean_instability_index,
                part.share_unstable,
            )
            for label, part in parts.items()
        ]
    columns = (
        Column("outcome", "Outcome"),
        Column("prediction", "Predicted"),
        Column("mape", "Mean absolute difference, points", "spread"),
        Column("width", "Mean width of the stability interval, points", "spread"),
        Column("classification_instability", "Other side of the threshold", "percent"),
        Column("share_unstable", "Unstable patients", "percent"),
    )
    threshold = 100 * (result.primary.spec.threshold or 0.0)
    note = (
        f"Each of the {result.replicates} models of the bootstrap might have been developed "
        "instead of this one. Mean absolute difference: between their predictions for a patient "
        "and that of the model fitted to everybody, mean over patients. Stability interval: the "
        "middle 95 % of what they predict for one patient, a spread of refitted predictions and "
        "not a confidence interval; those of the benefit stand in tables/patients.csv. Other side "
        f"of the threshold: mean share of models that put a patient on the other side of "
        f"{threshold:g} points of benefit; unstable patients: those whom more than a quarter do. "
        "Stable predictions may be wrong all the same."
    )
    return Table("stability", "Stability of the predictions across refits", note, columns,
                 tuple(rows))  # fmt: skip
