"""What would cross-fitted predictions show if one odds ratio held for everybody?

The share to quote comes from models that have not seen the patient. So does its null: outcomes
drawn with one odds ratio for all, and the whole cross-fit made anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics.ranking.heterogeneity_nulls import SameEffectTask, same_effect_risk
from twoarm.diagnostics.ranking.heterogeneity_refits import Refits, Work
from twoarm.diagnostics.ranking.heterogeneity_summary import Band
from twoarm.diagnostics.ranking.threshold_shares import bands
from twoarm.errors import FitError
from twoarm.execution import run_tasks
from twoarm.learners import Split, cross_fitted
from twoarm.metalearners import Sample
from twoarm.metalearners.sample import sample_folds
from twoarm.metrics import share_at_threshold, share_losing
from twoarm.seeds import integer

__all__ = ["CrossFittedNull", "cross_fitted_null"]

_FOLDS, _LEARNER = 2, 3  # steps of a draw's path; the first two are those of `SameEffectTask`
_WIDTH = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class CrossFittedNull:
    """The cross-fitted shares at the threshold, beside those where one odds ratio holds for all.

    Attributes
    ----------
    share, losing : float
        Of patients predicted to gain, and to lose, the threshold: mean over the run's cross-fits.
    gaining_band, losing_band : Band
        The same over draws of the null.
    edges : ndarray, shape (bins + 1,)
        Of bins of predicted benefit, a point each.
    spread : ndarray, shape (bins,)
        Share of the patients in each bin, mean over the draws.
    benefit : ndarray of float32, shape (draws, n)
        Predicted benefit in each draw; NaN where it failed.
    """

    share: float
    losing: float
    gaining_band: Band
    losing_band: Band
    edges: NDArray[np.float64]
    spread: NDArray[np.float64]
    benefit: NDArray[np.float32]


@dataclass(frozen=True)
class _Task:
    """Give the cross-fitted benefits after outcomes were drawn with one odds ratio for all."""

    drawn: SameEffectTask
    folds: int

    def __call__(self, number: int) -> NDArray[np.float64] | None:
        """Compute draw `number`; None if a fit failed."""
        refits, seed = self.drawn.refits, self.drawn.seed
        path = (int(Work.SAME_EFFECT), number)
        known, outcome = refits.known, self.drawn.outcome(number)
        rows = np.flatnonzero(known)
        sample = Sample(
            refits.predictors.coded[rows], outcome[rows].astype(np.int64), refits.treatment[rows]
        )
        fold = sample_folds(sample, self.folds, seed, *path, _FOLDS)

        def predict(split: Split) -> NDArray[np.float64]:
            here = rows[split.held]
            wanted = np.zeros(known.size, dtype=np.bool_)
            wanted[here] = True
            fit = integer(seed, *path, _LEARNER, split.number)
            found = refits.effects(known & ~wanted, wanted, seed=fit, outcome=outcome)
            return found.benefit[None, here]

        try:
            (benefit,) = cross_fitted(fold, predict)
        except FitError:
            return None
        return np.asarray(benefit)


def cross_fitted_null(
    refits: Refits,
    benefit: NDArray[np.float64],
    *,
    threshold: float,
    folds: int,
    draws: int,
    seed: int,
    **run_by: Any,
) -> CrossFittedNull:
    """Set the cross-fitted shares beside what one odds ratio for everybody would show.

    Parameters
    ----------
    refits : Refits
        Learner and patients.
    benefit : ndarray, shape (repeats, n)
        Cross-fitted benefit of the patients with known outcome.
    threshold : float
        Absolute benefit worth treating for.
    folds : int
        Of each draw's cross-fit: as many as those of `benefit` have.
    draws : int
        Of the null; 0 for none.
    seed : int
        As of `heterogeneity`: draw i has the outcomes of its draw i.
    **run_by
        `executor`, `workers` and `scheduler` of `twoarm.execution.run_tasks`.

    Examples
    --------
    >>> from twoarm.learners import Logistic
    >>> from twoarm.metalearners import Predictors, TLearner
    >>> from twoarm.seeds import generator
    >>> rng = generator(1); X = Predictors.from_matrix(rng.normal(size=(200, 2)))
    >>> w = np.tile([0, 1], 100); y = (rng.random(200) < 0.3 + 0.1 * w).astype(float)
    >>> refits = Refits(TLearner(Logistic(), desirable=True), X, y, w, Logistic(), X)
    >>> found = cross_fitted_null(refits, np.full((1, 200), 0.1), threshold=0.15, folds=2,
    ...                           draws=3, seed=1)
    >>> found.share, found.gaining_band.draws, round(float(found.spread.sum()), 6)
    (0.0, 3, 1.0)
    """
    drawn: list[NDArray[np.float64] | None] = []
    if draws:
        task = _Task(SameEffectTask(refits, same_effect_risk(refits), seed), folds)
        drawn = list(run_tasks(task, range(draws), **run_by))
    gaining, losing = bands(drawn, threshold)
    made = [each for each in drawn if each is not None]
    n = int(refits.known.sum())
    edges, spread = _spread(made)
    kept = [np.full(n, np.nan) if each is None else each for each in drawn]
    return CrossFittedNull(
        share=share_at_threshold(benefit.ravel(), threshold),
        losing=share_losing(benefit.ravel(), threshold),
        gaining_band=gaining,
        losing_band=losing,
        edges=edges,
        spread=spread,
        benefit=np.array(kept, dtype=np.float32).reshape(len(kept), n),
    )


def _spread(made: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the bins from the lowest to the highest benefit, and the share of patients in each."""
    if not made:
        return np.zeros(0), np.zeros(0)
    everything = np.concatenate(made)
    first = int(np.floor(everything.min() / _WIDTH))
    last = int(np.floor(everything.max() / _WIDTH)) + 1
    edges: NDArray[np.float64] = np.arange(first, last + 1, dtype=np.float64) * _WIDTH
    counts = np.histogram(everything, edges)[0].astype(np.float64)
    return edges, counts / everything.size
