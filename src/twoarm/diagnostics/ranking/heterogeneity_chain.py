"""Cross-fitted benefit and what it is worth: one repeat of the whole chain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics.ranking.heterogeneity_refits import Refits, Work
from twoarm.errors import FitError
from twoarm.metalearners import Sample, arm_scores
from twoarm.metalearners.sample import sample_folds
from twoarm.metrics import benefit_slope, centred_in_folds
from twoarm.seeds import generator, integer

__all__ = ["ChainRepeat", "ChainTask", "hajek_scores"]

_FOLDS, _LEARNER, _PROPENSITY, _DRAW = range(4)


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
            rows = self._half(number)
        try:
            return self._chain(rows, (int(work), number))
        except FitError:
            return None

    def _half(self, number: int) -> NDArray[np.bool_]:
        """Draw half of each arm's patients with known outcome, without replacement."""
        rng = generator(self.seed, Work.HALF_SAMPLE, number, _DRAW)
        drawn = np.zeros(self.refits.known.size, dtype=np.bool_)
        for arm in (0, 1):
            members = np.flatnonzero(self.refits.known & (self.refits.treatment == arm))
            drawn[rng.permutation(members)[: members.size // 2]] = True
        return drawn

    def _chain(self, inside: NDArray[np.bool_], path: tuple[int, int]) -> ChainRepeat:
        refits, rows = self.refits, np.flatnonzero(inside)
        outcome, treatment = refits.outcome[rows], refits.treatment[rows]
        sample = Sample(refits.predictors.coded[rows], outcome.astype(np.int64), treatment)
        fold = sample_folds(sample, self.folds, self.seed, *path, _FOLDS)
        mu, propensity = np.empty((3, rows.size)), np.empty(rows.size)
        for number in range(self.folds):
            here = rows[fold == number]
            wanted = np.zeros(inside.size, dtype=np.bool_)
            wanted[here] = True
            found = refits.effects(
                inside & ~wanted, wanted, seed=integer(self.seed, *path, _LEARNER, number)
            )
            mu[:, fold == number] = found.mu0[here], found.mu1[here], found.benefit[here]
            chance = refits.propensity(
                inside & ~wanted, wanted, seed=integer(self.seed, *path, _PROPENSITY, number)
            )
            propensity[fold == number] = chance[here]
        sign = 1.0 if refits.learner.desirable else -1.0
        scores = sign * hajek_scores(outcome, treatment, mu[0], mu[1], propensity)
        return _calibrated(rows, mu[2], scores, fold)


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


def hajek_scores(
    outcome: NDArray[np.float64],
    treatment: NDArray[np.int64],
    mu0: NDArray[np.float64],
    mu1: NDArray[np.float64],
    propensity: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give doubly robust scores of mu1 - mu0 whose weights average 1 in each arm.

    A few patients with a small propensity then cannot carry more than their share.

    Examples
    --------
    >>> import numpy as np
    >>> half = np.full(4, 0.5); y = np.array([1.0, 0.0, 1.0, 1.0]); w = np.array([0, 0, 1, 1])
    >>> hajek_scores(y, w, half, half, np.full(4, 0.3)).mean().round(6)
    np.float64(0.5)
    """
    phi0, phi1 = arm_scores(outcome, treatment, mu0, mu1, propensity)
    weight1 = float((treatment / propensity).mean())
    weight0 = float(((1 - treatment) / (1.0 - propensity)).mean())
    return np.asarray(mu1 + (phi1 - mu1) / weight1 - mu0 - (phi0 - mu0) / weight0)
