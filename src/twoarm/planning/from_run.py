"""What a finished run knows of the trial to come; nothing is fitted but the model of treatment."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.design import ObservedBenefit, calibrated
from twoarm.diagnostics import (
    Absent,
    covariate_strengths,
    marginal_sensitivity,
    treatment_odds_ratio,
)
from twoarm.diagnostics.finding import is_randomised
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metalearners import hajek_control_scores, hajek_scores
from twoarm.metrics import as_benefit
from twoarm.planning.known import Haircut, Known
from twoarm.planning.scale import scale_of
from twoarm.study import StudyResult
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.plan.propensity import TreatmentModel, treatment_model

__all__ = ["known_from_run"]

Floats = NDArray[np.float64]

_USUAL_THRESHOLD = 0.15


def known_from_run(result: StudyResult, outcome: str | None = None) -> Known:
    """Read from a run what a trial of one of its outcomes is planned on.

    Parameters
    ----------
    result : StudyResult
        Finished.
    outcome : str, optional
        By default the primary one. The calibration slope is known of that one alone, so other
        outcomes are planned in all-comers.

    Raises
    ------
    ArgumentError
        If the run has no such outcome.
    NotEstimable
        If the run does not tell the outcome's average benefit.
    """
    spec = _spec(result, outcome)
    plan, effects = result.plan, result.effects[spec.name]
    known = np.isfinite(plan.outcome(spec.name)) & np.isfinite(effects.benefit)
    if not known.any():
        raise NotEstimable(
            f"The run has no cross-fitted predictions of {spec.name}, so no trial can be planned."
        )
    treatment = treatment_model(plan.cohort, by_lot=is_randomised(plan.study))
    y, arm = plan.outcome(spec.name)[known], plan.cohort.treatment[known]
    chance = treatment.propensity.score[known]
    phi = hajek_scores(y, arm, effects.mu0[known], effects.mu1[known], chance)
    scores = as_benefit(phi, desirable=spec.desirable)
    average, slope, slope_se, spread, why = _slope(result, spec, scores)
    predicted = effects.benefit[known]
    found = calibrated(
        scores,
        hajek_control_scores(y, arm, effects.mu0[known], chance),
        predicted,
        average=average,
        slope=0.0 if why else slope,
        slope_se=0.0 if why else slope_se,
        spread=spread or float(predicted.std(ddof=1)),
    )
    haircut, no_haircut = _haircut(result, spec, treatment, known, average)
    scale, no_scale = scale_of(result, spec, known, chance)
    return Known(
        title=plan.file.study.title,
        outcome=spec.name,
        label=spec.title,
        desirable=spec.desirable,
        synthetic=plan.cohort.synthetic,
        threshold=_USUAL_THRESHOLD if spec.threshold is None else spec.threshold,
        prior=found.prior,
        model=found.model,
        raw=ObservedBenefit(result.in_sample[spec.name].benefit[known]),
        slope=slope,
        slope_se=slope_se,
        no_ranking=why,
        haircut=haircut,
        no_haircut=no_haircut,
        scale=scale,
        no_scale=no_scale,
        patients=int(known.sum()),
        replicates=result.replicates,
        source="randomised" if is_randomised(plan.study) else "observational",
    )


def _spec(result: StudyResult, outcome: str | None) -> OutcomeSpec:
    if outcome is None:
        return result.plan.file.primary
    known = {each.name: each for each in result.plan.outcomes}
    if outcome not in known:
        raise ArgumentError(
            f"The run has no outcome {outcome!r}; it has {', '.join(known)}. Give one of these."
        )
    return known[outcome]


def _slope(
    result: StudyResult, spec: OutcomeSpec, scores: Floats
) -> tuple[float, float, float, float, str]:
    """Give average, slope, its error, the spread of one cross-fit, and why there is no slope."""
    nothing = math.nan
    found = result.value(HETEROGENEITY) if spec.primary else None
    if found is None:
        why = (
            result.why_absent(HETEROGENEITY)
            if spec.primary
            else "the calibration slope is known of the primary outcome alone"
        )
        return _average(result, spec, scores), nothing, nothing, 0.0, why
    slope = found.slope
    why = "" if slope.estimable else slope.reason
    by_halves = (slope.high - slope.low) / (2.0 * 1.959964)
    # The interval comes from halves of the cohort and includes what learning adds.
    se = max(slope.se, by_halves) if math.isfinite(by_halves) else slope.se
    return found.average, slope.estimate, se, found.sd_crossfit, why


def _average(result: StudyResult, spec: OutcomeSpec, scores: Floats) -> float:
    """Give the doubly robust average; none where the run found that the arms do not tell it."""
    several = result.value(AVERAGE_EFFECT, spec.name)
    if several is not None and isinstance(several.ate.aipw, Absent):
        raise NotEstimable(
            f"The run does not tell the average benefit of everybody in {spec.name}: "
            f"{several.ate.aipw.reason}. A trial of everybody cannot be planned on it."
        )
    return float(scores.mean())


def _haircut(
    result: StudyResult,
    spec: OutcomeSpec,
    treatment: TreatmentModel,
    known: NDArray[np.bool_],
    average: float,
) -> tuple[Haircut | None, str]:
    """Say what a hidden factor as strong as the strongest measured one could have made."""
    if is_randomised(result.plan.study):
        return None, "a lot decided on the treatment, so nothing hidden did"
    y, arm = result.plan.outcome(spec.name)[known], result.plan.cohort.treatment[known]
    X, chance = treatment.X[known], treatment.propensity.score[known]
    for each in covariate_strengths(X, y, arm, names=treatment.names):
        ratio = treatment_odds_ratio(X[:, treatment.names.index(each.name)], arm)
        if ratio is not None:
            bounds = marginal_sensitivity(y, arm, chance, strengths=ratio)
            low = float(bounds.as_benefit(desirable=spec.desirable).low[0])
            return Haircut(max(average - low, 0.0), low, ratio, each.name), ""
    return None, "no covariate's strength is defined"
