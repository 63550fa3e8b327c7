"""The predicted benefit of one outcome, and both arms' models of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics.average.average_effect import crude_difference
from twoarm.metalearners import Effects, effects_of
from twoarm.metrics import Estimate, as_benefit, wald
from twoarm.resampling import RunStore
from twoarm.study.fit.fits import FullFit
from twoarm.study.measure.arms import ArmResult, arm_result
from twoarm.study.plan.plan import ARMS, Plan

__all__ = [
    "BenefitResult",
    "OutcomeResult",
    "Spread",
    "benefit_result",
    "crude_benefit",
    "g_formula_benefit",
    "outcome_result",
]


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, standard deviation and median of the predicted benefit, and the share above 0."""

    mean: float
    sd: float
    median: float
    share_positive: float


@dataclass(frozen=True, slots=True)
class BenefitResult:
    """The predicted benefit of one outcome.

    Attributes
    ----------
    crossfit : Spread or None
        By models that have not seen the patient; mean over repeats of each statistic.
    in_sample : Spread
        By the full fit.
    share_raw, share_crossfit : float or None
        Share predicted to reach the threshold, in-sample and cross-fitted; primary outcome only.
    """

    crossfit: Spread | None
    in_sample: Spread
    share_raw: float | None
    share_crossfit: float | None


@dataclass(frozen=True, slots=True)
class OutcomeResult:
    """Everything about one outcome; differences are in benefit direction."""

    spec: OutcomeSpec
    arms: dict[str, ArmResult]
    benefit: BenefitResult
    crude: Estimate
    g_formula: Estimate
    importance: NDArray[np.float64]

    @property
    def has_models(self) -> bool:
        """Whether there are predictors, and so models of the benefit."""
        return all(arm.learner.has_predictors for arm in self.arms.values())


def outcome_result(
    plan: Plan,
    store: RunStore,
    done: NDArray[np.int64],
    counts: NDArray[np.int32],
    spec: OutcomeSpec,
    full: FullFit,
    mu: NDArray[np.float64],
) -> OutcomeResult:
    """Measure one outcome; `mu`, shape (repeats, 2, patients), is cross-fitted."""
    in_sample, pair = full.in_sample[spec.name], full.models.stacks[spec.name]
    arms = {
        name: arm_result(plan, store, done, counts, spec, arm, risk, pair[arm].weights_, mu[:, arm])
        for arm, (name, risk) in enumerate(zip(ARMS, (in_sample.mu0, in_sample.mu1), strict=True))
    }
    repeats = effects_of(mu[:, 0], mu[:, 1], desirable=spec.desirable).benefit
    known = np.isfinite(plan.outcome(spec.name))
    return OutcomeResult(
        spec,
        arms,
        benefit_result(spec, known, in_sample, repeats),
        crude_benefit(plan, spec),
        g_formula_benefit(plan, store, done, counts, spec, in_sample),
        full.importance[spec.name],
    )


def _spread(benefit: NDArray[np.float64]) -> Spread:
    return Spread(
        mean=float(benefit.mean()),
        sd=float(benefit.std(ddof=1)),
        median=float(np.median(benefit)),
        share_positive=float((benefit > 0).mean()),
    )


def benefit_result(
    outcome: OutcomeSpec,
    known: NDArray[np.bool_],
    in_sample: Effects,
    crossfit: NDArray[np.float64],
) -> BenefitResult:
    """Describe the predicted benefit of the patients whose outcome is known.

    `crossfit` holds the cross-fitted benefit of each repeat, shape (repeats, patients); NaN where
    it failed.
    """
    raw = in_sample.benefit[known]
    repeats = crossfit[:, known]
    complete = bool(np.isfinite(repeats).all())
    spread = None
    if complete:
        each = [_spread(repeat) for repeat in repeats]
        spread = Spread(
            *(
                float(np.mean([getattr(one, name) for one in each]))
                for name in ("mean", "sd", "median", "share_positive")
            )
        )
    share_raw = share_crossfit = None
    if outcome.primary and outcome.threshold is not None:
        share_raw = float((raw >= outcome.threshold).mean())
        share_crossfit = float((repeats >= outcome.threshold).mean()) if complete else None
    return BenefitResult(spread, _spread(raw), share_raw, share_crossfit)


def crude_benefit(plan: Plan, outcome: OutcomeSpec) -> Estimate:
    """Give the difference of the arms' event rates in benefit direction, with Wald's interval."""
    values = plan.outcome(outcome.name)
    known = np.isfinite(values)
    crude = crude_difference(values[known], plan.cohort.treatment[known])
    return crude.as_benefit(desirable=outcome.desirable)


def g_formula_benefit(
    plan: Plan,
    store: RunStore,
    done: NDArray[np.int64],
    counts: NDArray[np.int32],
    outcome: OutcomeSpec,
    in_sample: Effects,
) -> Estimate:
    """Standardise both arms' models over everybody; interval from the replicates.

    Each replicate standardises its own models over its own resample; the interval holds the middle
    95 % of them.
    """
    known = np.isfinite(plan.outcome(outcome.name))
    mu = [store.array(f"mu{arm}_{outcome.name}") for arm in (0, 1)]
    means = np.full(done.size, np.nan)
    for row, index in enumerate(done):
        difference = mu[1][index].astype(np.float64) - mu[0][index].astype(np.float64)
        benefit = as_benefit(difference, desirable=outcome.desirable)
        weight = counts[row, known]
        means[row] = (benefit[known] * weight).sum() / weight.sum()
    means = means[np.isfinite(means)]
    estimate = float(in_sample.benefit[known].mean())
    if means.size < 2:
        return wald(estimate)
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(estimate, float(means.std(ddof=1)), float(low), float(high))
