"""The learners side by side: what they agree on, and what the choice of the learner decides."""

from __future__ import annotations

import numpy as np

from twoarm.metalearners import Comparison
from twoarm.metrics import finite
from twoarm.report.figures import CONTROL, INK, TREATED, Drawing, Panel, draw
from twoarm.report.formats import points
from twoarm.report.section import Details, Part
from twoarm.report.sections.ranking.learners import (
    LEARNER_TITLES,
    slope_limits,
)
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.ranking.comparison import MOST_PATIENTS_STACKED, LearnerComparison
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.result import StudyResult

__all__ = ["BASES", "comparison_table", "learners_side_by_side", "part", "rank_table"]

BASES = {"stack": "stack", "elastic_net": "elastic net", "own": "ridge regression"}


def part(result: StudyResult) -> Part | None:
    """Show the learners side by side; nothing where there is no cross-fit."""
    evidence = result.value(COMPARISON)
    if evidence is None:
        return None
    compared = evidence.compared
    folded = Details(summary="Do the learners rank alike?", tables=(rank_table(compared.page),))
    table = comparison_table(compared, result.primary.spec.title)
    return Part(figures=(_drawing(result, compared),), tables=(table,), details=(folded,))


def learners_side_by_side(panel: Panel, compared: LearnerComparison) -> None:
    """Show how each learner spreads the benefit over the same patients, its mean, the threshold."""
    learners = compared.page.learners
    y = np.arange(len(learners), dtype=np.float64)[::-1]
    titles = [LEARNER_TITLES[each.name] for each in learners]
    spread = 100 * np.array([compared.spread(each.name) for each in learners])
    mean = 100 * np.array([each.mean for each in learners])
    panel.refer(x=0, colour=INK)
    panel.ranges("middle 95 % of patients", titles, y, spread[:, 0], spread[:, 4], colour=TREATED)
    panel.ranges("middle half of patients", titles, y, spread[:, 1], spread[:, 3],
                 colour=TREATED, width=5, alpha=0.55, solid_capstyle="butt")  # fmt: skip
    panel.dots("mean", mean, y, colour=INK, marker="D", size=4, labels=titles)
    panel.row_labels(titles, y)
    panel.axes.set_ylim(-0.7, len(learners) - 0.1)
    panel.refer(x=100 * compared.page.threshold, colour=CONTROL, dash="--",
                text=f"threshold {100 * compared.page.threshold:g}")  # fmt: skip
    panel.axes.spines["left"].set_visible(False)
    panel.axes.set_xlabel("Predicted benefit, points")
    for at, value in zip(y, mean, strict=True):
        panel.say(1.0, at, points(value / 100), shift=(4, 0), va="center",
                  within=("axes fraction", "data"), annotation_clip=False)  # fmt: skip
    panel.say(1.0, len(learners) - 0.2, "mean", shift=(4, 0), va="center",
              within=("axes fraction", "data"), annotation_clip=False)  # fmt: skip


def _drawing(result: StudyResult, compared: LearnerComparison) -> Drawing:
    patients = compared.fold.size
    return draw(
        "learners",
        f"Learners of the same benefit side by side, {result.primary.spec.title}",
        "One row a learner: mean predicted benefit, the middle half and the middle 95 % of "
        "patients; a broken line marks the threshold.",
        lambda panel: learners_side_by_side(panel, compared),
        legend=f"{patients} patients with known outcome, the same folds for all. Diamond: mean; "
        "thick bar: middle half; thin line: middle 95 % of patients, a spread of predictions and "
        "no confidence interval. From one cross-fit. Where learners disagree, the choice of the "
        "learner decides.",
        height_mm=18 + 5.5 * len(compared.page.learners),
        synthetic=result.plan.cohort.synthetic,
    )


def comparison_table(compared: LearnerComparison, outcome: str) -> Table:
    """Give mean, spread, shares who gain and lose, and calibration slope of every learner."""
    rows: list[Row] = []
    for each in compared.page.learners:
        base = compared.bases[each.name]
        shares = (each.share_at_threshold, each.share_losing_threshold)
        numbers = (each.mean, each.sd, *shares, *slope_limits(each.slope))
        rows.append((LEARNER_TITLES[each.name], BASES.get(base, base), *numbers))
    note = "".join(
        f"{LEARNER_TITLES[name]} could not be fitted: {error}. "
        for name, error in compared.errors.items()
    )
    columns = (
        Column("learner", "Learner"),
        Column("base", "Base"),
        Column("mean", "Mean, points", "points"),
        Column("sd", "SD, points", "spread"),
        Column("share_at_threshold", "Gain the threshold", "percent"),
        Column("share_losing_threshold", "Lose as much", "percent"),
        Column("slope", "Calibration slope", "number"),
        Column("slope_low", "95 % low", "number"),
        Column("slope_high", "95 % high", "number"),
    )
    note += (
        "Predicted benefit by models that have not seen the patient, all in the folds of the run's "
        "first cross-fit (the averages above are over all its repeats). The T-learner is the "
        "study's, and the stack is its own. The risk model allows one "
        "odds ratio for all; penalized interaction shrinks differences between patients towards "
        "that. Calibration slope: 1 where differences between patients are as large as predicted, "
        "0 where they are noise, a dash where the predictions differ too little or patients are "
        f"too few to tell. In more than {MOST_PATIENTS_STACKED} patients, or where an arm "
        "has few patients with, or without, the event, the base of the S-, X-, R- and DR-learner "
        "is the elastic net. Where the learners disagree, the choice of the learner decides, not "
        "the data; where they agree they may err together."
    )
    title = f"Seven learners of the same benefit, {outcome}"
    return Table("comparison", title, note, columns, tuple(rows))


def rank_table(page: Comparison) -> Table:
    """Give the rank correlations of the learners."""
    names = [each.name for each in page.learners]
    columns = (
        Column("learner", "Learner"),
        *(Column(name, _short(name), "probability") for name in names),
    )
    rows = tuple(
        (LEARNER_TITLES[name], *map(finite, row))
        for name, row in zip(names, page.rank_correlation.tolist(), strict=True)
    )
    note = (
        "Spearman's correlation of the predicted benefits of the same patients: 1 where two "
        "learners put the patients into the same order."
    )
    return Table("rank_correlation", "Do the learners rank alike?", note, columns, rows)


def _short(name: str) -> str:
    return {"risk": "Risk", "penalized_interaction": "Penalized"}.get(name, name.upper())
