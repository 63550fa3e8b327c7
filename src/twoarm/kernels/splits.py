"""The best cut of a node, from the running sums of packed counts over the bins of all columns.

A packed count holds a weighted residual in the high bits and a weight in the low ones. All cuts are
scored at once and compared afterwards, so that neither loop waits for the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.jit import inlined

__all__ = ["STRIP", "best_split"]

STRIP = 64
"""Cuts compared at once; scores come in whole strips."""

_LARGE, _LARGE_BITS = 2.0**52, 0x4330000000000000  # a whole number below 2**32 is its last bits


@inlined
def _residual(packed: int | np.int64, low: int) -> float:
    """Give the weighted residual of a packed count, times a power of 2 that all counts share.

    Converted in halves, for which processors have an instruction.
    """
    rest = packed & ~low
    lower = np.int64((rest & 0xFFFFFFFF) | _LARGE_BITS).view(np.float64) - _LARGE
    return np.float64(np.int32(rest >> 32)) * 2.0**32 + lower


@inlined
def _fill_scores(
    sums: NDArray[np.int64],
    total: int | np.int64,
    low: int,
    min_leaf: int,
    score: NDArray[np.float64],
) -> None:
    """Score every cut by the squared residual sums over weights; -1 where a side is too light."""
    heavy, pull = np.float64(total & low), _residual(total, low)
    for k in range(sums.shape[0]):
        left = np.float64(np.int32(sums[k] & low))
        right = heavy - left
        excess = _residual(sums[k], low) * heavy - left * pull
        found = excess * excess / (left * right)
        score[k] = found if (left >= min_leaf) & (right >= min_leaf) else -1.0


@inlined
def _first_largest(score: NDArray[np.float64]) -> int:
    """Give the first position of the largest score, -1 if all are negative.

    Compared are the bits: in their order the numbers from 0 on stand as they are.
    """
    bits = score.view(np.int64)
    largest, position = np.int64(-1), -1
    for first in range(0, bits.shape[0], STRIP):
        best = np.int64(-1)
        for k in range(first, first + STRIP):
            best = max(best, bits[k])
        if best > largest:
            largest, position = best, first
    if position >= 0:
        while bits[position] != largest:
            position += 1
    return position


@inlined
def best_split(
    sums: NDArray[np.int64],
    first: NDArray[np.int64],
    total: int | np.int64,
    low: int,
    min_leaf: int,
    score: NDArray[np.float64],
) -> tuple[int, int | np.int64, int | np.int64]:
    """Find the first of the best splits: its column, cut, and packed sum of the rows at its left.

    Column -1 if no cut leaves `min_leaf` on both sides. The cut lies in the middle of the gap
    between the occupied bins.
    """
    _fill_scores(sums, total, low, min_leaf, score)
    at = _first_largest(score)
    if at < 0:
        return -1, np.int64(0), np.int64(total)
    column = 0
    while first[column + 1] <= at:
        column += 1
    behind = at + 1
    while behind < first[column + 1] and sums[behind] == sums[at]:
        behind += 1
    return column, (at + behind - 1 - 2 * first[column]) >> 1, sums[at]
