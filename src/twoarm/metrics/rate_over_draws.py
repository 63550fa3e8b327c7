"""AUTOC (or Qini) averaged over several draws of sequential folds, and how well the mean is known.

One draw of folds decides by luck: which patients teach, and which are ranked. The mean over draws
does not, but its error is not that of one draw: draws share all their patients, and in each of them
other patients taught.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from twoarm.errors import ArgumentError
from twoarm.metrics.benefit_arrays import same_length
from twoarm.metrics.estimate import Estimate, wald
from twoarm.metrics.normal import two_sided_p
from twoarm.metrics.rate import Rate, Target, targeting_weights

__all__ = ["RateOverDraws", "draw_weights", "rate_over_draws"]

Floats = NDArray[np.float64]

_SURE = 0.05
"""The spread between the draws counts up to its lower 95 % confidence limit."""


@dataclass(frozen=True, slots=True)
class RateOverDraws:
    """The mean over the draws, and the draws.

    Attributes
    ----------
    mean : Rate
    draws : tuple of Estimate
        Each draw by itself with the interval that it would have alone; all 0 for a draw in which
        nobody is ranked before anybody.
    """

    mean: Rate
    draws: tuple[Estimate, ...]


def rate_over_draws(
    scores: ArrayLike, priority: ArrayLike, *, fold: ArrayLike, target: Target = "autoc"
) -> RateOverDraws:
    """Give the area under the targeting curve, averaged over draws of sequential folds.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Doubly robust scores in the direction of benefit, the same for all draws.
    priority : array_like, shape (draws, n)
        Larger is treated first; of a fold above 0 learnt from the folds before it alone. Not read
        in fold 0, which only teaches.
    fold : array_like of int, shape (draws, n)
        Fold of each patient in each draw, from 0.
    target : {"autoc", "qini"}

    Returns
    -------
    RateOverDraws
        The mean's ratio to its standard error is the mean of the draws' t-statistics over the
        standard deviation of that mean.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.

    Notes
    -----
    *One draw.* The t-statistic of a fold is its area over the standard error given who is ranked
    where, ``sum w^2 (phi - mean)^2``, w being the weights that make the area a mean of scores. Each
    fold's has mean 0 given the folds before it if benefit is the same for all, so a draw's, their
    sum over the root of their number, has variance 1.

    *The mean of the draws* has variance 1 less the variance between draws of the same patients (law
    of total variance). Of the latter only what is sure is taken off: the lower 95 % limit of the
    observed one. What is left is kept between two bounds. It is at most the share of patients that
    a draw ranks (4/5 with five folds), since a contribution to the statistic that rests on certain
    patients is there in a draw only if the last of them is ranked, in a later fold than all others.
    And it is at least the variance over samples of ranked patients, rankings given: what
    half-samples drawn once for all draws measure. That by itself is too small, as it leaves out
    that a patient who is ranked in one draw teaches in another.
    docs/decisions/0017-ranking-over-draws.md has the levels.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> rng = generator(5); benefit = rng.normal(size=400); fold = rng.permuted(
    ...     np.tile(np.arange(5), (10, 80)), axis=1)
    >>> found = rate_over_draws(benefit + rng.normal(size=400), np.tile(benefit, (10, 1)),
    ...                         fold=fold)
    >>> found.mean.low > 0.0, len(found.draws)
    (True, 10)
    """
    (phi,) = same_length(scores=scores)
    ranked_by, folds = np.asarray(priority, dtype=np.float64), np.asarray(fold)
    if ranked_by.ndim != 2 or ranked_by.shape != folds.shape or folds.shape[1] != phi.size:
        raise ArgumentError(
            f"`priority` and `fold` need a row a draw and a column for each of the {phi.size} "
            f"scores; found shapes {ranked_by.shape} and {folds.shape}."
        )
    made = [draw_weights(phi, *each, target) for each in zip(ranked_by, folds, strict=True)]
    weight, precision = np.array([each[0] for each in made]), np.array([each[1] for each in made])
    t = weight @ phi
    draws = tuple(_estimate(*each) for each in zip(t.tolist(), precision.tolist(), strict=True))
    if not precision.any():
        return RateOverDraws(Rate(0.0, 0.0, 0.0, 0.0, target, 1.0), draws)
    known = float(precision.mean())
    sd = math.sqrt(_variance_of_mean(t, weight, phi, float((folds > 0).mean())))
    whole = wald(float(t.mean()) / known, sd / known)
    p = two_sided_p(whole.estimate, whole.se)
    return RateOverDraws(Rate(whole.estimate, whole.se, whole.low, whole.high, target, p), draws)


def _estimate(t: float, precision: float) -> Estimate:
    return wald(t / precision, 1.0 / precision) if precision > 0.0 else wald(0.0, 0.0)


def draw_weights(
    phi: Floats, priority: Floats, fold: NDArray[np.int64], target: Target = "autoc"
) -> tuple[Floats, float]:
    """Give the weights whose sum with the scores is the t-statistic, and what it is a multiple of.

    The draw's area, in which a fold weighs 1 / SE, is the t-statistic over the second number.
    """
    weight, each = np.zeros(phi.size), []
    for number in np.unique(fold[fold > 0]):
        rows = fold == number
        own = targeting_weights(priority[rows], target) / rows.sum()
        se = math.sqrt(_variance(own, phi[rows]))
        if se > 0.0:
            weight[rows] = own / se
            each.append(1.0 / se)
    if not each:
        return weight, 0.0
    root = math.sqrt(len(each))
    return weight / root, sum(each) / root


def _variance(weight: Floats, phi: Floats) -> float:
    """Give the variance of the weighted sum if all have the same mean, weights given."""
    n = phi.size
    return float((weight**2) @ (phi - phi.mean()) ** 2) * n / max(n - 1, 1)


def _variance_of_mean(t: Floats, weight: Floats, phi: Floats, ranked: float) -> float:
    """Give the variance of the mean t-statistic; each one's is 1."""
    draws = t.size
    most = ranked + (1.0 - ranked) / draws
    if draws < 2:
        return 1.0
    quantile = float(chi2.ppf(1.0 - _SURE, draws - 1))
    between = float(((t - t.mean()) ** 2).sum()) / quantile
    least = _variance(weight.mean(axis=0), phi)
    return min(max(1.0 - between * (1.0 - 1.0 / draws), least), most)
