"""Logistic recalibration of a linear predictor, and how far predictions are apart.

Weights count how often a row is there. The log-likelihood has one or two parameters, so Newton's
method in closed form does; its steps are halved until the loss falls.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.assign import overwrite
from twoarm.kernels.jit import kernel

__all__ = ["gini_mean_difference", "in_the_large", "null_loss", "recalibrate"]

_MOST_STEPS = 60
_TOLERANCE = 1e-11


@kernel
def _sums(
    lp: NDArray[np.float64],
    outcome: NDArray[np.int64],
    weight: NDArray[np.float64],
    intercept: float,
    slope: float,
    sums: NDArray[np.float64],
) -> float:
    """Fill gradient (two) and information (three); return the log-loss."""
    loss = 0.0
    sums[:] = 0.0
    for i in range(lp.shape[0]):
        if weight[i] > 0.0:
            eta = intercept + slope * lp[i]
            e = np.exp(-abs(eta))
            larger = 1.0 / (1.0 + e)
            risk = larger if eta >= 0.0 else e * larger
            residual = weight[i] * (outcome[i] - risk)
            curvature = weight[i] * e * larger * larger
            sums[0] += residual
            sums[1] += residual * lp[i]
            sums[2] += curvature
            sums[3] += curvature * lp[i]
            sums[4] += curvature * lp[i] * lp[i]
            loss += weight[i] * (np.log1p(e) + max(eta, 0.0) - outcome[i] * eta)
    return loss


@kernel
def _ranges(
    lp: NDArray[np.float64], outcome: NDArray[np.int64], weight: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """Give smallest and largest `lp` of those with the event, and of the others."""
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for i in range(lp.shape[0]):
        if weight[i] > 0.0:
            low[outcome[i]] = min(low[outcome[i]], lp[i])
            high[outcome[i]] = max(high[outcome[i]], lp[i])
    return low[1], high[1], low[0], high[0]


@kernel
def null_loss(outcome: NDArray[np.int64], weight: NDArray[np.float64]) -> float:
    """Give the log-loss, summed, of predicting everybody the share of events."""
    events, total = 0.0, 0.0
    for i in range(outcome.shape[0]):
        events += weight[i] * outcome[i]
        total += weight[i]
    if not 0.0 < events < total:
        return 0.0
    return -events * np.log(events / total) - (total - events) * np.log1p(-events / total)


@kernel
def recalibrate(
    lp: NDArray[np.float64], outcome: NDArray[np.int64], weight: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Regress the outcome on the linear predictor: intercept, slope and log-loss, summed.

    NaN where there are no events, nothing else, or `lp` separates the two (the slope is infinite).
    If `lp` is the same for everybody, only the loss is defined.
    """
    low, high, low_others, high_others = _ranges(lp, outcome, weight)
    if low > high or low_others > high_others:
        return np.nan, np.nan, np.nan
    if low == high and low_others == high_others and low == low_others:
        return np.nan, np.nan, null_loss(outcome, weight)
    if low >= high_others or high <= low_others:
        return np.nan, np.nan, np.nan
    intercept, slope = 0.0, 1.0
    sums, tried = np.empty(5), np.empty(5)
    loss = _sums(lp, outcome, weight, intercept, slope, sums)
    for _ in range(_MOST_STEPS):
        determinant = sums[2] * sums[4] - sums[3] * sums[3]
        if not determinant > 1e-14 * sums[2] * sums[4]:
            break
        step = (sums[4] * sums[0] - sums[3] * sums[1]) / determinant
        turn = (sums[2] * sums[1] - sums[3] * sums[0]) / determinant
        new = _sums(lp, outcome, weight, intercept + step, slope + turn, tried)
        while not new <= loss + 1e-12 * abs(loss) and abs(turn) + abs(step) > 1e-14:
            step, turn = 0.5 * step, 0.5 * turn
            new = _sums(lp, outcome, weight, intercept + step, slope + turn, tried)
        intercept, slope, loss = intercept + step, slope + turn, new
        overwrite(sums, tried)
        if abs(step) + abs(turn) <= _TOLERANCE * (1.0 + abs(intercept) + abs(slope)):
            return intercept, slope, loss
    return np.nan, np.nan, np.nan


@kernel
def in_the_large(
    lp: NDArray[np.float64], outcome: NDArray[np.int64], weight: NDArray[np.float64]
) -> float:
    """Give the intercept of a logistic regression with `lp` as offset; NaN if it has none."""
    low, high, low_others, high_others = _ranges(lp, outcome, weight)
    if low > high or low_others > high_others:
        return np.nan
    intercept = 0.0
    sums, tried = np.empty(5), np.empty(5)
    loss = _sums(lp, outcome, weight, intercept, 1.0, sums)
    for _ in range(_MOST_STEPS):
        step = min(max(sums[0] / max(sums[2], 1e-300), -5.0), 5.0)
        new = _sums(lp, outcome, weight, intercept + step, 1.0, tried)
        while not new <= loss + 1e-12 * abs(loss) and abs(step) > 1e-14:
            step = 0.5 * step
            new = _sums(lp, outcome, weight, intercept + step, 1.0, tried)
        intercept, loss = intercept + step, new
        overwrite(sums, tried)
        if abs(step) <= _TOLERANCE * (1.0 + abs(intercept)):
            return intercept
    return np.nan


@kernel
def gini_mean_difference(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Give the mean distance of two different rows, NaN if there are no two; weights are counts."""
    order = np.argsort(values)
    count, total, distance = 0.0, 0.0, 0.0
    for i in order:
        distance += weight[i] * (values[i] * count - total)
        count += weight[i]
        total += weight[i] * values[i]
    pairs = 0.5 * count * (count - 1.0)
    return distance / pairs if pairs > 0.0 else np.nan
