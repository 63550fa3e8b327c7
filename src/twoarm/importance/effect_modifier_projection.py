"""Best linear projection: how the benefit moves with each variable, the others held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from twoarm.importance.effect_modifier_groups import Groups, checked_scores
from twoarm.metrics.least_squares import least_squares_hc3

__all__ = ["BestLinearProjection", "best_linear_projection", "projected_spread"]


@dataclass(frozen=True, slots=True)
class BestLinearProjection:
    """Least squares of doubly robust scores on standardised variables.

    Attributes
    ----------
    coefficient : ndarray, shape (p,)
        Change of the benefit for one standard deviation of the variable. 0 for a variable that does
        not vary; all are NaN where variables repeat each other.
    se : ndarray, shape (p,)
        Standard error, HC3.
    p : ndarray, shape (p,)
        Two-sided p-value by the normal distribution, one variable at a time.
    """

    coefficient: NDArray[np.float64]
    se: NDArray[np.float64]
    p: NDArray[np.float64]


def best_linear_projection(X: ArrayLike, scores: ArrayLike) -> BestLinearProjection:
    """Project the benefit on the variables.

    Semenova, Chernozhukov 2021, doi 10.1093/ectj/utaa027; as `best_linear_projection` of R's grf.
    It describes the line nearest to the benefit, whatever its true shape.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Finite predictors; standardised inside.
    scores : array_like, shape (n,)
        Doubly robust scores of the benefit, from cross-fitted nuisances.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.

    Examples
    --------
    >>> x = np.array([[0.0], [0.0], [2.0], [2.0], [0.0], [2.0]])
    >>> best_linear_projection(x, 0.1 + 0.2 * x[:, 0]).coefficient.round(6)
    array([0.2])
    """
    matrix, phi, _ = checked_scores(X, scores, None)
    z, varies = _standardised(matrix)
    fit = least_squares_hc3(np.column_stack([np.ones(phi.size), z[:, varies]]), phi)
    coefficient, se, p = np.zeros(varies.size), np.zeros(varies.size), np.ones(varies.size)
    coefficient[varies], se[varies] = fit.coefficient[1:], fit.se[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        p[varies] = 2 * ndtr(-np.abs(fit.coefficient[1:] / fit.se[1:]))
    return BestLinearProjection(coefficient, se, p)


def projected_spread(
    X: ArrayLike, scores: ArrayLike, groups: Groups | None = None
) -> NDArray[np.float64]:
    """Give the variance of the projected benefit that is lost without each group of variables.

    For a group g with coefficients b it is ``b' (S_gg - S_gr S_rr^-1 S_rg) b``: the part of the
    projection that the other variables r cannot stand in for. It is never below 0, so noise alone
    makes it positive; read it beside the permuted treatment.

    Parameters
    ----------
    X, scores
        As in `best_linear_projection`.
    groups : sequence of sequence of int, optional
        Columns judged together; by default each alone.

    Returns
    -------
    ndarray, shape (groups,)
        Squared benefit; the root is in points of benefit.

    Examples
    --------
    >>> x = np.array([[0.0, 1.0], [0.0, -1.0], [2.0, 1.0], [2.0, -1.0]])
    >>> projected_spread(x, 0.1 + 0.2 * x[:, 0]).round(6)
    array([0.04, 0.  ])
    """
    matrix, phi, parts = checked_scores(X, scores, groups)
    z, _ = _standardised(matrix)
    coefficient = np.linalg.lstsq(z, phi - phi.mean(), rcond=None)[0]
    lost = np.empty(len(parts))
    for number, columns in enumerate(parts):
        rest = np.delete(z, columns, axis=1)
        own = z[:, columns] @ coefficient[list(columns)]
        replaced = rest @ np.linalg.lstsq(rest, own, rcond=None)[0] if rest.size else 0.0
        lost[number] = np.mean((own - replaced) ** 2)
    return lost


def _standardised(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    spread = matrix.std(axis=0)
    varies = np.ptp(matrix, axis=0) > 0
    z = (matrix - matrix.mean(axis=0)) / np.where(varies, spread, np.inf)
    return z, varies
