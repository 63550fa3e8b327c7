"""Gradient boosting of the binomial deviance on binned columns with integer case weights.

Friedman 2001, doi 10.1214/aos/1013203451, algorithm 5: each tree is a least-squares tree of the
residuals, its leaves take one Newton step, and the step is shrunk by the learning rate.

Residuals are rounded to fixed point, so that sums over rows are exact and a weight of 3 and three
copies of a row grow the same trees. A packed count holds the weighted residual in the high bits
and the weight in the low ones.

A tree of depth d is a complete heap of 2**(d + 1) - 1 nodes: node k has the children 2k + 1 and
2k + 2. A node that is not split sends every row left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.jit import kernel
from twoarm.kernels.linear import expit

__all__ = ["EVERY_ROW_LEFT", "add_heap", "boost", "heap_nodes"]

EVERY_ROW_LEFT = 255
"""The cut of a node that is not split."""

_CURVATURE_UNIT = 2.0**40


@kernel
def heap_nodes(depth: int) -> int:
    """Give the number of nodes of a tree of this depth."""
    return 2 ** (depth + 1) - 1


@kernel
def _weight_bits(total_weight: int) -> int:
    bits = 1
    while total_weight >> bits:
        bits += 1
    return bits


@kernel
def _fill_histogram(
    records: NDArray[np.uint8],
    rows: NDArray[np.uint32],
    packed: NDArray[np.int64],
    first: int,
    last: int,
    histogram: NDArray[np.int64],
) -> None:
    histogram[:] = 0
    n_columns, six = np.uint64(records.shape[1]), np.uint64(6)
    for i in range(np.uint64(first), np.uint64(last)):
        row = rows[i]
        count = packed[row]
        for column in range(n_columns):
            histogram[(column << six) + np.uint64(records[row, column])] += count


@kernel
def _best_split(
    histogram: NDArray[np.int64],
    n_bins: NDArray[np.int64],
    weight: int,
    residual: int,
    weight_bits: int,
    min_leaf: int,
) -> tuple[int, int | np.int64]:
    """Find column and cut with the largest sum of squared residual sums over weight.

    Returns column -1 if no cut leaves `min_leaf` on both sides. The cut lies in the middle of the
    gap between the occupied bins.
    """
    low = (1 << weight_bits) - 1
    heavy, total = np.float64(weight), np.float64(residual)
    best_score, best_column = -1.0, -1
    best_bin: int | np.int64 = 0
    for column in range(n_bins.shape[0]):
        left, last = 0, np.uint64(n_bins[column] - 1)
        base = np.uint64(column << 6)
        for code in range(last):
            left += histogram[base + code]
            weight_left = np.float64(left & low)
            excess = np.float64(left >> weight_bits) * heavy - weight_left * total
            score = excess * excess / (weight_left * (heavy - weight_left))
            better = (
                (weight_left >= min_leaf) & (heavy - weight_left >= min_leaf) & (score > best_score)
            )
            best_score = score if better else best_score
            best_column = column if better else best_column
            best_bin = np.int64(code) if better else best_bin
    if best_column >= 0:
        following = best_bin + 1
        while histogram[(best_column << 6) + following] & low == 0:
            following += 1
        best_bin = (best_bin + following - 1) >> 1
    return best_column, best_bin


@kernel
def _split_rows(
    records: NDArray[np.uint8],
    column: int,
    cut: int | np.int64,
    rows: NDArray[np.uint32],
    first: int,
    last: int,
    spare: NDArray[np.uint32],
) -> int | np.int64:
    """Move the rows at or below the cut to the front, in order; return where the others begin."""
    middle, n_right, one = np.uint64(first), np.uint64(0), np.uint64(1)
    looked_at, at_most = np.uint64(column), np.uint8(cut)
    for i in range(np.uint64(first), np.uint64(last)):
        row = rows[i]
        goes_left = np.uint64(records[row, looked_at] <= at_most)
        rows[middle] = row
        spare[n_right] = row
        middle += goes_left
        n_right += one - goes_left
    for i in range(n_right):
        rows[middle + i] = spare[i]
    return np.int64(middle)


@kernel
def add_heap(
    codes: NDArray[np.uint8],
    wanted: NDArray[np.uint32],
    column: NDArray[np.int32],
    cut: NDArray[np.int32],
    value: NDArray[np.float64],
    depth: int,
    lp: NDArray[np.float64],
) -> None:
    """Add one tree's values to the linear predictor of the wanted rows; codes (columns, rows)."""
    one = np.uint64(1)
    for i in range(np.uint64(wanted.shape[0])):
        row = wanted[i]
        node = np.uint64(0)
        for _ in range(depth):
            goes_right = np.uint64(codes[np.uint64(column[node]), row] > cut[node])
            node = node + node + one + goes_right
        lp[row] += value[node]


@kernel
def boost(
    codes: NDArray[np.uint8],
    n_bins: NDArray[np.int64],
    members: NDArray[np.uint32],
    wanted: NDArray[np.uint32],
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    n_trees: int,
    depth: int,
    learning_rate: float,
    min_leaf: int,
    column: NDArray[np.int32],
    cut: NDArray[np.int32],
    value: NDArray[np.float64],
    lp: NDArray[np.float64],
) -> float:
    """Boost on the `members`; fill the trees and the linear predictor of members and `wanted`.

    `codes` is (columns, rows), the trees are (n_trees, nodes) or, where only predictions are asked
    for, (1, nodes). Returns the starting value, the log odds of the weighted share of events.
    """
    n_columns = codes.shape[0]
    m = members.shape[0]
    n_nodes = heap_nodes(depth)
    n_inner = 2**depth - 1
    records = np.empty((m, n_columns), np.uint8)
    y, w, f = np.empty(m), np.empty(m, np.int64), np.empty(m)
    total_weight, events = 0, 0
    for i in range(m):
        row = members[i]
        for j in range(n_columns):
            records[i, j] = codes[j, row]
        y[i], w[i] = outcome[row], weight[row]
        total_weight += weight[row]
        events += weight[row] * outcome[row]
    start = np.log(events / (total_weight - events))
    f[:] = start
    for i in range(wanted.shape[0]):
        lp[wanted[i]] = start

    weight_bits = _weight_bits(total_weight)
    unit = 2.0 ** (61 - 2 * weight_bits)
    packed, curvature = np.empty(m, np.int64), np.empty(m, np.int64)
    rows, spare = np.empty(m + 1, np.uint32), np.empty(m + 1, np.uint32)
    histogram = np.empty((n_inner, n_columns << 6), np.int64)
    first, last = np.zeros(n_nodes, np.int64), np.zeros(n_nodes, np.int64)
    low = (1 << weight_bits) - 1

    for tree in range(n_trees):
        t = tree % column.shape[0]
        total = 0
        for i in range(m):
            risk = expit(f[i])
            packed[i] = (int(np.rint((y[i] - risk) * unit)) << weight_bits) * w[i] + w[i]
            curvature[i] = int(np.rint(risk * (1.0 - risk) * _CURVATURE_UNIT)) * w[i]
            rows[i] = i
            total += packed[i]
        first[0], last[0] = 0, m
        _fill_histogram(records, rows, packed, 0, m, histogram[0])
        for node in range(n_inner):
            sums = 0
            for code in range(n_bins[0]):
                sums += histogram[node, code]
            node_weight, node_residual = sums & low, sums >> weight_bits
            split = -1
            at: int | np.int64 = EVERY_ROW_LEFT
            if node_weight >= 2 * min_leaf:
                split, at = _best_split(
                    histogram[node], n_bins, node_weight, node_residual, weight_bits, min_leaf
                )
            left = 2 * node + 1
            middle = last[node]
            if split >= 0:
                middle = _split_rows(records, split, at, rows, first[node], last[node], spare)
            column[t, node] = max(split, 0)
            cut[t, node] = at if split >= 0 else EVERY_ROW_LEFT
            first[left], last[left] = first[node], middle
            first[left + 1], last[left + 1] = middle, last[node]
            if left < n_inner:
                small = left if middle - first[node] <= last[node] - middle else left + 1
                large = 2 * left + 1 - small
                _fill_histogram(records, rows, packed, first[small], last[small], histogram[small])
                for k in range(n_columns << 6):
                    histogram[large, k] = histogram[node, k] - histogram[small, k]
        for leaf in range(n_inner, n_nodes):
            pull, curve = 0, 0
            for i in range(first[leaf], last[leaf]):
                pull += packed[rows[i]] >> weight_bits
                curve += curvature[rows[i]]
            step = 0.0
            if curve > 0:
                step = learning_rate * (pull / unit) / (curve / _CURVATURE_UNIT)
            value[t, leaf] = step
            for i in range(first[leaf], last[leaf]):
                f[rows[i]] += step
        add_heap(codes, wanted, column[t], cut[t], value[t], depth, lp)
    return start
