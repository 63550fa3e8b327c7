"""The folds of the ranking test: who is ranked by models of whom, draw after draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics.ranking.heterogeneity_refits import Refits, Work
from twoarm.errors import NotEstimable
from twoarm.learners import Split, cross_fitted
from twoarm.metalearners import Sample
from twoarm.metalearners.sample import sample_folds
from twoarm.seeds import integer

__all__ = [
    "PriorityTask",
    "RankingDraws",
    "ScoresTask",
    "ranking_draws",
    "ranking_folds",
    "scoring_folds",
]

_FOLDS, _PRIORITY, _SCORES, _PROPENSITY, _SCORING_FOLDS = range(5)
_FEWEST = 2


@dataclass(frozen=True, slots=True, eq=False)
class RankingDraws:
    """What the test is computed from, for the patients with known outcome.

    Attributes
    ----------
    scores : ndarray, shape (patients,)
        Doubly robust scores of the benefit, the same for all draws.
    priority : ndarray, shape (draws, patients)
        Benefit as the folds before the patient's have it; NaN in the first fold.
    fold : ndarray of int64, shape (draws, patients)
        Fold of each patient, from 0.
    """

    scores: NDArray[np.float64]
    priority: NDArray[np.float64]
    fold: NDArray[np.int64]


def ranking_draws(
    refits: Refits, *, folds: int, draws: int, seed: int, **run_by: Any
) -> RankingDraws:
    """Rank the patients in every draw, and score them once; `run_by` as for `cross_fitted`."""
    known = refits.known
    fold = np.stack([ranking_folds(refits, folds, seed, draw) for draw in range(draws)])
    priority = cross_fitted(fold, PriorityTask(refits, fold, seed), **run_by)[:, known]
    predicted = cross_fitted(scoring_folds(refits, folds, seed), ScoresTask(refits, seed), **run_by)
    return RankingDraws(refits.scores(known, *predicted[:, known]), priority, fold[:, known])


@dataclass(frozen=True)
class PriorityTask:
    """Rank one fold by the learner fitted to the folds before it.

    Attributes
    ----------
    refits : Refits
        Learner and patients.
    fold : ndarray of int64, shape (draws, n)
        Fold of each patient with known outcome; -1 for the others.
    seed : int
        A fold depends on the seed, its draw and its number alone.
    """

    refits: Refits
    fold: NDArray[np.int64]
    seed: int

    def __call__(self, split: Split) -> NDArray[np.float64]:
        """Give the benefit of the patients held out; NaN for the first fold, which only teaches."""
        here = split.held
        before = split.learnt & (self.fold[split.repeat] < split.number)
        if not before.any():
            return np.full(int(here.sum()), np.nan)
        seed = integer(self.seed, Work.RANKING, _PRIORITY, split.repeat, split.number)
        return self.refits.effects(before, here, seed=seed).benefit[here]


@dataclass(frozen=True)
class ScoresTask:
    """Predict one fold from all others, for the doubly robust scores.

    Attributes
    ----------
    refits : Refits
        Learner and patients.
    seed : int
        A fold depends on the seed and its number alone.
    """

    refits: Refits
    seed: int

    def __call__(self, split: Split) -> NDArray[np.float64]:
        """Give mu0, mu1 and propensity of the patients held out, shape (3, patients)."""
        others, here = split.learnt, split.held
        found = self.refits.effects(others, here, seed=self._seed(_SCORES, split))
        chance = self.refits.propensity(others, here, seed=self._seed(_PROPENSITY, split))
        return np.stack([found.mu0, found.mu1, chance])[:, here]

    def _seed(self, kind: int, split: Split) -> int:
        return integer(self.seed, Work.RANKING, kind, split.number)


def ranking_folds(refits: Refits, folds: int, seed: int, draw: int = 0) -> NDArray[np.int64]:
    """Draw the folds of the test within arms, whatever the outcomes; -1 where unknown.

    The first folds teach together, as fold 0, until they have two patients with the event and two
    without it in both arms: fewer teach nothing.

    Raises
    ------
    NotEstimable
        If all folds but the last do not have them.
    """
    known, sample = refits.known, _sample(refits)
    fold = np.full(known.size, -1, dtype=np.int64)
    drawn = sample_folds(sample, folds, seed, Work.RANKING, _FOLDS, draw, by_outcome=False)
    kind = 2 * sample.treatment + sample.outcome
    enough = [
        last
        for last in range(folds - 1)
        if np.bincount(kind[drawn <= last], minlength=4).min() >= _FEWEST
    ]
    if not enough:
        raise NotEstimable(
            "in one arm too few patients have the event, or too few do not, to learn a ranking "
            "from a part of them"
        )
    fold[known] = np.maximum(drawn - min(enough), 0)
    return fold


def scoring_folds(refits: Refits, folds: int, seed: int) -> NDArray[np.int64]:
    """Draw the folds of the scores within arms and outcomes, as for all cross-fitted predictions.

    They are the same for all draws of the test, and nothing is tested from fold to fold of them.
    """
    fold = np.full(refits.known.size, -1, dtype=np.int64)
    fold[refits.known] = sample_folds(
        _sample(refits), folds, seed, Work.RANKING, _SCORING_FOLDS, by_outcome=True
    )
    return fold


def _sample(refits: Refits) -> Sample:
    known = refits.known
    outcome = refits.outcome[known].astype(np.int64)
    return Sample(refits.predictors.coded[known], outcome, refits.treatment[known])
