"""The predicted benefit of one outcome, and both arms' models of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import Absent, Population
from twoarm.diagnostics.average.average_effect import crude_difference
from twoarm.metalearners import Effects, effects_of
from twoarm.metrics import Estimate, as_benefit, share_at_threshold, share_losing, wald
from twoarm.resampling import LARGEST_MISSING_SHARE, RunStore
from twoarm.study.fit.fits import CrossFit, FullFit
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
    in_sample : Spread or None
        By the full fit.
    share_raw, share_crossfit : float or None
        Share predicted to gain the threshold, in-sample and cross-fitted; primary outcome only.
    losing_raw, losing_crossfit : float or None
        Share predicted to lose as much.

    All are None where the arms do not overlap enough for an average over everybody.
    """

    crossfit: Spread | None
    in_sample: Spread | None
    share_raw: float | None
    share_crossfit: float | None
    losing_raw: float | None
    losing_crossfit: float | None


@dataclass(frozen=True, slots=True)
class OutcomeResult:
    """Everything about one outcome; differences are in benefit direction.

    `g_formula` is of each population, or says why the arms do not tell its average.
    """

    spec: OutcomeSpec
    arms: dict[str, ArmResult]
    benefit: BenefitResult
    crude: Estimate
    g_formula: dict[Population, Estimate | Absent]
    importance: NDArray[np.float64]

    @property
    def has_models(self) -> bool:
        """Whether there are predictors, and so models of the benefit."""
        return all(arm.learner.has_predictors for arm in self.arms.values())


def outcome_result(
    plan: Plan,
    store: RunStore,
    done: NDArray[np.int64],
    counts: NDArray[np.unsignedinteger],
    spec: OutcomeSpec,
    full: FullFit,
    crossfit: CrossFit,
    targets: Mapping[Population, NDArray[np.float64] | Absent],
) -> OutcomeResult:
    """Measure one outcome.

    `targets` say how much each patient counts in a population, or why its average is not told.
    """
    in_sample, pair = full.in_sample[spec.name], full.models.stacks[spec.name]
    arms = {
        name: arm_result(plan, store, done, counts, spec, arm, risk, pair[arm].weights_, crossfit)
        for arm, (name, risk) in enumerate(zip(ARMS, (in_sample.mu0, in_sample.mu1), strict=True))
    }
    mu = crossfit.mu[:, plan.outcomes.index(spec)]
    repeats = effects_of(mu[:, 0], mu[:, 1], desirable=spec.desirable).benefit
    known = np.isfinite(plan.outcome(spec.name))
    told = not isinstance(targets["all"], Absent)
    nothing = BenefitResult(None, None, None, None, None, None)
    return OutcomeResult(
        spec,
        arms,
        benefit_result(spec, known, in_sample, repeats) if told else nothing,
        crude_benefit(plan, spec),
        {
            population: each
            if isinstance(each, Absent)
            else g_formula_benefit(plan, store, done, counts, spec, in_sample, each)
            for population, each in targets.items()
        },
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
    gaining, losing = (
        [_share_of(outcome, each, share) for each in (raw, repeats.ravel() if complete else None)]
        for share in (share_at_threshold, share_losing)
    )
    return BenefitResult(spread, _spread(raw), *gaining, *losing)


def _share_of(
    outcome: OutcomeSpec,
    benefit: NDArray[np.float64] | None,
    share: Callable[[NDArray[np.float64], float], float],
) -> float | None:
    """Give the share of patients at the primary outcome's threshold, where there is one."""
    threshold = outcome.threshold if outcome.primary else None
    return None if benefit is None or threshold is None else share(benefit, threshold)


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
    counts: NDArray[np.unsignedinteger],
    outcome: OutcomeSpec,
    in_sample: Effects,
    target: NDArray[np.float64],
) -> Estimate:
    """Standardise both arms' models over a population; interval from the replicates.

    `target`, shape (patients,), says how much each patient counts in the population.

    Each replicate standardises its own models over its own resample; the interval holds the middle
    95 % of them. There is none where more than 20 % of the replicates could not be fitted: those
    that could are the ones with the most events.
    """
    known = np.isfinite(plan.outcome(outcome.name))
    mu = [store.array(f"mu{arm}_{outcome.name}") for arm in (0, 1)]
    means = np.full(done.size, np.nan)
    for row, index in enumerate(done):
        difference = mu[1][index].astype(np.float64) - mu[0][index].astype(np.float64)
        benefit = as_benefit(difference, desirable=outcome.desirable)
        weight = counts[row, known] * target[known]
        means[row] = (benefit[known] * weight).sum() / weight.sum()
    missing = np.isnan(means)
    means = means[~missing]
    estimate = float(np.average(in_sample.benefit[known], weights=target[known]))
    if means.size < 2 or missing.mean() > LARGEST_MISSING_SHARE:
        return wald(estimate)
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(estimate, float(means.std(ddof=1)), float(low), float(high))
