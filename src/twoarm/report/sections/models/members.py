"""What the stacks are made of."""

from __future__ import annotations

from twoarm.metrics import finite
from twoarm.report.section import Details, Part
from twoarm.report.sections.models.rows import arm_rows, few_events_note
from twoarm.report.table import Column, Row, Table
from twoarm.study.result import StudyResult

__all__ = ["members_table", "part"]


def part(result: StudyResult) -> Part:
    """Fold the weights of the members away."""
    tables = (members_table(result),)
    return Part(details=(Details(summary="What the stacks are made of", tables=tables),))


def members_table(result: StudyResult) -> Table:
    """Give the weights of the stacks' members."""
    rows: list[Row] = []
    for outcome, arm, label, _ in arm_rows(result, "auc"):
        fit = outcome.arms[arm]
        rows += [
            (outcome.spec.title, label, member, weight, finite(fit.mean_weights[member]))
            for member, weight in fit.weights.items()
        ]
    columns = (
        Column("outcome", "Outcome"),
        Column("arm", "Arm"),
        Column("member", "Member"),
        Column("weight", "Weight, full fit", "probability"),
        Column("mean_weight", "Mean weight, replicates", "probability"),
    )
    note = few_events_note(result).strip()
    return Table("members", "What the stacks are made of", note, columns, tuple(rows))
