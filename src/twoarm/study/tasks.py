"""The pieces of work of a run: chunks of replicates, folds of a cross-fit."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import FitError
from twoarm.metalearners import arm_seeds, replicate_arm
from twoarm.resampling import ArraySpec, FitFailure, StoredReplicate, draw_counts
from twoarm.seeds import Stream, fold_numbers, generator
from twoarm.study.plan import ARMS, Plan

__all__ = ["CrossFitFold", "CrossFitTask", "ReplicateTask", "array_specs", "cross_fit_folds"]


def array_specs(plan: Plan) -> list[ArraySpec]:
    """Give the arrays that the replicates of a plan leave."""
    n, members = len(plan.cohort), len(plan.member_names)
    specs = []
    for outcome in plan.outcomes:
        for arm in (0, 1):
            specs.append(ArraySpec(f"mu{arm}_{outcome.name}", n, "float32"))
            specs.append(ArraySpec(f"weights{arm}_{outcome.name}", members, "float64"))
            specs.append(ArraySpec(f"flags{arm}_{outcome.name}", 1, "uint8"))
    return specs


@dataclass(frozen=True)
class ReplicateTask:
    """Fit all outcomes and both arms on resamples of the cohort, and predict everybody."""

    plan: Plan

    def __call__(self, indices: range) -> list[StoredReplicate]:
        """Compute the replicates with these numbers."""
        return [self._one(index) for index in indices]

    def _one(self, index: int) -> StoredReplicate:
        start = time.perf_counter()
        plan, cohort = self.plan, self.plan.cohort
        counts = draw_counts(plan.seed, index, len(cohort), strata=cohort.treatment)
        prepared = plan.predictors.prepared(counts)
        everybody = np.ones(len(cohort), dtype=np.bool_)
        rows: dict[str, NDArray[np.generic]] = {}
        failures = []
        for position, outcome in enumerate(plan.outcomes):
            seeds = arm_seeds(plan.seed, Stream.REPLICATE, index, position)
            for arm in (0, 1):
                try:
                    fit = replicate_arm(
                        plan.learner,
                        prepared,
                        plan.outcome(outcome.name),
                        cohort.treatment,
                        counts,
                        arm,
                        wanted=everybody,
                        seed=seeds[arm],
                    )
                except Exception as error:  # noqa: BLE001  a learner may raise anything
                    message = f"{type(error).__name__}: {error}"
                    failures.append(FitFailure(f"{ARMS[arm]}/{outcome.name}", message))
                    continue
                rows[f"mu{arm}_{outcome.name}"] = fit.risk
                rows[f"weights{arm}_{outcome.name}"] = fit.weights
                rows[f"flags{arm}_{outcome.name}"] = np.array([fit.flags])
        return StoredReplicate(index, rows, tuple(failures), time.perf_counter() - start)


@dataclass(frozen=True, slots=True)
class CrossFitFold:
    """The predictions for one fold of one repeat.

    `mu` has shape (outcomes, 2, patients of the fold), NaN where a fit failed; `errors` says why.
    """

    repeat: int
    inside: NDArray[np.intp]
    mu: NDArray[np.float64]
    errors: tuple[FitFailure, ...]


def cross_fit_folds(plan: Plan, repeat: int) -> NDArray[np.int64]:
    """Assign patients to the folds of one repeat, spread evenly over arms and primary outcome."""
    primary = plan.outcome(plan.file.primary.name)
    strata = 4 * plan.cohort.treatment + np.nan_to_num(primary, nan=2.0)
    n_folds = plan.file.validation.cross_fit_folds
    return fold_numbers(strata, n_folds, generator(plan.seed, Stream.CROSS_FIT, repeat))


@dataclass(frozen=True)
class CrossFitTask:
    """Predict the patients of one fold by models that have not seen them."""

    plan: Plan

    def __call__(self, item: tuple[int, int]) -> CrossFitFold:
        """Compute fold `item[1]` of repeat `item[0]`."""
        repeat, number = item
        plan, cohort = self.plan, self.plan.cohort
        inside = cross_fit_folds(plan, repeat) == number
        counts = (~inside).astype(np.int64)
        prepared = plan.predictors.prepared(counts)
        mu = np.full((len(plan.outcomes), 2, int(inside.sum())), np.nan)
        errors = []
        for position, outcome in enumerate(plan.outcomes):
            seeds = arm_seeds(plan.seed, Stream.CROSS_FIT, repeat, number, position)
            for arm in (0, 1):
                try:
                    mu[position, arm] = replicate_arm(
                        plan.learner,
                        prepared,
                        plan.outcome(outcome.name),
                        cohort.treatment,
                        counts,
                        arm,
                        wanted=inside,
                        seed=seeds[arm],
                    ).risk[inside]
                except FitError as error:
                    errors.append(FitFailure(f"{ARMS[arm]}/{outcome.name}", str(error)))
        return CrossFitFold(repeat, np.flatnonzero(inside), mu, tuple(errors))
