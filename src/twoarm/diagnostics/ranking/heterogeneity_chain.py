"""Cross-fitted benefit and what it is worth: one repeat of the whole chain."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics.ranking.heterogeneity_refits import Refits, Work
from twoarm.errors import FitError
from twoarm.learners import Split, cross_fitted
from twoarm.metalearners import Sample
from twoarm.metalearners.sample import sample_folds
from twoarm.metrics import as_benefit, benefit_slope, centred_in_folds
from twoarm.seeds import generator, integer

__all__ = ["ChainRepeat", "ChainTask", "CrossFits", "kept_chain"]

_FOLDS, _LEARNER, _PROPENSITY, _DRAW = range(4)
_FITS = _LEARNER, _PROPENSITY


@dataclass(frozen=True, slots=True)
class ChainRepeat:
    """One cross-fit and its calibration.

    Attributes
    ----------
    rows : ndarray of int64, shape (m,)
        Patients of this repeat.
    centred : ndarray, shape (m,)
        Cross-fitted benefit minus the mean of its fold.
    benefit : ndarray, shape (m,)
        Cross-fitted benefit.
    average : float
        Mean of the doubly robust scores.
    slope, se : float
        Of the scores on the centred benefit, unclipped, HC3; NaN if all are predicted the same.
    covariance : float
        Of the scores and the centred benefit.
    """

    rows: NDArray[np.int64]
    centred: NDArray[np.float64]
    benefit: NDArray[np.float64]
    average: float
    slope: float
    se: float
    covariance: float

    @property
    def turned(self) -> ChainRepeat:
        """The same with every benefit turned into the loss that it is."""
        return replace(
            self,
            centred=0.0 - self.centred,
            benefit=0.0 - self.benefit,
            average=0.0 - self.average,
        )


@dataclass(frozen=True)
class ChainTask:
    """Compute one repeat of the chain, on everybody or on one half.

    Attributes
    ----------
    refits : Refits
        Learner and patients.
    folds : int
        Folds of the cross-fit.
    seed : int
        A repeat depends on the seed, its kind and its number, and on nothing else.
    """

    refits: Refits
    folds: int
    seed: int

    def __call__(self, item: tuple[Work, int]) -> ChainRepeat | None:
        """Compute `Work.REPEAT` or `Work.HALF_SAMPLE` number `item[1]`; None if a fit failed."""
        work, number = item
        rows = self.refits.known
        if work == Work.HALF_SAMPLE:
            rows = _half(self.refits, self.seed, number)
        try:
            return self._chain(rows, (int(work), number))
        except FitError:
            return None

    def _chain(self, inside: NDArray[np.bool_], path: tuple[int, int]) -> ChainRepeat:
        refits, rows = self.refits, np.flatnonzero(inside)
        outcome = refits.outcome[rows].astype(np.int64)
        sample = Sample(refits.predictors.coded[rows], outcome, refits.treatment[rows])
        fold = sample_folds(sample, self.folds, self.seed, *path, _FOLDS)

        def predict(split: Split) -> NDArray[np.float64]:
            here = rows[split.held]
            wanted = np.zeros(inside.size, dtype=np.bool_)
            wanted[here] = True
            seeds = [integer(self.seed, *path, kind, split.number) for kind in _FITS]
            found = refits.effects(inside & ~wanted, wanted, seed=seeds[0])
            chance = refits.propensity(inside & ~wanted, wanted, seed=seeds[1])
            return np.stack([found.mu0, found.mu1, found.benefit, chance])[:, here]

        mu0, mu1, benefit, chance = cross_fitted(fold, predict)
        return _calibrated(rows, benefit, refits.scores(rows, mu0, mu1, chance), fold)


def _half(refits: Refits, seed: int, number: int) -> NDArray[np.bool_]:
    """Draw half of each arm's patients with known outcome, without replacement."""
    rng = generator(seed, Work.HALF_SAMPLE, number, _DRAW)
    drawn = np.zeros(refits.known.size, dtype=np.bool_)
    for arm in (0, 1):
        members = np.flatnonzero(refits.known & (refits.treatment == arm))
        drawn[rng.permutation(members)[: members.size // 2]] = True
    return drawn


@dataclass(frozen=True, slots=True, eq=False)
class CrossFits:
    """Cross-fitted predictions that there are already.

    Attributes
    ----------
    mu : ndarray, shape (repeats, 2, n)
        Probability of the outcome under control and treatment, by models that have not seen the
        patient's fold.
    fold : ndarray of int64, shape (repeats, n)
    propensity : ndarray, shape (n,)
        Probability of treatment.
    """

    mu: NDArray[np.float64]
    fold: NDArray[np.int64]
    propensity: NDArray[np.float64]


def kept_chain(
    refits: Refits, given: CrossFits, *, half_samples: int, seed: int
) -> tuple[list[ChainRepeat], list[ChainRepeat]]:
    """Calibrate cross-fits that there are already; give the repeats, and halves of them.

    Nothing is fitted: a half keeps the predictions and scores of its patients, from the repeats in
    turn. What halves vary by is who is in them, and not what was learnt.
    """
    rows = np.flatnonzero(refits.known)
    parts = [_scored(refits, given, repeat, rows) for repeat in range(given.mu.shape[0])]
    halves = []
    for number in range(half_samples):
        benefit, scores, fold = parts[number % len(parts)]
        drawn = _half(refits, seed, number)[rows]
        halves.append(_calibrated(rows[drawn], benefit[drawn], scores[drawn], fold[drawn]))
    return [_calibrated(rows, *part) for part in parts], halves


def _scored(
    refits: Refits, given: CrossFits, repeat: int, rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Give benefit, doubly robust scores and folds of a repeat's patients."""
    mu0, mu1 = given.mu[repeat][:, rows]
    benefit = as_benefit(mu1 - mu0, desirable=refits.learner.desirable)
    scores = refits.scores(rows, mu0, mu1, given.propensity[rows])
    return benefit, scores, given.fold[repeat, rows]


def _calibrated(
    rows: NDArray[np.int64],
    benefit: NDArray[np.float64],
    scores: NDArray[np.float64],
    fold: NDArray[np.int64],
) -> ChainRepeat:
    centred = centred_in_folds(benefit, fold)
    fit = benefit_slope(scores, benefit, fold=fold)
    return ChainRepeat(
        rows=rows,
        centred=centred,
        benefit=benefit,
        average=float(scores.mean()),
        slope=fit.slope.estimate,
        se=fit.slope.se,
        covariance=float(centred @ scores) / (rows.size - 1),
    )
