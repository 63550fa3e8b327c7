"""Are the arms alike in what was measured, before and after weighting?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.comparability.weighting import inverse_weights, overlap_weights
from twoarm.diagnostics.finding import Finding, Verdict, at_most, is_randomised, says
from twoarm.errors import ArgumentError, NotEstimable

__all__ = ["Balance", "balance", "finding", "standardised_differences"]

_IMBALANCE = 0.10
"""Austin 2009, doi 10.1002/sim.3697: larger standardised differences count as imbalance."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Standardised mean differences of every column, treated minus control: a Love plot.

    Attributes
    ----------
    names : tuple of str
        Columns, the most unbalanced before weighting first.
    before, inverse, overlap : ndarray, shape (p,)
        Unweighted; by inverse probability of treatment; by overlap weights. In standard deviations
        of the unweighted arms; NaN for a constant column.
    """

    names: tuple[str, ...]
    before: NDArray[np.float64]
    inverse: NDArray[np.float64]
    overlap: NDArray[np.float64]


def standardised_differences(
    X: NDArray[np.float64], treatment: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the weighted mean differences in pooled standard deviations of the unweighted arms.

    The denominator does not change with the weights, so before and after can be compared.

    Examples
    --------
    >>> X = np.array([[0.0], [2.0], [1.0], [3.0]])
    >>> standardised_differences(X, np.array([0, 0, 1, 1]), np.ones(4)).round(4)
    array([0.7071])
    """
    control, treated = treatment == 0, treatment == 1
    difference = np.average(X[treated], axis=0, weights=weights[treated])
    difference = difference - np.average(X[control], axis=0, weights=weights[control])
    variances = [X[arm].var(axis=0, ddof=1) for arm in (control, treated)]
    pooled = np.sqrt((variances[0] + variances[1]) / 2.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(pooled > 0, difference / pooled, np.nan)


def balance(
    X: ArrayLike, treatment: ArrayLike, propensity: ArrayLike, *, names: Sequence[str]
) -> Balance:
    """Measure balance before and after weighting by the propensity.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Columns, complete; levels as 0/1 columns.
    treatment : array_like of 0 and 1, shape (n,)
        Arm, at least two patients in each.
    propensity : array_like, shape (n,)
        Strictly between 0 and 1.
    names : sequence of str, p names
        Of the columns.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.

    Notes
    -----
    Overlap weights balance exactly the columns of a logistic propensity without penalty (Li,
    Morgan, Zaslavsky 2018); with a penalty, nearly. Balance in what was measured says nothing
    about what was not.

    Examples
    --------
    >>> found = balance([[0.0], [2.0], [1.0], [3.0]], [0, 0, 1, 1], [0.5] * 4, names=["age"])
    >>> found.before.round(4).tolist() == found.overlap.round(4).tolist()
    True
    """
    matrix, arm = np.asarray(X, dtype=np.float64), np.asarray(treatment)
    e = np.asarray(propensity, dtype=np.float64)
    if matrix.ndim != 2 or arm.shape != matrix.shape[:1] or e.shape != arm.shape:
        raise ArgumentError(
            "X, treatment and propensity must have the same number of rows; found shapes "
            f"{matrix.shape}, {arm.shape} and {e.shape}."
        )
    if len(names) != matrix.shape[1]:
        raise ArgumentError(f"Expected {matrix.shape[1]} names, one a column; found {len(names)}.")
    if min((arm == 0).sum(), (arm == 1).sum()) < 2:
        raise NotEstimable("Balance needs at least two patients in each arm.")
    if not ((e > 0.0) & (e < 1.0)).all():
        raise ArgumentError("Propensities must lie strictly between 0 and 1.")
    measured = [
        standardised_differences(matrix, arm, weights)
        for weights in (np.ones(arm.size), inverse_weights(arm, e), overlap_weights(arm, e))
    ]
    order = np.argsort(-np.abs(np.nan_to_num(measured[0])), kind="stable")
    before, inverse, overlapping = (each[order] for each in measured)
    return Balance(tuple(names[k] for k in order), before, inverse, overlapping)


@says("balance")
def finding(value: Balance, study: Study) -> Finding:
    """Say whether weighting makes the arms alike in what was measured.

    `questions` if inverse probability weighting, which the average effect of everybody rests on,
    leaves a difference above 0.1.
    """
    left = np.abs(np.nan_to_num(value.inverse))
    verdict: Verdict = "questions" if (left > _IMBALANCE).any() else "supports"
    counts = [
        int((np.abs(np.nan_to_num(each)) > _IMBALANCE).sum())
        for each in (value.before, value.inverse, value.overlap)
    ]
    text = (
        f"Standardised differences above 0.1: {counts[0]} of {len(value.names)} columns before, "
        f"{counts[1]} after inverse probability weighting, {counts[2]} after overlap weighting."
    )
    if not is_randomised(study):
        text += " The arms may still differ in what was not measured."
    return Finding("balance", at_most(verdict, study), text)
