"""Intervals from what each patient contributes to an estimate."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from twoarm.metrics import Estimate
from twoarm.metrics.normal import Z

__all__ = ["inflated", "influence_interval", "leave_one_out"]

Floats = NDArray[np.float64]

_LARGEST_SHARE = 0.999


def influence_interval(
    estimate: float, se: float, contributions: Floats, most_df: float = math.inf
) -> Estimate:
    """Give an estimate with a 95 % interval that counts how many patients its error rests on.

    Parameters
    ----------
    estimate, se : float
    contributions : ndarray, shape (n,)
        What each patient adds to the estimate's deviation from the truth; squares sum to its
        variance. Residuals may be inflated (`leave_one_out`): the interval takes the larger error.
    most_df : float
        Largest number of degrees of freedom: what the patients of the smaller arm are worth, less
        one.

    Notes
    -----
    The variance is itself an estimate. Where few patients with large weights make it up, it is
    poorly known and mostly too small. Its degrees of freedom are those of a chi-squared variable
    with the same mean and variance, 2 V^2 / Var(V), with Var(V) the sum of the fourth powers minus
    V^2 / n (Satterthwaite, Biometrics Bulletin 1946;2:110-114, doi 10.2307/3002019).

    Examples
    --------
    >>> even = influence_interval(0.2, 0.1, np.full(100, 0.01))
    >>> round(even.low, 3), round(even.high, 3)
    (0.004, 0.396)
    >>> one = influence_interval(0.2, 0.1, np.array([0.1] + [0.001] * 99))
    >>> round(one.low, 3)
    -0.22
    """
    squares = contributions**2
    variance = float(squares.sum())
    error = max(se, math.sqrt(variance))
    unsure = float((squares**2).sum()) - variance**2 / squares.size
    # With equal squares the difference is 0 but for rounding.
    known = unsure <= 1e-12 * variance**2
    df = min(most_df, math.inf if known else 2.0 * variance**2 / unsure)
    half = (Z if math.isinf(df) else float(stdtrit(df, 0.975))) * error
    return Estimate(estimate, se, estimate - half, estimate + half)


def leave_one_out(residuals: Floats, weights: Floats) -> Floats:
    """Inflate residuals from a weighted mean by 1 / (1 - share of the weight), as HC3 does.

    A patient who carries much of the weight draws the mean, or a model, to himself: without him his
    residual would be larger (MacKinnon, White, J Econometrics 1985;29:305-325,
    doi 10.1016/0304-4076(85)90158-7).

    Examples
    --------
    >>> leave_one_out(np.array([1.0, -1.0]), np.array([1.0, 1.0])).tolist()
    [2.0, -2.0]
    """
    share = np.minimum(weights / weights.sum(), _LARGEST_SHARE)
    return np.asarray(residuals / (1.0 - share))


def inflated(
    influence: Floats, residuals: Floats, weights: Floats, treatment: NDArray[np.int64]
) -> Floats:
    """Give contributions with the weighted residuals in them inflated in each arm.

    Parameters
    ----------
    influence : ndarray, shape (n,)
    residuals : ndarray, shape (n,)
        The part of it that is a weighted residual.
    weights : ndarray, shape (n,)
    treatment : ndarray, shape (n,)
        0 and 1; patients of neither keep what they have.

    Examples
    --------
    >>> half = np.array([0.5, -0.5, 1.0])
    >>> inflated(half, half, np.ones(3), np.array([0, 0, -1])).tolist()
    [1.0, -1.0, 1.0]
    """
    found = influence.copy()
    for arm in (0, 1):
        rows = treatment == arm
        found[rows] += leave_one_out(residuals[rows], weights[rows]) - residuals[rows]
    return found
