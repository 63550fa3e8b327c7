"""From stored predictions to results; nothing is fitted here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import Estimate
from twoarm.diagnostics.average_effect import crude_difference
from twoarm.kernels.stack import SEPARATED
from twoarm.metalearners import Effects
from twoarm.metrics import auc, brier, brier_no_information
from twoarm.resampling import (
    SCORES,
    ResampledScores,
    RunStore,
    corrected_auc,
    corrected_brier,
    draw_counts,
    gate,
    score,
)
from twoarm.study.plan import Plan
from twoarm.study.result import ArmResult, BenefitResult, Spread

__all__ = ["arm_result", "benefit_result", "crude_benefit", "draws", "g_formula_benefit"]

_FEW_EVENTS = 10


def draws(plan: Plan, done: NDArray[np.int64]) -> NDArray[np.int32]:
    """Draw the replicates again, shape (replicates, patients): cheaper than keeping them."""
    n, treatment = len(plan.cohort), plan.cohort.treatment
    counts = np.empty((done.size, n), dtype=np.int32)
    for row, index in enumerate(done):
        counts[row] = draw_counts(plan.seed, int(index), n, strata=treatment)
    return counts


def arm_result(
    plan: Plan,
    store: RunStore,
    done: NDArray[np.int64],
    counts: NDArray[np.int32],
    outcome: OutcomeSpec,
    arm: int,
    full_risk: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> ArmResult:
    """Measure one arm's model of one outcome in its own patients."""
    values = plan.outcome(outcome.name)
    own = (plan.cohort.treatment == arm) & np.isfinite(values)
    y = values[own].astype(np.int64)
    risks = store.array(f"mu{arm}_{outcome.name}")[done][:, own].astype(np.float64)
    drawn = counts[:, own].astype(np.int64)
    table = np.full((done.size, len(SCORES), 3), np.nan)
    for row in range(done.size):
        if np.isfinite(risks[row]).all():
            table[row] = score(risks[row], y, drawn[row])
    scores = {name: ResampledScores(*table[:, k].T) for k, name in enumerate(SCORES)}
    events, risk = int(y.sum()), full_risk[own]
    auc_metric = corrected_auc(auc(y, risk), scores["auc"], events=events, others=y.size - events)
    brier_metric = corrected_brier(
        brier(y, risk), scores["brier"], no_information=brier_no_information(y, risk)
    )
    fitted = np.isfinite(risks).all(axis=1)
    names = plan.member_names
    by_replicate = store.array(f"weights{arm}_{outcome.name}")[done][fitted].astype(np.float64)
    flags = store.array(f"flags{arm}_{outcome.name}")[done][fitted, 0].astype(np.int64)
    mean_weights = by_replicate.mean(axis=0) if fitted.any() else np.full(len(names), np.nan)
    mean_only = None
    if "mean" in names and fitted.any():
        mean_only = float((by_replicate[:, names.index("mean")] >= 1.0 - 1e-9).mean())
    distinct = ((drawn > 0) & (y == 1)).sum(axis=1)
    return ArmResult(
        n=y.size,
        events=events,
        auc=auc_metric,
        brier=brier_metric,
        gate=gate(auc_metric, events),
        weights=dict(zip(names, map(float, weights), strict=True)),
        mean_weights=dict(zip(names, map(float, mean_weights), strict=True)),
        share_mean_only=mean_only,
        share_separated=float((flags & SEPARATED > 0).mean()) if fitted.any() else 0.0,
        share_few_events=float((distinct < _FEW_EVENTS).mean()) if done.size else 0.0,
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
    return crude if outcome.desirable else _flipped(crude)


def _flipped(estimate: Estimate) -> Estimate:
    low = None if estimate.high is None else -estimate.high
    high = None if estimate.low is None else -estimate.low
    return replace(estimate, estimate=-estimate.estimate, low=low, high=high)


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
    sign = 1.0 if outcome.desirable else -1.0
    mu = [store.array(f"mu{arm}_{outcome.name}") for arm in (0, 1)]
    means = np.full(done.size, np.nan)
    for row, index in enumerate(done):
        benefit = sign * (mu[1][index].astype(np.float64) - mu[0][index].astype(np.float64))
        weight = counts[row, known]
        means[row] = (benefit[known] * weight).sum() / weight.sum()
    means = means[np.isfinite(means)]
    estimate = float(in_sample.benefit[known].mean())
    if means.size < 2:
        return Estimate(estimate, None, None, None)
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(estimate, float(means.std(ddof=1)), float(low), float(high))
