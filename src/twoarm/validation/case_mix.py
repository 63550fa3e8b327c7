"""How far do the patients here differ from those the model was learnt from?

Of the others only means and standard deviations are known: a model file holds no patient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from twoarm.errors import ArgumentError, NotEstimable

__all__ = [
    "MatchingWeights",
    "effective_sample_size",
    "matching_weights",
    "moment_differences",
]

Floats = NDArray[np.float64]

_MATCHED = 1e-3  # standard deviations by which a matched moment may be off
_MOST_STEPS = 500


def moment_differences(X: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Floats:
    """Give the standardised difference of each column, here minus there.

    Parameters
    ----------
    X : array_like, shape (n, columns)
        Patients here, complete.
    mean, sd : array_like, shape (columns,)
        Of the columns there.

    Returns
    -------
    ndarray, shape (columns,)
        In pooled standard deviations, sqrt((s1^2 + s2^2) / 2). NaN for a column that is the same
        constant in both, infinite for one that is two constants.

    References
    ----------
    Austin PC. Stat Med 2009;28:3083-3107, doi 10.1002/sim.3697.

    Examples
    --------
    >>> moment_differences([[1.0], [3.0]], [0.0], [2.0]).round(3)
    array([1.155])
    """
    here, there, spread = _fitting(X, mean, sd)
    pooled = np.sqrt((here.var(axis=0, ddof=1) + spread**2) / 2.0)
    apart = here.mean(axis=0) - there
    # Asked of the values: the variance of equal ones need not be 0 to the last digit.
    fixed = (np.ptp(here, axis=0) == 0.0) & (spread == 0.0)
    away = np.where(np.abs(apart) < 1e-12, np.nan, np.copysign(np.inf, apart))
    return np.where(fixed, away, apart / np.where(fixed, 1.0, pooled))


@dataclass(frozen=True, slots=True, eq=False)
class MatchingWeights:
    """Weights under which the patients here have the moments of the others.

    Attributes
    ----------
    weight : ndarray, shape (n,)
        Positive, with mean 1.
    effective : float
        Patients that they are worth, 1 to n.
    largest : float
        The largest share of all weight that one patient has.
    squares : bool
        Whether standard deviations were matched, too; else means alone, for with both no weights
        exist.
    """

    weight: Floats
    effective: float
    largest: float
    squares: bool


def matching_weights(X: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> MatchingWeights:
    """Weigh the patients here so that their means and standard deviations are those of the others.

    Of all such weights they are the ones closest to equal weights in entropy. A column of 0 and 1
    has its mean matched, which fixes its spread.

    Parameters
    ----------
    X : array_like, shape (n, columns)
        Patients here, complete.
    mean, sd : array_like, shape (columns,)
        Of the columns there.

    Returns
    -------
    MatchingWeights

    Raises
    ------
    NotEstimable
        If no weights do it: the others' means lie outside what is seen here.

    Notes
    -----
    Equal moments are not equal distributions: what the columns do together, and what was not
    measured, may still differ.

    References
    ----------
    Hainmueller J. Polit Anal 2012;20:25-46, doi 10.1093/pan/mpr025 (entropy balancing);
    Signorovitch JE, et al. Pharmacoeconomics 2010;28:935-945 (matching to published moments).

    Examples
    --------
    >>> found = matching_weights([[0.0], [0.0], [0.0], [1.0]], [0.5], [0.5])
    >>> found.weight.round(3), round(found.effective, 2)
    (array([0.667, 0.667, 0.667, 2.   ]), 3.0)
    """
    here, there, spread = _fitting(X, mean, sd)
    varies = spread > 0.0
    z = (here[:, varies] - there[varies]) / spread[varies]
    if (here[:, ~varies] != there[~varies]).any() and (~varies).any():
        constant = np.abs(here[:, ~varies] - there[~varies]).max()
        if constant > 1e-9:
            raise NotEstimable(
                "A column that never varied where the model was learnt varies here: no weights "
                "make the patients alike."
            )
    many = np.array([np.unique(column).size > 2 for column in z.T], dtype=np.bool_)
    for squares in (True, False) if many.any() else (False,):
        moments = np.column_stack([z, z[:, many] ** 2 - 1.0]) if squares else z
        weight = _entropy_weights(moments)
        if weight is not None:
            share = weight / weight.sum()
            return MatchingWeights(
                share * weight.size, effective_sample_size(weight), float(share.max()), squares
            )
    raise NotEstimable(
        "No weights give the patients here the means of those the model was learnt from: some of "
        "these means lie outside what is seen here."
    )


def effective_sample_size(weight: ArrayLike) -> float:
    """Give how many equally weighted patients are worth as much as these: (sum w)^2 / sum w^2.

    References
    ----------
    Kish L. Survey Sampling. Wiley 1965.

    Examples
    --------
    >>> effective_sample_size([1.0, 1.0, 2.0, 0.0])
    2.6666666666666665
    """
    w = np.asarray(weight, dtype=np.float64)
    if w.ndim != 1 or not (w >= 0.0).all() or not w.sum() > 0.0:
        raise ArgumentError("Weights must be one-dimensional, 0 or larger, and not all 0.")
    return float(w.sum() ** 2 / (w**2).sum())


def _fitting(X: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> tuple[Floats, Floats, Floats]:
    here = np.asarray(X, dtype=np.float64)
    there, spread = np.asarray(mean, dtype=np.float64), np.asarray(sd, dtype=np.float64)
    if here.ndim != 2 or there.shape != here.shape[1:] or spread.shape != there.shape:
        raise ArgumentError(
            "X, mean and sd must have the same columns; found shapes "
            f"{here.shape}, {there.shape} and {spread.shape}."
        )
    if here.shape[0] < 2 or not all(np.isfinite(each).all() for each in (here, there, spread)):
        raise ArgumentError("X needs two patients at least, and all numbers must be finite.")
    if (spread < 0.0).any():
        raise ArgumentError("Standard deviations are 0 or larger.")
    return here, there, spread


def _entropy_weights(moments: Floats) -> Floats | None:
    """Give weights, shape (n,), whose mean of every moment is 0; None if there are none.

    The dual of maximal entropy: minimise log sum exp(moments @ t).
    """

    def value(t: Floats) -> tuple[float, Floats]:
        score = moments @ t
        total = float(logsumexp(score))
        return total, moments.T @ np.exp(score - total)

    def curvature(t: Floats) -> Floats:
        score = moments @ t
        share = np.exp(score - logsumexp(score))
        middle = moments.T @ share
        return np.asarray((moments * share[:, None]).T @ moments - np.outer(middle, middle))

    start = np.zeros(moments.shape[1])
    found = minimize(
        value, start, jac=True, hess=curvature, method="trust-exact",
        options={"maxiter": _MOST_STEPS, "gtol": 1e-8},
    )  # fmt: skip
    score = moments @ found.x
    weight = np.exp(score - score.max())
    off = np.abs(np.average(moments, axis=0, weights=weight)).max() if moments.size else 0.0
    return weight if np.isfinite(off) and off <= _MATCHED else None
