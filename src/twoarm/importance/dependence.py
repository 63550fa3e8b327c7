"""How the mean predicted benefit moves with one variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dependence", "partial_dependence"]

_GRID = 25


@dataclass(frozen=True, slots=True)
class Dependence:
    """Mean predicted benefit of all patients had they this value of one variable.

    Attributes
    ----------
    variable : int
        Column of the predictors.
    values : ndarray, shape (m,)
        Values the variable is set to, ascending.
    benefit : ndarray, shape (m,)
        Mean predicted benefit, -1 to 1.
    """

    variable: int
    values: NDArray[np.float64]
    benefit: NDArray[np.float64]


def partial_dependence(
    benefit: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    predictors: NDArray[np.float64],
    variable: int,
) -> Dependence:
    """Set one variable to each of its values for everybody, and average the predicted benefit.

    Friedman 2001, doi 10.1214/aos/1013203451, section 8.2. A number with many values is followed
    over 25 of its quantiles between the 2.5th and the 97.5th percentile. It mixes in combinations
    of values that no patient has.

    Parameters
    ----------
    benefit : callable
        Gives the predicted benefit of rows, shape (n,), from predictors of shape (n, k).
    predictors : ndarray, shape (n, k)
        NaN where missing.
    variable : int
        Column to follow.

    Examples
    --------
    >>> x = np.array([[0.0, 5.0], [1.0, 7.0]])
    >>> partial_dependence(lambda rows: rows.sum(axis=1) / 10, x, 0).benefit
    array([0.6, 0.7])
    """
    column = predictors[:, variable]
    values = np.unique(column[np.isfinite(column)])
    if values.size > _GRID:
        shares = np.linspace(0.025, 0.975, _GRID)
        known = column[np.isfinite(column)]
        values = np.unique(np.quantile(known, shares, method="inverted_cdf"))
    means = []
    for value in values:
        moved = predictors.copy()
        moved[:, variable] = value
        means.append(float(benefit(moved).mean()))
    return Dependence(variable, values, np.array(means))
