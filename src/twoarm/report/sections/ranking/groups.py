"""The average benefit in quarters of predicted benefit."""

from __future__ import annotations

from twoarm.cohort.load import Study
from twoarm.diagnostics import present
from twoarm.report.section import Details, Part
from twoarm.report.sections.ranking.learners import (
    LEARNER,
    LIMITS,
    adjusted,
    errors_of,
    models_of,
)
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.result import StudyResult

__all__ = ["groups_table", "part"]


def part(result: StudyResult) -> Part | None:
    """Fold the quarters away; nothing where there is no cross-fit."""
    evidence = result.value(COMPARISON)
    if evidence is None:
        return None
    table = groups_table(result.plan.study, evidence)
    return Part(details=(Details(summary="Benefit in quarters", tables=(table,)),))


def groups_table(study: Study, found: BenefitEvidence) -> Table:
    """Give the average score in quarters of predicted benefit."""
    rows: list[Row] = []
    for title, m in models_of(found):
        groups = present(m.groups)
        if groups is None:
            continue
        parts = (groups.n, groups.predicted, groups.estimate, *groups.limits)
        numbers = zip(*(each.tolist() for each in parts), strict=True)
        rows += [(title, quarter, *row) for quarter, row in enumerate(numbers, start=1)]
    columns = (
        LEARNER,
        Column("quarter", "Quarter", "count"),
        Column("n", "Patients", "count"),
        Column("predicted", "Predicted, points", "points"),
        Column("estimate", "Estimated, points", "points"),
        *LIMITS,
    )
    note = (
        "Patients in quarters of rising predicted benefit, each with its average benefit. From one "
        "cross-fit, so the intervals leave out how the quarters change from split to split."
        + adjusted(study)
        + errors_of(found, "groups")
    )
    return Table("benefit_groups", "Benefit in quarters", note, columns, tuple(rows))
