"""Variables that move together are judged together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from twoarm.errors import ArgumentError
from twoarm.metrics import rank_correlation

__all__ = ["Groups", "checked_groups", "checked_scores", "correlated_groups"]

Groups: TypeAlias = Sequence[Sequence[int]]
"""Columns of each group; every column is in one group."""


def correlated_groups(
    X: ArrayLike, *, parts: Groups | None = None, threshold: float = 0.7
) -> tuple[tuple[int, ...], ...]:
    """Put variables into groups whose absolute rank correlations reach the threshold on average.

    Average linkage on 1 minus the size of Spearman's correlation. Permuting one of two variables
    that say the same shows next to nothing for either; the group shows what both say.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Finite predictors.
    parts : sequence of sequence of int, optional
        Columns that are one variable, such as the levels of a nominal one: they stay together, and
        the largest of their correlations counts. By default each column is a variable.
    threshold : float
        Above 0, up to 1.

    Returns
    -------
    tuple of tuple of int
        Columns of each group, in the order of their first columns.

    Examples
    --------
    >>> x = np.array([[1.0, 10.0, 0.0], [2.0, 20.0, 1.0], [3.0, 30.0, 1.0], [4.0, 40.0, 0.0]])
    >>> correlated_groups(x)
    ((0, 1), (2,))
    """
    if not 0 < threshold <= 1:
        raise ArgumentError(f"The threshold must be above 0, up to 1; found {threshold}.")
    matrix = _complete(X)
    units = checked_groups(parts, matrix.shape[1])
    if len(units) == 1:
        return units
    # A column that does not vary goes with none.
    strength = np.minimum(1.0, np.abs(np.nan_to_num(rank_correlation(matrix.T), nan=0.0)))
    distance = np.zeros((len(units), len(units)))
    for one in range(len(units)):
        for other in range(one):
            largest = strength[np.ix_(units[one], units[other])].max()
            distance[one, other] = distance[other, one] = 1.0 - largest
    tree = linkage(squareform(distance, checks=False), method="average")
    label = fcluster(tree, 1.0 - threshold + 1e-9, criterion="distance")
    return tuple(
        sorted(
            tuple(sorted(column for k in np.flatnonzero(label == each) for column in units[k]))
            for each in np.unique(label)
        )
    )


def checked_scores(
    X: ArrayLike, scores: ArrayLike, groups: Groups | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[tuple[int, ...], ...]]:
    """Check predictors, scores and groups; None puts every column into a group of its own.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together, or the groups do not hold every column once.
    """
    matrix, phi = _complete(X), np.asarray(scores, dtype=np.float64)
    n, p = matrix.shape
    if phi.shape != (n,) or not np.isfinite(phi).all():
        raise ArgumentError(
            f"Scores must be finite, one for each of the {n} rows of X; found shape {phi.shape}. "
            "Leave out patients without an outcome."
        )
    return matrix, phi, checked_groups(groups, p)


def checked_groups(groups: Groups | None, p: int) -> tuple[tuple[int, ...], ...]:
    """Give the groups of p columns; None puts every column into a group of its own.

    Raises
    ------
    ArgumentError
        If the groups do not hold every column once.
    """
    parts = tuple((column,) for column in range(p)) if groups is None else groups
    listed = sorted(column for part in parts for column in part)
    if listed != list(range(p)):
        raise ArgumentError(
            f"Groups must hold each of the {p} columns of X once; found columns {listed}."
        )
    return tuple(tuple(part) for part in parts)


def _complete(X: ArrayLike) -> NDArray[np.float64]:
    matrix = np.asarray(X, dtype=np.float64)
    if matrix.ndim != 2 or 0 in matrix.shape or not np.isfinite(matrix).all():
        raise ArgumentError(
            f"X must be a complete table (n, p) of numbers; found shape {matrix.shape}. Impute it."
        )
    return matrix
