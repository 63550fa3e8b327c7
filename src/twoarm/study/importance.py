"""What the primary outcome's predicted benefit depends on, and what modifies the effect."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.encoding import EncodingSpec
from twoarm.errors import ArgumentError, FitError
from twoarm.execution import run_tasks
from twoarm.importance import (
    ModifierImportance,
    correlated_groups,
    effect_modifiers,
    effect_scores,
    importance_shares,
    permuted_scores,
    permuted_variable,
)
from twoarm.learners import Logistic
from twoarm.metalearners import Predictors, Sample, arm_seeds, effects_of, replicate_arm
from twoarm.seeds import Stream, generator, integer
from twoarm.study.plan.plan import Plan
from twoarm.study.plan.propensity import pooled_centres

__all__ = ["Importance", "Modifiers", "RefittedImportance", "importance"]

_REFITS = 100
_FEWEST_REFITS = 10
_DRAWS = 60
"""Half-samples, and permutations of treatment, behind the ranks and their reference."""
_MOST_PATIENTS = 2000
_MOST_ROWS = 40_000
"""Patients times refits, and times draws: larger cohorts get fewer of them."""
_FOLDS = 5
_CORRELATED = 0.7


@dataclass(frozen=True, slots=True)
class RefittedImportance:
    """Importance of the predicted benefit in models refitted to bootstrap replicates.

    Attributes
    ----------
    shares : ndarray, shape (refits, predictors)
        Of each refit, with sum 1; the first replicates of the run.
    """

    shares: NDArray[np.float64]

    @property
    def refits(self) -> int:
        """How many models were refitted."""
        return int(self.shares.shape[0])

    @property
    def limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What holds the middle 95 % of the refits, each of shape (predictors,)."""
        low, high = np.quantile(self.shares, (0.025, 0.975), axis=0)
        return low, high

    @property
    def rank_limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The same of the ranks, 1 for the most important; of equals the first is before."""
        order = np.argsort(-self.shares, axis=1, kind="stable")
        ranks = np.argsort(order, axis=1) + 1.0
        low, high = np.quantile(ranks, (0.025, 0.975), axis=0, method="inverted_cdf")
        return low, high


@dataclass(frozen=True, slots=True)
class Modifiers:
    """What modifies the effect, with what it was computed from.

    Attributes
    ----------
    groups : tuple of tuple of int
        Predictors judged together.
    measures : dict of str to ModifierImportance
        "projection", "loss" (the one to quote) and "te_vim", each one value a group.
    patients, folds, half_samples, permutations : int
    """

    groups: tuple[tuple[int, ...], ...]
    measures: dict[str, ModifierImportance]
    patients: int
    folds: int
    half_samples: int
    permutations: int

    def group_of(self, predictor: int) -> int:
        """Give the number of the group that a predictor is in."""
        return next(k for k, group in enumerate(self.groups) if predictor in group)


@dataclass(frozen=True, slots=True)
class Importance:
    """Both kinds of importance for the primary outcome; None with its reason in `errors`."""

    predicted: RefittedImportance | None
    modifiers: Modifiers | None
    errors: dict[str, str]


def importance(plan: Plan, encoding: EncodingSpec) -> Importance:
    """Compute what few events, or many patients, do not forbid.

    Parameters
    ----------
    plan : Plan
    encoding : EncodingSpec
        Of everybody.
    """
    errors: dict[str, str] = {}
    predicted: RefittedImportance | None = None
    modifiers: Modifiers | None = None
    try:
        predicted = _refitted(plan)
    except (ArgumentError, FitError) as error:
        errors["predicted_benefit"] = str(error)
    try:
        modifiers = _modifiers(plan, encoding)
    except (ArgumentError, FitError) as error:
        errors["effect_modifier"] = str(error)
    return Importance(predicted, modifiers, errors)


def _number_of(plan: Plan, most: int, patients: int) -> int:
    return min(most, plan.replicates, _MOST_ROWS // patients)


def _refitted(plan: Plan) -> RefittedImportance:
    """Repeat the permutation importance on the models of the first replicates.

    Raises
    ------
    FitError
        If fewer than 10 refits are affordable, or succeed.
    """
    n = len(plan.cohort)
    refits = _number_of(plan, _REFITS, n) if n <= _MOST_PATIENTS else 0
    if refits < _FEWEST_REFITS:
        reason = f"{plan.replicates} replicates" if n <= _MOST_PATIENTS else f"{n} patients"
        raise FitError(
            f"not computed for {reason}: it takes refits in at least {_FEWEST_REFITS} replicates "
            f"and at most {_MOST_PATIENTS} patients"
        )
    found = list(run_tasks(_Refit(plan), range(refits), **plan.run_by))
    shares = [each for each in found if not isinstance(each, str)]
    if len(shares) < _FEWEST_REFITS:
        error = next(each for each in found if isinstance(each, str))
        raise FitError(f"{refits - len(shares)} of {refits} refits failed: {error}")
    return RefittedImportance(np.array(shares))


@dataclass(frozen=True)
class _Refit:
    """Fit a replicate's models again, and predict everybody with each variable permuted in turn.

    The permuted patients ride along without weight: the models are those of the replicate.
    """

    plan: Plan

    @cached_property
    def _table(self) -> Predictors:
        """The cohort, then one copy of it a variable, in which that variable is permuted."""
        own = self.plan.predictors
        copies = [
            permuted_variable(own.coded, variable, seed=self.plan.seed)
            for variable in range(own.coded.shape[1])
        ]
        return Predictors(own.codebook, np.concatenate([own.coded, *copies]))

    def __call__(self, index: int) -> NDArray[np.float64] | str:
        """Give the shares of replicate `index`, or why it failed."""
        try:
            return importance_shares(_change(self.benefits(index)))
        except Exception as error:  # noqa: BLE001  a learner may raise anything
            return f"{type(error).__name__}: {error}"

    def benefits(self, index: int) -> NDArray[np.float64]:
        """Give the predicted benefit, shape (1 + variables, patients): as they are, permuted."""
        plan, n = self.plan, len(self.plan.cohort)
        spec = plan.file.primary
        copies = 1 + plan.cohort.predictors.shape[1]
        counts = np.zeros(copies * n, dtype=np.int64)
        counts[:n] = plan.draw(index)
        outcome = np.tile(plan.outcome(spec.name), copies)
        treatment = np.tile(plan.cohort.treatment, copies)
        prepared = self._table.prepared(counts)
        seeds = arm_seeds(plan.seed, Stream.REPLICATE, index, plan.outcomes.index(spec))
        mu0, mu1 = (
            replicate_arm(
                plan.learner_of(spec.name, arm).stack,
                prepared,
                outcome,
                treatment,
                counts,
                arm,
                wanted=np.ones(counts.size, dtype=np.bool_),
                seed=seeds[arm],
            ).risk
            for arm in (0, 1)
        )
        return effects_of(mu0, mu1, desirable=spec.desirable).benefit.reshape(copies, n)


def _change(benefit: NDArray[np.float64]) -> NDArray[np.float64]:
    change: NDArray[np.float64] = ((benefit[1:] - benefit[0]) ** 2).mean(axis=1)
    return change


def _modifiers(plan: Plan, encoding: EncodingSpec) -> Modifiers:
    """Rank the predictors by how far they modify the effect.

    Outcome models and propensity behind the scores are ridge regressions on predictors and centre,
    cross-fitted: the reference takes them again for every permutation.
    """
    cohort, spec = plan.cohort, plan.file.primary
    seed = integer(plan.seed, Stream.EFFECT_MODIFIERS)
    rows = _rows(plan)
    X, treatment = encoding.encode(cohort.predictors[rows]), cohort.treatment[rows]
    outcome = plan.outcome(spec.name)[rows].astype(np.int64)
    sample = Sample(_with_centre(X, cohort.centre, rows, treatment), outcome, treatment)
    parts = [np.flatnonzero(encoding.sources == k) for k in range(len(encoding.predictors))]
    groups = correlated_groups(X, parts=[part.tolist() for part in parts], threshold=_CORRELATED)
    draws = _number_of(plan, _DRAWS, rows.size)
    base = Logistic()
    scores = effect_scores(sample, base, desirable=spec.desirable, folds=_FOLDS, seed=seed)
    permuted = permuted_scores(
        sample,
        base,
        desirable=spec.desirable,
        permutations=draws,
        folds=_FOLDS,
        seed=seed,
        **plan.run_by,
    )
    measured = effect_modifiers(
        X,
        scores,
        groups,
        permuted=permuted,
        folds=_FOLDS,
        half_samples=draws,
        seed=seed,
        **plan.run_by,
    )
    return Modifiers(
        tuple(tuple(np.unique(encoding.sources[list(group)]).tolist()) for group in groups),
        measured,
        patients=rows.size,
        folds=_FOLDS,
        half_samples=draws,
        permutations=draws,
    )


def _rows(plan: Plan) -> NDArray[np.intp]:
    """Take all patients with a known primary outcome, or a random sample where they are many."""
    known = np.flatnonzero(np.isfinite(plan.outcome(plan.file.primary.name)))
    if known.size <= _MOST_PATIENTS:
        return known
    rng = generator(plan.seed, Stream.EFFECT_MODIFIERS)
    return np.sort(rng.choice(known, _MOST_PATIENTS, replace=False))


def _with_centre(
    X: NDArray[np.float64],
    centre: NDArray[np.str_] | None,
    rows: NDArray[np.intp],
    treatment: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Add a column for each centre but one: it decides on treatment, too."""
    own = None if centre is None else pooled_centres(centre[rows], treatment)
    return X if own is None else np.column_stack([X, np.eye(int(own.max()) + 1)[own][:, 1:]])
