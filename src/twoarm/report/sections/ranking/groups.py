"""The average benefit in quarters of predicted benefit."""

from __future__ import annotations

import numpy as np

from twoarm.cohort.load import Study
from twoarm.diagnostics import present
from twoarm.metrics import GroupEffects
from twoarm.report.figures import INK, TREATED, Drawing, Panel, draw
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

__all__ = ["groups_table", "part", "quarters"]


def part(result: StudyResult) -> Part | None:
    """Draw the quarters, and fold their numbers away; nothing where there is no cross-fit."""
    evidence = result.value(COMPARISON)
    if evidence is None:
        return None
    table = groups_table(result.plan.study, evidence)
    folded = Details(summary="Benefit in quarters", tables=(table,))
    return Part(figures=_drawings(result, evidence), details=(folded,))


def quarters(panel: Panel, found: GroupEffects) -> None:
    """Show the benefit predicted and estimated in each group, from the least to the most."""
    place = np.arange(1, found.n.size + 1, dtype=np.float64)
    low, high = found.limits
    panel.dots("predicted", place - 0.13, 100 * found.predicted, colour=INK, marker="D")
    panel.intervals("estimated", place + 0.13, 100 * found.estimate, 100 * low, 100 * high)
    panel.refer(y=0, colour=INK)
    panel.axes.set_xlim(0.5, place[-1] + 0.5)
    titles = [f"{k:.0f}\nn = {n}" for k, n in zip(place, found.n, strict=True)]
    titles[0], titles[-1] = f"least\nn = {found.n[0]}", f"most\nn = {found.n[-1]}"
    panel.axes.set_xticks(place, titles)
    panel.axes.set_xlabel("Patients in quarters of predicted benefit")
    panel.axes.set_ylabel("Benefit, points")
    panel.key([("predicted", INK, "D"), ("estimated, 95 % interval", TREATED, "o")])


def _drawings(result: StudyResult, evidence: BenefitEvidence) -> tuple[Drawing, ...]:
    found = present(evidence.models["t"].groups)
    if found is None:
        return ()
    figure = draw(
        "benefit_quarters",
        f"Do those predicted to gain more gain more? {result.primary.spec.title}",
        "Quarters of patients by rising predicted benefit: the mean that is predicted beside the "
        "doubly robust estimate with its 95 % interval; a line at 0.",
        lambda panel: quarters(panel, found),
        legend=f"{int(found.n.sum())} patients with known outcome, in quarters of cross-fitted "
        "predicted benefit by the study's learner. Estimated: mean doubly robust score with its "
        "95 % interval, from one cross-fit." + adjusted(result.plan.study),
        synthetic=result.plan.cohort.synthetic,
    )
    return (figure,)


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
