"""Average benefit, and what patients are like, from the least to the most predicted benefit.

Chernozhukov V, Demirer M, Duflo E, Fernandez-Val I. NBER 24678: sorted group average treatment
effects (GATES) and classification analysis (CLAN).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression
from scipy.stats import rankdata

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics.benefit_arrays import same_length
from twoarm.metrics.estimate import Estimate, wald
from twoarm.metrics.normal import two_sided_p

__all__ = [
    "GroupEffects",
    "GroupMeans",
    "IsotonicBenefit",
    "benefit_groups",
    "benefit_ranks",
    "group_effects",
    "group_means",
    "isotonic_benefit",
]


@dataclass(frozen=True, slots=True)
class GroupEffects:
    """Average benefit in groups of rising predicted benefit, each array of shape (groups,).

    Attributes
    ----------
    n, predicted, estimate, se : ndarray
        Patients, mean predicted benefit, average doubly robust score, its standard error.
    difference : Estimate
        Last group minus first.
    p : float
        Two-sided p-value that it is 0.
    """

    n: NDArray[np.int64]
    predicted: NDArray[np.float64]
    estimate: NDArray[np.float64]
    se: NDArray[np.float64]
    difference: Estimate
    p: float


def benefit_groups(benefit: ArrayLike, groups: int = 4) -> NDArray[np.int64]:
    """Put patients into groups of equal size by rising benefit, 0 to `groups - 1`.

    Tied patients stay together, so that the order of rows does not matter; groups may then be
    unequal, even empty.

    Examples
    --------
    >>> benefit_groups([0.3, 0.1, 0.2, 0.4], 2).tolist()
    [1, 0, 0, 1]
    """
    (t,) = same_length(benefit=benefit)
    if not 2 <= groups <= t.size:
        raise NotEstimable(f"Expected 2 to {t.size} groups; found {groups}.")
    ordered = np.sort(t)
    lowest = np.searchsorted(ordered, t, side="left")
    highest = np.searchsorted(ordered, t, side="right") - 1
    middle = (lowest + highest) / 2.0
    return np.floor(middle * groups / t.size).astype(np.int64)


def benefit_ranks(benefit: ArrayLike, fold: ArrayLike) -> NDArray[np.float64]:
    """Rank patients by benefit within their fold, above 0 to 1; tied patients share their mean.

    Ranks of different folds can be put together where their models differ in level.

    Examples
    --------
    >>> benefit_ranks([0.3, 0.1, 0.9, 0.7], [0, 0, 1, 1]).tolist()
    [1.0, 0.5, 1.0, 0.5]
    """
    (t,) = same_length(benefit=benefit)
    number = np.unique(np.asarray(fold), return_inverse=True)[1]
    if number.shape != t.shape:
        raise ArgumentError(f"Expected a fold for each of {t.size} patients; found {number.shape}.")
    rank = np.empty(t.size)
    for each in range(int(number.max(initial=-1)) + 1):
        here = number == each
        rank[here] = rankdata(t[here]) / here.sum()
    return rank


def group_effects(scores: ArrayLike, benefit: ArrayLike, *, groups: int = 4) -> GroupEffects:
    """Give the average of doubly robust scores in groups of rising predicted benefit.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Doubly robust scores in the direction of benefit.
    benefit : array_like, shape (n,)
        Predicted benefit by models that have not seen the patient.
    groups : int
        How many groups, 2 or more.

    Raises
    ------
    ArgumentError
        If a group holds fewer than two patients (too many ties, or too many groups).

    Examples
    --------
    >>> group_effects([0.0, 0.2, 0.5, 0.7], [0.1, 0.2, 0.3, 0.4], groups=2).estimate.tolist()
    [0.1, 0.6]
    """
    phi, t = same_length(scores=scores, benefit=benefit)
    members = [phi[group] for group in _masks(t, groups)]
    mean = np.array([values.mean() for values in members])
    se = np.array([values.std(ddof=1) / math.sqrt(values.size) for values in members])
    difference = wald(float(mean[-1] - mean[0]), math.hypot(se[0], se[-1]))
    return GroupEffects(
        n=np.array([values.size for values in members], dtype=np.int64),
        predicted=np.array([t[group].mean() for group in _masks(t, groups)]),
        estimate=mean,
        se=se,
        difference=difference,
        p=two_sided_p(difference.estimate, difference.se),
    )


def _masks(t: NDArray[np.float64], groups: int) -> list[NDArray[np.bool_]]:
    number = benefit_groups(t, groups)
    masks = [number == group for group in range(groups)]
    if min(int(mask.sum()) for mask in masks) < 2:
        raise NotEstimable(
            f"{groups} groups of {t.size} patients leave one with fewer than 2, for lack of "
            "patients or of different predictions. Ask for fewer groups."
        )
    return masks


@dataclass(frozen=True, slots=True)
class GroupMeans:
    """What the patients with the least and the most predicted benefit are like.

    Each array has shape (columns,): means of the first and the last group, their difference and
    its standard error.
    """

    least: NDArray[np.float64]
    most: NDArray[np.float64]
    difference: NDArray[np.float64]
    se: NDArray[np.float64]


def group_means(X: ArrayLike, benefit: ArrayLike, *, groups: int = 4) -> GroupMeans:
    """Compare the characteristics X, shape (n, columns), of the extreme groups.

    Examples
    --------
    >>> group_means([[50.0], [60.0], [70.0], [80.0]], [0.1, 0.2, 0.3, 0.4], groups=2).most.tolist()
    [75.0]
    """
    (t,) = same_length(benefit=benefit)
    matrix = np.asarray(X, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != t.size or not np.isfinite(matrix).all():
        raise ArgumentError(
            f"Expected complete characteristics of shape ({t.size}, columns); found {matrix.shape}."
        )
    masks = _masks(t, groups)
    least, most = matrix[masks[0]], matrix[masks[-1]]
    variance = sum(part.var(axis=0, ddof=1) / part.shape[0] for part in (least, most))
    means = least.mean(axis=0), most.mean(axis=0)
    return GroupMeans(means[0], means[1], means[1] - means[0], np.sqrt(variance))


@dataclass(frozen=True, slots=True)
class IsotonicBenefit:
    """A rising step function from predicted to calibrated benefit.

    Attributes
    ----------
    predicted, calibrated : ndarray, shape (different predictions,)
        Sorted predictions and the calibrated benefit at each.
    """

    predicted: NDArray[np.float64]
    calibrated: NDArray[np.float64]

    def __call__(self, benefit: ArrayLike) -> NDArray[np.float64]:
        """Calibrate: the value at the nearest prediction below, or at the lowest."""
        (t,) = same_length(benefit=benefit)
        place = np.searchsorted(self.predicted, t, side="right") - 1
        return self.calibrated[np.maximum(place, 0)]


def isotonic_benefit(scores: ArrayLike, benefit: ArrayLike) -> IsotonicBenefit:
    """Calibrate predicted benefit by isotonic regression of scores (causal isotonic calibration).

    With few patients the steps at both ends rest on a handful of scores.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Doubly robust scores in the direction of benefit.
    benefit : array_like, shape (n,)
        Predicted benefit by models that have not seen the patient (cross-calibration where they
        are cross-fitted).

    References
    ----------
    van der Laan L, et al. ICML 2023, arXiv 2302.14011.

    Examples
    --------
    >>> isotonic_benefit([0.0, 0.4, 0.2, 0.6], [0.1, 0.2, 0.3, 0.4])([0.25, 0.9]).round(3).tolist()
    [0.3, 0.6]
    """
    phi, t = same_length(scores=scores, benefit=benefit)
    predicted, level = np.unique(t, return_inverse=True)
    count = np.bincount(level).astype(np.float64)
    means = np.bincount(level, weights=phi) / count
    return IsotonicBenefit(predicted, isotonic_regression(means, weights=count).x)
