"""The cut of one column that separates the events of a node's rows best.

A packed count holds a weight in its low half and the events among it in the high half. Loops over
rows count in unsigned integers: a signed index costs a test for "from the end", and that doubles
their time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.bags import Bag, Node, Whole
from twoarm.kernels.bits import bit, lowest_bit
from twoarm.kernels.jit import inlined

__all__ = ["CONSTANT", "LOW", "NO_CUT", "best_cut", "cut_of_two_levels"]

LOW = 0xFFFFFFFF
"""Masks the weight of a packed count."""

CONSTANT, NO_CUT = -2.0, -1.0
"""Scores of a column that does not vary, or cannot be cut."""


@inlined
def _separation(left: Whole, total: Whole) -> float:
    """Score a cut by the packed counts to its left and in all.

    The score is the drop of the Gini impurity but for a factor that all cuts of a node share.
    """
    weight_left, events_left = np.float64(left & LOW), np.float64(left >> 32)
    weight, events = np.float64(total & LOW), np.float64(total >> 32)
    excess = events_left * weight - weight_left * events
    return excess * excess / (weight_left * (weight - weight_left))


@inlined
def cut_of_two_levels(
    codes: NDArray[np.uint8],
    start: np.uint64,
    step: np.uint64,
    bag: Bag,
    node: Node,
    min_leaf: int,
) -> tuple[float, Whole, Whole]:
    """Do what `best_cut` does for a column of codes 0 and 1: one sum, no histogram."""
    rows, counts, left = bag.rows, bag.counts, 0
    for i in range(np.uint64(node.first), np.uint64(node.last)):
        left += counts[i] & (np.int64(codes[start + np.uint64(rows[i]) * step]) - 1)
    if left == 0 or left == node.total:
        return CONSTANT, 0, 0
    weight_left = left & LOW
    if weight_left < min_leaf or (node.total & LOW) - weight_left < min_leaf:
        return NO_CUT, 0, 0
    return _separation(left, node.total), 0, left


@inlined
def best_cut(
    codes: NDArray[np.uint8],
    start: np.uint64,
    step: np.uint64,
    bag: Bag,
    node: Node,
    min_leaf: int,
    histogram: NDArray[np.int64],
) -> tuple[float, Whole, Whole]:
    """Find the cut of one column that separates events best.

    Row r has its code at ``start + r * step``. The cut lies in the middle of the gap between the
    occupied bins. Gives score, cut, and the packed count to its left.
    """
    rows, counts, occupied, one = bag.rows, bag.counts, np.uint64(0), np.uint64(1)
    for i in range(np.uint64(node.first), np.uint64(node.last)):
        code = codes[start + np.uint64(rows[i]) * step]
        histogram[code] += counts[i]
        occupied |= bit(code)
    at = np.uint64(lowest_bit(occupied))
    occupied &= occupied - one
    best_score = NO_CUT if occupied else CONSTANT
    best_sum, best_left = one, 0
    left = histogram[at]
    histogram[at] = 0
    while occupied and (left & LOW) < min_leaf:
        at = np.uint64(lowest_bit(occupied))
        occupied &= occupied - one
        left += histogram[at]
        histogram[at] = 0
    while (node.total & LOW) - (left & LOW) >= min_leaf:
        following = np.uint64(lowest_bit(occupied))
        occupied &= occupied - one
        score = _separation(left, node.total)
        # no branch: the outcome of this test is unpredictable, a wrong guess costs more than it
        better = score > best_score
        best_score = score if better else best_score
        best_sum = at + following if better else best_sum
        best_left = left if better else best_left
        at = following
        left += histogram[at]
        histogram[at] = 0
    while occupied:
        histogram[np.uint64(lowest_bit(occupied))] = 0
        occupied &= occupied - one
    return best_score, np.int64(best_sum - one) >> 1, best_left
