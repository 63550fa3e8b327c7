"""From stored predictions to results; nothing is fitted here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics.average.average_effect import crude_difference
from twoarm.execution import chunks, run_tasks
from twoarm.kernels.stack import SEPARATED
from twoarm.metalearners import Effects
from twoarm.metrics import Estimate, as_benefit, wald
from twoarm.resampling import CrossValidated, RunStore, performance, score_all
from twoarm.seeds import Stream, generator
from twoarm.study.fit.tasks import cross_fit_folds
from twoarm.study.plan.few_events import FEW_EVENTS
from twoarm.study.plan.plan import Plan
from twoarm.study.plan.sample_size import supported
from twoarm.study.result import ArmResult, BenefitResult, Spread

__all__ = ["arm_result", "benefit_result", "crude_benefit", "draws", "g_formula_benefit"]

_CHUNK = 64  # replicates measured in one call: they are read as float32 and measured as float64
_ICI_NULL = 1  # last step of the stream that draws the outcomes of the ICI's null


def draws(plan: Plan, done: NDArray[np.int64]) -> NDArray[np.int32]:
    """Draw the replicates again, shape (replicates, patients): cheaper than keeping them."""
    counts = np.empty((done.size, len(plan.cohort)), dtype=np.int32)
    for row, index in enumerate(done):
        counts[row] = plan.draw(int(index))
    return counts


@dataclass(frozen=True)
class _MeasureTask:
    """Measure a chunk of replicates; the kernel runs without the interpreter lock."""

    risk: NDArray[np.generic]
    counts: NDArray[np.int32]
    done: NDArray[np.int64]
    own: NDArray[np.bool_]
    outcome: NDArray[np.int64]

    def __call__(self, rows: range) -> NDArray[np.float64]:
        replicates = self.risk[self.done[rows.start : rows.stop]][:, self.own]
        drawn = self.counts[rows.start : rows.stop][:, self.own]
        return score_all(replicates.astype(np.float64), self.outcome, drawn)


def arm_result(
    plan: Plan,
    store: RunStore,
    done: NDArray[np.int64],
    counts: NDArray[np.int32],
    outcome: OutcomeSpec,
    arm: int,
    full_risk: NDArray[np.float64],
    weights: NDArray[np.float64],
    crossfit: NDArray[np.float64],
) -> ArmResult:
    """Measure one arm's model of one outcome in its own patients.

    `crossfit`, shape (repeats, patients), holds the arm's cross-fitted predictions: for patients of
    the arm those are repeated nested cross-validation, since every fit is learnt outside the fold
    from the arm's patients alone. Folds are stratified by arm and primary outcome, so for another
    outcome they are cross-validation that is not stratified by it.
    """
    values = plan.outcome(outcome.name)
    own = (plan.cohort.treatment == arm) & np.isfinite(values)
    y = values[own].astype(np.int64)
    task = _MeasureTask(store.array(f"mu{arm}_{outcome.name}"), counts, done, own, y)
    parts = run_tasks(task, chunks(0, done.size, _CHUNK), workers=plan.workers)
    table = np.concatenate(list(parts))
    position = plan.outcomes.index(outcome)
    rng = generator(plan.seed, Stream.FULL_FIT, position, arm, _ICI_NULL)
    cv = _cross_validated(plan, own, crossfit)
    found = performance(y, full_risk[own], table, cv, rng)
    learner = plan.learner_of(outcome.name, arm)
    return ArmResult(
        **{each.name: getattr(found, each.name) for each in fields(found)},
        **_stack_facts(learner.member_names, store, done, f"{arm}_{outcome.name}", weights),
        share_few_events=_share_few_events(counts[:, own], y),
        learner=learner,
        supported=supported(plan.cohort, outcome.name, arm),
        outcome=y,
        risk=full_risk[own],
        cv=cv,
    )


def _cross_validated(
    plan: Plan, own: NDArray[np.bool_], crossfit: NDArray[np.float64]
) -> CrossValidated:
    """Give an arm's cross-fitted predictions for its own patients, with their folds."""
    fold = np.stack([cross_fit_folds(plan, repeat)[own] for repeat in range(crossfit.shape[0])])
    return CrossValidated(np.ascontiguousarray(crossfit[:, own]), fold)


def _stack_facts(
    names: tuple[str, ...],
    store: RunStore,
    done: NDArray[np.int64],
    model: str,
    weights: NDArray[np.float64],
) -> dict[str, Any]:
    """Give the weights of the stack's members, and the shares of replicates that stand out."""
    by_replicate = store.array(f"weights{model}")[done].astype(np.float64)
    fitted = np.isfinite(by_replicate).all(axis=1)
    by_replicate = by_replicate[fitted]
    flags = store.array(f"flags{model}")[done][fitted, 0].astype(np.int64)
    mean_weights = by_replicate.mean(axis=0) if fitted.any() else np.full(len(names), np.nan)
    mean_only = None
    if "mean" in names and fitted.any():
        mean_only = float((by_replicate[:, names.index("mean")] >= 1.0 - 1e-9).mean())
    return {
        "weights": dict(zip(names, map(float, weights), strict=True)),
        "mean_weights": dict(zip(names, map(float, mean_weights), strict=True)),
        "share_mean_only": mean_only,
        "share_separated": float((flags & SEPARATED > 0).mean()) if fitted.any() else 0.0,
    }


def _share_few_events(drawn: NDArray[np.int32], y: NDArray[np.int64]) -> float:
    if not drawn.shape[0]:
        return 0.0
    events, others = (((drawn > 0) & (y == label)).sum(axis=1) for label in (1, 0))
    return float((np.minimum(events, others) < FEW_EVENTS).mean())


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
