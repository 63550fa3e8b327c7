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
        of the unweighted arms; NaN for a constant column, infinite for one that is constant in both
        arms with different values.
    """

    names: tuple[str, ...]
    before: NDArray[np.float64]
    inverse: NDArray[np.float64]
    overlap: NDArray[np.float64]


def standardised_differences(
    X: NDArray[np.float64], treatment: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the weighted mean differences in pooled standard deviations of the unweighted arms.

    The denominator does not change with the weights, so before and after can be compared. A column
    that is constant in both arms has no such deviations: NaN if the arms agree, infinite if they
    differ, for then it tells them apart without fail.

    Examples
    --------
    >>> X = np.array([[0.0], [2.0], [1.0], [3.0]])
    >>> standardised_differences(X, np.array([0, 0, 1, 1]), np.ones(4)).round(4)
    array([0.7071])
    """
    arms = treatment == 0, treatment == 1
    means = [np.average(X[arm], axis=0, weights=weights[arm]) for arm in arms]
    pooled = np.sqrt(sum(X[arm].var(axis=0, ddof=1) for arm in arms) / 2.0)
    # Asked of the values: the variance of equal ones need not be 0 to the last digit.
    fixed = np.all([np.ptp(X[arm], axis=0) == 0.0 for arm in arms], axis=0)
    apart = X[arms[1]][0] - X[arms[0]][0]
    found = (means[1] - means[0]) / np.where(fixed, 1.0, pooled)
    return np.where(fixed, np.where(apart == 0.0, np.nan, np.copysign(np.inf, apart)), found)


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
    counts = [
        int((np.abs(each) > _IMBALANCE).sum())
        for each in (value.before, value.inverse, value.overlap)
    ]
    verdict: Verdict = "questions" if counts[1] else "supports"
    text = (
        f"Standardised differences above 0.1: {counts[0]} of {len(value.names)} columns before, "
        f"{counts[1]} after inverse probability weighting, {counts[2]} after overlap weighting."
    )
    fixed = [name for name, each in zip(value.names, value.before, strict=True) if np.isinf(each)]
    if fixed:
        text += f" The same for a whole arm, another for the other arm: {', '.join(fixed)}."
    if not is_randomised(study):
        text += " The arms may still differ in what was not measured."
    return Finding("balance", at_most(verdict, study), text)
