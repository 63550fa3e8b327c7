"""One arm's model of one outcome, measured in its own patients."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.design import Support
from twoarm.execution import chunks, run_tasks
from twoarm.kernels.members import SEPARATED
from twoarm.learners import seeing_copies
from twoarm.resampling import CrossValidated, Performance, RunStore, performance, score_all
from twoarm.seeds import Stream, generator
from twoarm.study.fit.fits import CrossFit
from twoarm.study.fit.tasks import all_cross_fit_folds
from twoarm.study.measure.spread import spread_of
from twoarm.study.plan.few_events import FEW_EVENTS, ArmLearner
from twoarm.study.plan.plan import ARMS, Plan
from twoarm.study.plan.sample_size import supported

__all__ = ["ArmResult", "arm_result", "cross_validated"]

_CHUNK = 64  # replicates measured in one call: they are read as float32 and measured as float64
_ICI_NULL = 1  # last step of the stream that draws the outcomes of the ICI's null


@dataclass(frozen=True, slots=True)
class ArmResult(Performance):
    """One arm's model of one outcome, measured in its own patients whose outcome is known.

    Attributes
    ----------
    weights : dict
        Weight of each member in the full fit.
    mean_weights : dict
        Mean weight of each member over the replicates.
    share_mean_only : float or None
        Share of replicates in which the member `mean` has all the weight: no signal found.
    share_separated : float or None
        Share of replicates in which a regression separated events from non-events; None where no
        replicate could be fitted.
    share_few_events : float
        Share of replicates with fewer than 10 different patients with, or without, the event.
    learner : ArmLearner
        What was fitted: the study's stack, or where events (or others) are few what takes its
        place.
    supported : Support or None
        What the arm's patients support; None if all of them, or none, have the event.
    """

    weights: dict[str, float]
    mean_weights: dict[str, float]
    share_mean_only: float | None
    share_separated: float | None
    share_few_events: float
    learner: ArmLearner
    supported: Support | None


@dataclass(frozen=True)
class _MeasureTask:
    """Measure a chunk of replicates; the kernel runs without the interpreter lock."""

    risk: NDArray[np.generic]
    counts: NDArray[np.unsignedinteger]
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
    counts: NDArray[np.unsignedinteger],
    outcome: OutcomeSpec,
    arm: int,
    full_risk: NDArray[np.float64],
    weights: NDArray[np.float64],
    crossfit: CrossFit,
) -> ArmResult:
    """Measure one arm's model of one outcome in its own patients.

    The arm's cross-fitted predictions are, for patients of the arm, repeated nested
    cross-validation, since every fit is learnt outside the fold from the arm's patients alone.
    Folds are stratified by arm and primary outcome, so for another outcome they are
    cross-validation that is not stratified by it.
    """
    values = plan.outcome(outcome.name)
    own = (plan.cohort.treatment == arm) & np.isfinite(values)
    y = values[own].astype(np.int64)
    stored = store.array(f"mu{arm}_{outcome.name}")
    task = _MeasureTask(stored, counts, done, own, y)
    parts = run_tasks(task, chunks(0, done.size, _CHUNK), workers=plan.workers)
    table = np.concatenate(list(parts))
    position, learner = plan.outcomes.index(outcome), plan.learner_of(outcome.name, arm)
    rng = generator(plan.seed, Stream.FULL_FIT, position, arm, _ICI_NULL)
    cv = cross_validated(plan, own, crossfit, position, arm)
    copies = seeing_copies(learner.stack, y.size)
    spread = spread_of(stored, counts, done, own, y)
    found = performance(y, full_risk[own], table, spread, cv, rng, seeing_copies=copies)
    return ArmResult(
        **{each.name: getattr(found, each.name) for each in fields(found)},
        **_stack_facts(learner.member_names, store, done, f"{arm}_{outcome.name}", weights),
        share_few_events=_share_few_events(counts, own, y),
        learner=learner,
        supported=supported(plan.cohort, outcome.name, arm),
    )


def cross_validated(
    plan: Plan, own: NDArray[np.bool_], crossfit: CrossFit, position: int, arm: int
) -> CrossValidated:
    """Give an arm's cross-fitted predictions for its own patients, with their folds."""
    risk = crossfit.mu[:, position, arm][:, own]
    fit = f"{ARMS[arm]}/{plan.outcomes[position].name}"
    errors = tuple(each.error for each in crossfit.errors if each.fit == fit)
    return CrossValidated(np.ascontiguousarray(risk), all_cross_fit_folds(plan)[:, own], errors)


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
        "share_separated": float((flags & SEPARATED > 0).mean()) if fitted.any() else None,
    }


def _share_few_events(
    counts: NDArray[np.unsignedinteger], own: NDArray[np.bool_], y: NDArray[np.int64]
) -> float:
    if not counts.shape[0]:
        return 0.0
    few = 0
    for drawn in counts:
        events, others = np.bincount(y[drawn[own] > 0], minlength=2)
        few += int(min(events, others) < FEW_EVENTS)
    return float(few / counts.shape[0])
