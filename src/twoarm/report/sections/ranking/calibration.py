"""Is the benefit as large as predicted?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics import RankingTest, present
from twoarm.metrics import BenefitCurve, slope_is_told
from twoarm.report.figures import GREY, INK, TREATED, Drawing, Panel, draw
from twoarm.report.section import Details, Part
from twoarm.report.sections.ranking.learners import (
    LEARNER,
    LIMITS,
    TESTED,
    adjusted,
    errors_of,
    limits,
    models_of,
    slope_limits,
)
from twoarm.report.sections.ranking.lines import threshold_line
from twoarm.report.table import Column, Row, Table
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.judge.ranking.benefit_measures import ModelEvidence
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.ranking.ranking_test import RANKING
from twoarm.study.plan.plan import Plan
from twoarm.study.result import StudyResult

__all__ = ["benefit_calibration", "benefit_calibration_table", "calibration_curve_table", "part"]


def part(result: StudyResult) -> Part | None:
    """Draw the curve, and fold the regressions away; nothing where there is no cross-fit."""
    evidence, plan = result.value(COMPARISON), result.plan
    if evidence is None:
        return None
    table = benefit_calibration_table(plan.study, evidence, result.value(RANKING))
    return Part(
        figures=_drawings(plan, evidence),
        details=(Details(summary="Calibration for benefit", tables=(table,)),),
        files=(calibration_curve_table(evidence),),
    )


def benefit_calibration_table(
    study: Study, found: BenefitEvidence, test: RankingTest | None
) -> Table:
    """Give the regressions that calibrate the benefit."""
    rows: list[Row] = []
    if test is not None:
        rows.append(
            (TESTED, "Scores on benefit: slope, folds in sequence", 1.0, *slope_limits(test.slope))
        )
    for title, m in models_of(found):
        rows += [(title, *row) for row in _regressions(m)]
    columns = (
        LEARNER,
        Column("regression", "Regression"),
        Column("ideal", "Ideal", "number"),
        Column("estimate", "Estimate", "number"),
        Column("low", "95 % low", "number"),
        Column("high", "95 % high", "number"),
    )
    note = (
        "A slope below 1: differences between patients are predicted larger than they are. On the "
        "logit scale, a learner with (nearly) the same odds ratio for all leaves intercept and "
        "slope nearly undetermined; a dash: too uncertain to be a number (a standard error above "
        "2). Folds in sequence: a patient's benefit comes from models of "
        "the folds before his, and where there is nothing to rank its interval holds 0 as often "
        "as it says; those of ordinary cross-fitting, in the other rows, miss it more often."
        + adjusted(study)
        + errors_of(found, "logit")
    )
    return Table("benefit_calibration", "Calibration for benefit", note, columns, tuple(rows))


def _regressions(model: ModelEvidence) -> list[Row]:
    """Give what each regression is called, its ideal, and what was found with its limits."""
    logit, nothing = present(model.logit), (None, None, None)
    told = logit is not None and slope_is_told(logit.slope)
    intercept = limits(logit.intercept) if logit is not None and told else nothing
    return [
        ("Scores on benefit: slope", 1.0, *slope_limits(model.slope.slope)),
        ("Best linear predictor: mean", 1.0, *slope_limits(model.linear.mean)),
        ("Best linear predictor: differences", 1.0, *slope_limits(model.linear.differential)),
        ("Logit scale, unadjusted: intercept", 0.0, *intercept),
        (
            "Logit scale, unadjusted: slope",
            1.0,
            *(nothing if logit is None else slope_limits(logit.slope)),
        ),
    ]


def calibration_curve_table(found: BenefitEvidence) -> Table:
    """Give the curve of the figure: smooth with its limits, and isotonic regression."""
    rows: list[Row] = []
    for title, m in models_of(found):
        curve, isotonic = present(m.curve), present(m.isotonic)
        if curve is not None and isotonic is not None:
            parts = (curve.predicted, curve.observed, curve.low, curve.high, isotonic)
            rows += [(title, *row) for row in zip(*(x.tolist() for x in parts), strict=True)]
    columns = (
        LEARNER,
        Column("predicted", "Predicted, points", "points"),
        Column("observed", "Smoothed score, points", "points"),
        *LIMITS,
        Column("isotonic", "Isotonic regression, points", "points"),
    )
    title = "Calibration curve for benefit"
    return Table("benefit_calibration_curve", title, "", columns, tuple(rows))


def _drawings(plan: Plan, found: BenefitEvidence) -> tuple[Drawing, ...]:
    own, benefit = found.models["t"], found.compared.effects["t"].benefit
    curve, isotonic = present(own.curve), present(own.isotonic)
    if curve is None or isotonic is None:
        return ()
    figure = draw(
        "benefit_calibration",
        f"Is the benefit as large as predicted? {plan.file.primary.title}",
        "Doubly robust scores smoothed over the predicted benefit with 95 % limits, isotonic "
        "regression, the identity, the threshold, and a histogram of the predictions.",
        lambda panel: benefit_calibration(
            panel, curve, isotonic, benefit, found.patients.threshold
        ),
        legend=f"{benefit.size} patients with known outcome. Estimated: doubly robust scores, "
        "smoothed by a restricted cubic spline of the cross-fitted predicted benefit, with "
        "pointwise 95 % limits (shaded), from the 2.5th to the 97.5th percentile; stepped: "
        "isotonic regression. Bars along the bottom count patients." + adjusted(plan.study),
        height_mm=72,
        synthetic=plan.cohort.synthetic,
    )
    return (figure,)


def benefit_calibration(
    panel: Panel,
    curve: BenefitCurve,
    isotonic: NDArray[np.float64],
    benefit: NDArray[np.float64],
    threshold: float,
) -> None:
    """Show smoothed scores over predicted benefit, with the patients along the bottom."""
    at = 100 * curve.predicted
    first, last = float(at[0]), float(at[-1])
    panel.diagonal(first, last)
    panel.band("95 % limits", at, 100 * curve.low, 100 * curve.high)
    panel.line("estimated, smooth", at, 100 * curve.observed)
    panel.steps("estimated, isotonic", at, 100 * isotonic, linestyle="--")
    low = min(float(100 * curve.low.min()), first)
    high = max(float(100 * curve.high.max()), last)
    room = 0.2 * (high - low)
    counts, edges = np.histogram(100 * benefit, bins=30, range=(first, last))
    panel.columns(
        "patients", (edges[:-1] + edges[1:]) / 2, counts, np.diff(edges), base=low - room,
        scale=0.85 * room / max(int(counts.max()), 1), alpha=0.35,
    )  # fmt: skip
    panel.axes.set_ylim(low - room, high + 0.1 * (high - low))
    panel.axes.set_xlim(first, last)
    threshold_line(panel, threshold)
    panel.refer(y=0, width=0.5)
    panel.name_lines(
        [
            ("as predicted", last, GREY),
            ("smooth,\n95 % limits", float(100 * curve.observed[-1]), TREATED),
            ("isotonic", float(100 * isotonic[-1]), INK),
        ]
    )
    panel.axes.set_xlabel("Predicted benefit, points")
    panel.axes.set_ylabel("Estimated benefit, points")
