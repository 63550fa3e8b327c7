"""The pieces of work of a run: chunks of replicates, folds of a cross-fit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.learners import Prediction, Split
from twoarm.metalearners import arm_seeds, replicate_arm
from twoarm.resampling import ArraySpec, FitFailure, StoredReplicate
from twoarm.seeds import Stream, fold_numbers, generator
from twoarm.study.plan.plan import ARMS, Plan

__all__ = [
    "CrossFitFold",
    "CrossFitTask",
    "ReplicateTask",
    "all_cross_fit_folds",
    "array_specs",
    "cross_fit_folds",
]


def array_specs(plan: Plan) -> list[ArraySpec]:
    """Give the arrays that the replicates of a plan leave."""
    n = len(plan.cohort)
    specs = []
    for outcome in plan.outcomes:
        for arm in (0, 1):
            members = len(plan.learner_of(outcome.name, arm).member_names)
            specs.append(ArraySpec(f"mu{arm}_{outcome.name}", n, "float32"))
            specs.append(ArraySpec(f"weights{arm}_{outcome.name}", members, "float64"))
            specs.append(ArraySpec(f"flags{arm}_{outcome.name}", 1, "uint8"))
    return specs


def _fits(
    plan: Plan, counts: NDArray[np.int64], wanted: NDArray[np.bool_], *path: int
) -> Iterator[tuple[int, int, Prediction | FitFailure]]:
    """Fit every outcome and arm on counted patients; give position, arm, and what came of it."""
    prepared = plan.predictors.prepared(counts)
    for position, outcome in enumerate(plan.outcomes):
        seeds = arm_seeds(plan.seed, *path, position)
        for arm in (0, 1):
            found: Prediction | FitFailure
            try:
                found = replicate_arm(
                    plan.learner_of(outcome.name, arm).stack,
                    prepared,
                    plan.outcome(outcome.name),
                    plan.cohort.treatment,
                    counts,
                    arm,
                    wanted=wanted,
                    seed=seeds[arm],
                )
            except Exception as error:  # noqa: BLE001  a learner may raise anything
                message = f"{type(error).__name__}: {error}"
                found = FitFailure(f"{ARMS[arm]}/{outcome.name}", message)
            yield position, arm, found


@dataclass(frozen=True)
class ReplicateTask:
    """Fit all outcomes and both arms on resamples of the cohort, and predict everybody."""

    plan: Plan

    def __call__(self, indices: range) -> list[StoredReplicate]:
        """Compute the replicates with these numbers."""
        return [self._one(index) for index in indices]

    def _one(self, index: int) -> StoredReplicate:
        start = time.perf_counter()
        plan, n = self.plan, len(self.plan.cohort)
        counts = plan.draw(index)
        rows: dict[str, NDArray[np.generic]] = {}
        failures = []
        everybody = np.ones(n, dtype=np.bool_)
        for position, arm, found in _fits(plan, counts, everybody, Stream.REPLICATE, index):
            if isinstance(found, FitFailure):
                failures.append(found)
                continue
            name = plan.outcomes[position].name
            rows[f"mu{arm}_{name}"] = found.risk.astype(np.float32)  # as stored: half to send
            rows[f"weights{arm}_{name}"] = found.weights
            rows[f"flags{arm}_{name}"] = np.array([found.flags])
        return StoredReplicate(index, rows, tuple(failures), time.perf_counter() - start)


@dataclass(frozen=True, slots=True)
class CrossFitFold:
    """The predictions for one fold.

    `mu` has shape (outcomes, 2, patients of the fold), NaN where a fit failed; `errors` says why.
    """

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

    def __call__(self, split: Split) -> CrossFitFold:
        """Learn outside the fold and predict it."""
        plan, held = self.plan, split.held
        counts = split.learnt.astype(np.int64)
        mu = np.full((len(plan.outcomes), 2, int(held.sum())), np.nan)
        errors = []
        path = Stream.CROSS_FIT, split.repeat, split.number
        for position, arm, found in _fits(plan, counts, held, *path):
            if isinstance(found, FitFailure):
                errors.append(found)
            else:
                mu[position, arm] = found.risk[held]
        return CrossFitFold(mu, tuple(errors))


def all_cross_fit_folds(plan: Plan) -> NDArray[np.int64]:
    """Give the folds of every repeat, shape (repeats, patients)."""
    repeats = range(plan.file.validation.cross_fit_repeats)
    return np.stack([cross_fit_folds(plan, repeat) for repeat in repeats])
