"""Do the patients ranked first gain more than the average? TOC, AUTOC and Qini.

Yadlowsky S, Fleming S, Shah N, Brunskill E, Wager S. JASA 2025, arXiv 2111.07966 (rank-weighted
average treatment effect).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics.benefit_arrays import same_length
from twoarm.metrics.estimate import Estimate
from twoarm.metrics.normal import Z, two_sided_p
from twoarm.seeds import generator

__all__ = [
    "Rate",
    "TargetingCurve",
    "rate",
    "sequential_folds",
    "targeting_curve",
    "targeting_limits",
    "targeting_weights",
]

Target = Literal["autoc", "qini"]


@dataclass(frozen=True, slots=True)
class TargetingCurve:
    """Targeting operator characteristic.

    Attributes
    ----------
    share : ndarray, shape (n,)
        Share of patients treated, those with the highest priority first.
    gain : ndarray, shape (n,)
        Average benefit in them minus average benefit in all.
    """

    share: NDArray[np.float64]
    gain: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rate(Estimate):
    """Rank-weighted average treatment effect; 0 means that the ranking is no better than chance.

    Attributes
    ----------
    target : {"autoc", "qini"}
    p : float
        Two-sided p-value that it is 0; 1 if everybody has the same priority.
    """

    target: Target
    p: float


def targeting_curve(scores: ArrayLike, priority: ArrayLike) -> TargetingCurve:
    """Give the average benefit of the patients ranked first, for every share treated.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Doubly robust scores in the direction of benefit.
    priority : array_like, shape (n,)
        Larger is treated first; tied patients count with the mean of their scores.

    Examples
    --------
    >>> targeting_curve([0.9, 0.0], [2, 1]).gain.tolist()
    [0.45, 0.0]
    """
    phi, tie, _ = _ranked(scores, priority)
    return TargetingCurve(np.arange(1, phi.size + 1) / phi.size, _gain(_tie_means(phi, tie)))


def targeting_limits(
    scores: ArrayLike, priority: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give pointwise 95 % limits of the targeting curve, each of shape (n,).

    The gain of those ranked first over all is ``(1 - share)`` times their gain over the others, a
    difference of two means with Welch's standard error. The ranking is taken as given: what another
    fit would rank otherwise is left out. NaN where either part holds a single patient; 0 for all.

    Parameters
    ----------
    scores, priority : array_like, shape (n,)
        As in `targeting_curve`.

    Examples
    --------
    >>> low, high = targeting_limits([0.9, 0.5, 0.2, 0.0], [4, 3, 2, 1])
    >>> round(float(low[1]), 3), round(float(high[1]), 3)
    (0.081, 0.519)
    """
    phi, tie, _ = _ranked(scores, priority)
    n, k = phi.size, np.arange(1, phi.size + 1)
    value, square = _tie_means(phi, tie), _tie_means(phi**2, tie)
    first, first_squares = np.cumsum(value), np.cumsum(square)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = _variance(first, first_squares, k) / k
        variance += _variance(first[-1] - first, first_squares[-1] - first_squares, n - k) / (n - k)
        half = Z * (1.0 - k / n) * np.sqrt(variance)
    half[-1] = 0.0
    gain = _gain(value)
    return gain - half, gain + half


def _variance(
    total: NDArray[np.float64], squares: NDArray[np.float64], n: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Give the variance of n values from their sum and sum of squares; NaN of fewer than 2."""
    spread = np.maximum(squares - total**2 / n, 0.0)
    return np.where(n > 1, spread / (n - 1), np.nan)


def targeting_weights(priority: ArrayLike, target: Target = "autoc") -> NDArray[np.float64]:
    """Give the weights with which scores are averaged to the area under the targeting curve.

    Parameters
    ----------
    priority : array_like, shape (n,)
        Larger is treated first; tied patients share the mean of their weights.
    target : {"autoc", "qini"}

    Returns
    -------
    ndarray, shape (n,)
        With mean 0; the area is ``mean(weights * scores)``. All 0 where all are tied.

    Notes
    -----
    The patient at place i of n is among the first k for all k from i on: AUTOC's weight is ``1/i +
    ... + 1/n - 1``, Qini's ``(n - i + 1) / n - (n + 1) / 2n``.

    Examples
    --------
    >>> targeting_weights([0.1, 0.3, 0.2]).round(3).tolist()
    [-0.667, 0.833, -0.167]
    """
    (rank,) = same_length(priority=priority)
    n, (_, tie, order) = rank.size, _ranked(rank, rank)
    share = np.arange(1, n + 1) / n
    step = np.full(n, 1.0 / n) if target == "qini" else 1.0 / np.arange(1, n + 1)
    by_place = np.cumsum(step[::-1])[::-1] - (share.mean() if target == "qini" else 1.0)
    weight = np.empty(n)
    weight[order] = _tie_means(by_place, tie) if tie[-1] > 0 else 0.0
    return weight


def rate(
    scores: ArrayLike,
    priority: ArrayLike,
    *,
    target: Target = "autoc",
    fold: ArrayLike | None = None,
    priorities_out_of_sample: bool = False,
    half_samples: int = 200,
    groups: ArrayLike | None = None,
    seed: int = 0,
) -> Rate:
    """Give the area under the targeting curve (AUTOC) or its Qini weighting.

    AUTOC has power where few patients gain much, Qini where gains are diffuse.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Doubly robust scores in the direction of benefit, not used to learn the priorities.
    priority : array_like, shape (n,)
        Larger is treated first.
    target : {"autoc", "qini"}
    fold : array_like, shape (n,), optional
        Number of the fold of each patient, where priorities come from `sequential_folds`: each fold
        is measured by itself and the folds are put together so that the test is that of the mean
        t-statistic. The lowest number is the fold that only teaches; its priorities are not read.
    priorities_out_of_sample : bool
        States that priorities were learnt from other patients altogether. One of the two is
        required: priorities that saw these scores, or folds that taught each other, give tests
        that reject too often.
    half_samples : int
        Half-samples for the standard error, at least 2.
    groups : array_like, shape (n,), optional
        Draw whole groups (centres) in place of patients.
    seed : int
        Seed of the half-samples.

    Returns
    -------
    Rate

    Raises
    ------
    ArgumentError
        If it is not said where the priorities come from, or an array does not fit.

    Examples
    --------
    >>> result = rate([.9, -.2, .4, 1.1, -.5, .3, 0, -.8, .6, .2], range(10, 0, -1),
    ...               priorities_out_of_sample=True)
    >>> round(result.estimate, 6)
    0.167571
    """
    if target not in ("autoc", "qini") or half_samples < 2:
        raise ArgumentError(
            "`target` must be 'autoc' or 'qini' and `half_samples` at least 2; found "
            f"{target!r} and {half_samples}."
        )
    if (fold is None) == (not priorities_out_of_sample):
        raise ArgumentError(
            "Say where the priorities come from: either `fold` (sequential folds) or "
            "`priorities_out_of_sample=True`."
        )
    parts = []
    for number, rows in enumerate(_parts(scores, fold)):
        phi, tie, order = _ranked(np.asarray(scores)[rows], np.asarray(priority)[rows])
        cluster = np.arange(phi.size)
        if groups is not None:
            cluster = np.unique(np.asarray(groups)[rows], return_inverse=True)[1][order]
        rng = generator(seed, number)
        se = _half_sample_se(phi, tie, cluster, target, half_samples, rng)
        if tie[-1] > 0:  # else all are tied, and what is left of the area is rounding
            parts.append((_area(phi, tie, target), se))
    return _together(target, parts)


def sequential_folds(
    fold: ArrayLike,
) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Give for every fold but the first who teaches (all folds before it) and who is ranked.

    Examples
    --------
    >>> [(list(map(int, a)), list(map(int, b))) for a, b in sequential_folds([0, 1, 2])]
    [([1, 0, 0], [0, 1, 0]), ([1, 1, 0], [0, 0, 1])]
    """
    numbers = np.asarray(fold)
    present = np.unique(numbers)
    if numbers.ndim != 1 or present.size < 2:
        raise NotEstimable(
            "Sequential folds need a fold number for each patient and two folds at least; found "
            f"{present.size} of shape {numbers.shape}."
        )
    for number in present[1:]:
        yield numbers < number, numbers == number


def _parts(scores: ArrayLike, fold: ArrayLike | None) -> list[NDArray[np.bool_]]:
    shape = np.shape(scores)
    if fold is None:
        return [np.ones(shape, dtype=np.bool_)]
    if np.shape(fold) != shape:
        raise ArgumentError(
            f"Expected a fold for each score; found shapes {np.shape(fold)} and {shape}."
        )
    return [ranked for _, ranked in sequential_folds(fold)]


def _ranked(
    scores: ArrayLike, priority: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Give scores by falling priority, the number of each one's group of ties, and the order."""
    phi, rank = same_length(scores=scores, priority=priority)
    order = np.argsort(-rank, kind="stable")
    tie = np.cumsum(np.diff(rank[order], prepend=rank[order[0]]) != 0.0)
    return phi[order], tie.astype(np.int64), order


def _tie_means(phi: NDArray[np.float64], tie: NDArray[np.int64]) -> NDArray[np.float64]:
    """Replace tied scores by their mean, so that their order does not matter."""
    mean = np.bincount(tie, weights=phi) / np.maximum(np.bincount(tie), 1)
    return np.asarray(mean[tie], dtype=np.float64)


def _gain(phi: NDArray[np.float64]) -> NDArray[np.float64]:
    running = np.cumsum(phi) / np.arange(1, phi.size + 1)
    return np.asarray(running - phi.mean(), dtype=np.float64)


def _area(phi: NDArray[np.float64], tie: NDArray[np.int64], target: Target) -> float:
    gain = _gain(_tie_means(phi, tie))
    if target == "qini":
        gain = gain * np.arange(1, gain.size + 1) / gain.size
    return float(gain.mean())


def _half_sample_se(
    phi: NDArray[np.float64],
    tie: NDArray[np.int64],
    cluster: NDArray[np.int64],
    target: Target,
    half_samples: int,
    rng: np.random.Generator,
) -> float:
    """Give the spread of the estimate over halves drawn without replacement.

    An estimate from half of the patients varies about that from all of them as much as that from
    all of them varies about the truth.
    """
    clusters = int(cluster.max()) + 1
    if clusters < 2:
        raise NotEstimable("Half-samples need two patients, or groups, at least in each fold.")
    values = np.empty(half_samples)
    for number in range(half_samples):
        drawn = np.zeros(clusters, dtype=np.bool_)
        drawn[rng.permutation(clusters)[: clusters // 2]] = True
        inside = drawn[cluster]
        values[number] = _area(phi[inside], tie[inside], target)
    return float(values.std(ddof=1))


def _together(target: Target, parts: list[tuple[float, float]]) -> Rate:
    """Weigh folds by 1 / SE: the ratio to its SE is then the sum of the t-statistics / sqrt(K)."""
    parts = [(estimate, se) for estimate, se in parts if se > 0.0]
    if not parts:
        return Rate(0.0, 0.0, 0.0, 0.0, target, 1.0)
    weight = sum(1.0 / se for _, se in parts)
    estimate = sum(one / se for one, se in parts) / weight
    se = math.sqrt(len(parts)) / weight
    low, high = estimate - Z * se, estimate + Z * se
    return Rate(estimate, se, low, high, target, two_sided_p(estimate, se))
