"""What modifies the effect: the predictors ranked by how far the benefit differs along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.encoding import EncodingSpec
from twoarm.importance import (
    ModifierImportance,
    correlated_groups,
    effect_modifiers,
    effect_scores,
    permuted_scores,
)
from twoarm.learners import Logistic
from twoarm.metalearners import Sample
from twoarm.seeds import Stream, generator, integer
from twoarm.study.judge.importance.affordable import MOST_PATIENTS, affordable
from twoarm.study.judge.large import effort_of
from twoarm.study.plan.plan import Plan
from twoarm.study.plan.propensity import pooled_centres

__all__ = ["Modifiers", "modifier_importance"]

_DRAWS = 60
"""Half-samples, and permutations of treatment, behind the ranks and their reference."""
_FOLDS = 5
_CORRELATED = 0.7


@dataclass(frozen=True, slots=True)
class Modifiers:
    """What modifies the effect, with what it was computed from.

    Attributes
    ----------
    groups : tuple of tuple of int
        Predictors judged together.
    measures : dict of str to ModifierImportance
        "projection", "loss" (the one to quote) and, but in a large cohort, "te_vim"; each one value
        a group.
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


def modifier_importance(plan: Plan, encoding: EncodingSpec) -> Modifiers:
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
    draws = affordable(plan, _DRAWS, rows.size)
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
        only=effort_of(plan).modifier_measures,
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
    if known.size <= MOST_PATIENTS:
        return known
    rng = generator(plan.seed, Stream.EFFECT_MODIFIERS)
    return np.sort(rng.choice(known, MOST_PATIENTS, replace=False))


def _with_centre(
    X: NDArray[np.float64],
    centre: NDArray[np.str_] | None,
    rows: NDArray[np.intp],
    treatment: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Add a column for each centre but one: it decides on treatment, too."""
    own = None if centre is None else pooled_centres(centre[rows], treatment)
    return X if own is None else np.column_stack([X, np.eye(int(own.max()) + 1)[own][:, 1:]])
