"""How strong are the measured confounders? The yardstick beside an E-value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError

__all__ = ["CovariateStrength", "covariate_strengths", "treatment_odds_ratio"]


@dataclass(frozen=True, slots=True)
class CovariateStrength:
    """What one measured covariate, cut in two, does to treatment and outcome.

    Attributes
    ----------
    name : str
        Column.
    with_treatment : float
        Ratio of the covariate's prevalences in the arms, the larger over the smaller; 1 or more.
    with_outcome : float
        Risk ratio of the outcome, within arms (Mantel-Haenszel), the larger over the smaller.
    bias : float
        Largest factor by which these two could bias a risk ratio: ab / (a + b - 1).
    """

    name: str
    with_treatment: float
    with_outcome: float
    bias: float


def covariate_strengths(
    X: ArrayLike, y: ArrayLike, treatment: ArrayLike, *, names: Sequence[str]
) -> tuple[CovariateStrength, ...]:
    """Give the strength of every column as a confounder, the strongest first.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Columns, complete. One with two values stays; any other is cut above its median.
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    names : sequence of str, p names
        Of the columns.

    Returns
    -------
    tuple of CovariateStrength
        Columns whose ratios are not defined (no events on one side) are left out.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.

    References
    ----------
    Ding P, VanderWeele TJ. Epidemiology 2016;27:368-377, doi 10.1097/EDE.0000000000000457: the
    joint bias of a binary confounder.

    Examples
    --------
    >>> X = [[1.0], [1.0], [1.0], [0.0]] + [[1.0], [0.0], [0.0], [0.0]]
    >>> found = covariate_strengths(X, [1, 1, 0, 0, 1, 0, 1, 0], [1] * 4 + [0] * 4, names=["af"])
    >>> round(found[0].with_treatment, 2), round(found[0].with_outcome, 2)
    (3.0, 5.0)
    """
    matrix, arm = np.asarray(X, dtype=np.float64), np.asarray(treatment)
    outcome = np.asarray(y, dtype=np.float64)
    if matrix.ndim != 2 or outcome.shape != matrix.shape[:1] or arm.shape != outcome.shape:
        raise ArgumentError(
            "X, y and treatment must have the same number of rows; found shapes "
            f"{matrix.shape}, {outcome.shape} and {arm.shape}."
        )
    if len(names) != matrix.shape[1]:
        raise ArgumentError(f"Expected {matrix.shape[1]} names, one a column; found {len(names)}.")
    found = [
        _strength(name, _halves(column), outcome, arm)
        for name, column in zip(names, matrix.T, strict=True)
    ]
    known = [each for each in found if each is not None]
    return tuple(sorted(known, key=lambda each: -each.bias))


def treatment_odds_ratio(column: ArrayLike, treatment: ArrayLike) -> float | None:
    """Give the odds ratio of treatment between the halves of a covariate, 1 or more.

    Parameters
    ----------
    column : array_like, shape (n,)
        Cut as in `covariate_strengths`.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.

    Returns
    -------
    float or None
        None where a half holds one arm alone.

    Examples
    --------
    >>> treatment_odds_ratio([1, 1, 1, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    9.0
    """
    present, arm = _halves(np.asarray(column, dtype=np.float64)), np.asarray(treatment)
    counts = [
        [int((present & (arm == each)).sum()), int((~present & (arm == each)).sum())]
        for each in (0, 1)
    ]
    (with0, without0), (with1, without1) = counts
    if not with0 * without0 * with1 * without1:
        return None
    ratio = with1 * without0 / (without1 * with0)
    return max(ratio, 1.0 / ratio)


def _halves(column: NDArray[np.float64]) -> NDArray[np.bool_]:
    values = np.unique(column)
    cut = values[0] if values.size <= 2 else np.median(column)
    return np.asarray(column > cut, dtype=np.bool_)


def _strength(
    name: str, present: NDArray[np.bool_], y: NDArray[np.float64], arm: NDArray[np.int64]
) -> CovariateStrength | None:
    prevalence = [present[arm == each].mean() for each in (0, 1)]
    upper = lower = 0.0
    for each in (0, 1):
        inside, with_it = arm == each, present & (arm == each)
        without = inside & ~present
        upper += float(y[with_it].sum() * without.sum()) / float(inside.sum())
        lower += float(y[without].sum() * with_it.sum()) / float(inside.sum())
    if min(prevalence) == 0.0 or min(upper, lower) == 0.0:
        return None
    a = float(max(prevalence) / min(prevalence))
    b = max(upper, lower) / min(upper, lower)
    return CovariateStrength(name, a, b, a * b / (a + b - 1.0))
