"""Do patients ranked first gain more than the average?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics import RankingTest
from twoarm.metrics import TargetingCurve
from twoarm.report.figures import GREY, Panel, draw
from twoarm.report.section import Part
from twoarm.report.sections.ranking.learners import (
    LEARNER,
    LEARNER_TITLES,
    LIMITS,
    TESTED,
    adjusted,
    limits,
    models_of,
)
from twoarm.report.sections.ranking.lines import LINES
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.ranking.ranking_test import RANKING
from twoarm.study.result import StudyResult

__all__ = ["part", "targeting_curves", "targeting_table"]

_MOST_POINTS = 400  # of a drawn curve
_LEAST_SHARE = 0.05  # before it the mean of a few scores jumps up and down


def part(result: StudyResult) -> Part | None:
    """Show the one test of the ranking and the curves; nothing where there is no cross-fit."""
    evidence, plan = result.value(COMPARISON), result.plan
    if evidence is None:
        return None
    curves = {name: each.targeting for name, each in evidence.models.items()}
    figure = draw(
        "targeting",
        f"Do patients ranked first gain more? {plan.file.primary.title}",
        "Average benefit of the patients ranked first minus that of all, by share treated, for "
        "each learner, with a band of 95 % limits about the study's own; descriptive.",
        lambda panel: targeting_curves(panel, curves, evidence.targeting_limits("t")),
        legend=f"{evidence.patients.outcome.size} patients with known outcome, ranked by "
        "cross-fitted predicted benefit; from a share of 5 % on. Shaded: pointwise 95 % limits of "
        "the T-learner's curve, its ranking taken as given. Descriptive: whether the ranking is "
        "better than chance says the test alone." + adjusted(plan.study),
        synthetic=plan.cohort.synthetic,
    )
    return Part(
        figures=(figure,), tables=(targeting_table(plan.study, evidence, result.value(RANKING)),)
    )


def targeting_table(study: Study, found: BenefitEvidence, test: RankingTest | None) -> Table:
    """Give the one test of the ranking, and the areas under the curves of the figure."""
    rows: list[Row] = []
    if test is not None:
        area, name = test.rate, test.rate.target.upper()
        rows.append((TESTED, f"{name}, the test", area.estimate, area.low, area.high))
        if len(test.draws) > 1:
            alone = [each.estimate for each in test.draws]
            rows.append((TESTED, f"{name}, lowest of {len(alone)} draws", min(alone), None, None))
            rows.append((TESTED, f"{name}, highest of {len(alone)} draws", max(alone), None, None))
        rows.append((TESTED, "Last quarter over first, same folds", *limits(test.difference)))
    for title, m in models_of(found):
        rows.append((title, "AUTOC, descriptive", m.autoc, None, None))
        rows.append((title, "Qini, descriptive", m.qini, None, None))
    columns = (
        LEARNER,
        Column("measure", "Measure"),
        Column("estimate", "Estimate, points", "points"),
        *LIMITS,
    )
    note = (
        "How much more the patients ranked first gain than the average; 0 is a ranking by lot. "
        "One test was declared in advance: folds in sequence, patients ranked by penalized "
        "interactions averaged over their strengths." + _draws(test) + " The areas beside it come "
        "from ordinary cross-fitting, where a test would reject too often." + adjusted(study)
    )
    return Table("targeting", "Is the ranking better than chance?", note, columns, tuple(rows))


def _draws(test: RankingTest | None) -> str:
    """Say what the draws of folds are for, and how many would say it alone."""
    if test is None or len(test.draws) < 2:
        return ""
    return (
        f" Who teaches and who is ranked is drawn by lot: the test is the mean over "
        f"{len(test.draws)} such draws, of which {test.draws_above} alone would have shown a "
        "ranking better than chance. Its error allows for what the draws share."
    )


def targeting_curves(
    panel: Panel,
    curves: Mapping[str, TargetingCurve],
    limits: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    """Show how much more those ranked first gain than the average, from a share of 5 % on.

    `limits` are those of the first curve, which is the study's own.
    """
    own = next(iter(curves.values()))
    n = own.share.size
    first = max(int(_LEAST_SHARE * n), 1)
    shown = np.unique(np.linspace(first, n - 1, min(n, _MOST_POINTS)).astype(np.int64))
    share = 100 * own.share[shown]
    low, high = (100 * each[shown] for each in limits)
    told = np.isfinite(low)
    panel.band("T-learner, 95 % limits", share[told], low[told], high[told])
    names = []
    for name, curve in curves.items():
        colour, dash = LINES[name]
        gain = 100 * curve.gain[shown]
        panel.line(LEARNER_TITLES[name], share, gain, colour=colour, linestyle=dash,
                   linewidth=1.2)  # fmt: skip
        names.append((LEARNER_TITLES[name], colour, dash))
    panel.refer(y=0)
    panel.axes.set_xlim(0, 100)
    panel.axes.set_xlabel("Patients treated, those ranked first, %")
    panel.axes.set_ylabel("Gain over the average, points")
    panel.key(names)
    panel.name_lines([("by\nlot", 0.0, GREY)])
