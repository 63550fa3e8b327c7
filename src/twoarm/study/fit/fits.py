"""The fits of a run that are no replicates: on everybody, and cross-fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.encoding import EncodingSpec
from twoarm.importance import Dependence, partial_dependence, permutation_importance
from twoarm.learners import over_folds
from twoarm.metalearners import Effects, arm_seeds, effects_of, fit_arms
from twoarm.resampling import FitFailure
from twoarm.seeds import Stream, generator
from twoarm.study.fit.progress import Listener, Progress
from twoarm.study.fit.tasks import CrossFitTask, all_cross_fit_folds
from twoarm.study.plan.plan import Plan

__all__ = ["CrossFit", "FittedModels", "FullFit", "cross_fit", "full_fit"]

_LEADING = 5
_MOST_PATIENTS_PERMUTED = 2000


@dataclass(frozen=True, slots=True)
class FittedModels:
    """The full fit: how patients are encoded, and both arms' stacks of each outcome."""

    encoding: EncodingSpec
    stacks: dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class FullFit:
    """Models of both arms and every outcome, and what they say of the patients they know."""

    models: FittedModels
    in_sample: dict[str, Effects]
    importance: dict[str, NDArray[np.float64]]
    dependence: tuple[Dependence, ...]


@dataclass(frozen=True)
class CrossFit:
    """Predictions by models that have not seen the patient.

    `mu` has shape (repeats, outcomes, 2, patients), NaN where a fit failed; `errors` says why.
    """

    mu: NDArray[np.float64]
    errors: tuple[FitFailure, ...]


def full_fit(plan: Plan, tell: Listener) -> FullFit:
    """Fit both arms of every outcome on everybody, and see what the benefit depends on."""
    cohort = plan.cohort
    encoding = plan.predictors.spec()
    coded = plan.predictors.coded
    X = encoding.encode(coded)
    stacks, in_sample, importance = {}, {}, {}
    dependence: tuple[Dependence, ...] = ()
    for position, spec in enumerate(plan.outcomes):
        tell(Progress("full fit", position, len(plan.outcomes)))
        seeds = arm_seeds(plan.seed, Stream.FULL_FIT, position)
        values = plan.outcome(spec.name)
        bases = plan.stacks_of(spec.name)
        pair = fit_arms(bases, plan.predictors, values, cohort.treatment, seeds=seeds)
        mu = [model.predict_proba(X)[:, 1] for model in pair]
        stacks[spec.name] = pair
        in_sample[spec.name] = effects_of(mu[0], mu[1], desirable=spec.desirable)
        benefit = _Benefit(encoding, pair, spec.desirable)
        rows = _permuted_rows(plan)
        importance[spec.name] = permutation_importance(
            benefit,
            coded[rows],
            repeats=plan.file.importance.repeats,
            seed=plan.seed,
        )
        if spec.primary:
            leading = np.argsort(-importance[spec.name], kind="stable")[:_LEADING]
            dependence = tuple(partial_dependence(benefit, coded[rows], int(k)) for k in leading)
    tell(Progress("full fit", len(plan.outcomes), len(plan.outcomes)))
    return FullFit(FittedModels(encoding, stacks), in_sample, importance, dependence)


def _permuted_rows(plan: Plan) -> NDArray[np.intp]:
    """Take everybody, or a random sample where the cohort is large."""
    n = len(plan.cohort)
    if n <= _MOST_PATIENTS_PERMUTED:
        return np.arange(n)
    rng = generator(plan.seed, Stream.IMPORTANCE)
    return np.sort(rng.choice(n, _MOST_PATIENTS_PERMUTED, replace=False))


@dataclass(frozen=True)
class _Benefit:
    """The predicted benefit as a function of coded predictors."""

    encoding: EncodingSpec
    pair: tuple[object, object]
    desirable: bool

    def __call__(self, coded: NDArray[np.float64]) -> NDArray[np.float64]:
        X = self.encoding.encode(coded)
        mu0, mu1 = (model.predict_proba(X)[:, 1] for model in self.pair)  # type: ignore[attr-defined]
        return effects_of(mu0, mu1, desirable=self.desirable).benefit


def cross_fit(plan: Plan, tell: Listener) -> CrossFit:
    """Predict every patient by models fitted to the other folds, as often as the study asks."""
    section = plan.file.validation
    shape = (section.cross_fit_repeats, len(plan.outcomes), 2, len(plan.cohort))
    mu = np.full(shape, np.nan)
    errors: list[FitFailure] = []
    total = section.cross_fit_repeats * section.cross_fit_folds
    results = over_folds(all_cross_fit_folds(plan), CrossFitTask(plan), **plan.run_by)
    for done, (split, fold) in enumerate(results, 1):
        mu[split.repeat][:, :, split.held] = fold.mu
        errors += fold.errors
        tell(Progress("cross-fitting", done, total))
    return CrossFit(mu, tuple(errors))
