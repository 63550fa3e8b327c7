"""Is the benefit as large as predicted?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics import RankingTest, present
from twoarm.metrics import BenefitCurve, slope_is_told
from twoarm.report.figures import (
    FAINT,
    INK,
    TREATED,
    Axes,
    Drawing,
    draw,
)
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
        lambda axes: benefit_calibration(axes, curve, isotonic, benefit, found.patients.threshold),
        height_mm=72,
        synthetic=plan.cohort.synthetic,
    )
    return (figure,)


def benefit_calibration(
    axes: Axes,
    curve: BenefitCurve,
    isotonic: NDArray[np.float64],
    benefit: NDArray[np.float64],
    threshold: float,
) -> Axes:
    """Show smoothed scores over predicted benefit, with the patients along the bottom."""
    at = 100 * curve.predicted
    axes.plot(at, at, color=FAINT, linewidth=0.8, linestyle=":", label="as predicted")
    axes.fill_between(at, 100 * curve.low, 100 * curve.high, color=TREATED, alpha=0.18, linewidth=0)
    axes.plot(at, 100 * curve.observed, color=TREATED, linewidth=1.3, label="smooth, 95 % limits")
    axes.step(
        at, 100 * isotonic, where="mid", color=INK, linewidth=0.8, linestyle="--", label="isotonic"
    )
    low, high = float(100 * curve.low.min()), float(100 * curve.high.max())
    low, high = min(low, float(at[0])), max(high, float(at[-1]))
    room = 0.2 * (high - low)
    counts, edges = np.histogram(100 * benefit, bins=30, range=(at[0], at[-1]))
    height = 0.85 * room * counts / max(int(counts.max()), 1)
    axes.bar(
        edges[:-1], height, np.diff(edges), low - room, align="edge", color=TREATED, alpha=0.35
    )
    axes.set_ylim(low - room, high + 0.05 * (high - low))
    axes.set_xlim(at[0], at[-1])
    threshold_line(axes, threshold)
    axes.set_xlabel("Predicted benefit, points")
    axes.set_ylabel("Estimated benefit, points")
    axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 0.14), fontsize=6.5)
    return axes
