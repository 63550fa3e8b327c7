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

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.bundles import (
    Bundles,
    add_rows,
    bundle_columns,
    bundled_codes,
    running_sums,
)
from twoarm.kernels.columns import MOST_BINS
from twoarm.kernels.data import Fits
from twoarm.kernels.jit import inlined, kernel
from twoarm.kernels.odds import decay, expit
from twoarm.kernels.splits import STRIP, best_split

__all__ = ["EVERY_ROW_LEFT", "Heaps", "Settings", "boost", "empty_heaps"]

EVERY_ROW_LEFT = 255
"""The cut of a node that is not split."""

_CURVATURE_UNIT = 2.0**40
_ROUND = 1.5 * 2.0**52  # added to a number, leaves the nearest whole one in the last bits
_ROUND_BITS = 0x4338000000000000  # of that number
_BLOCK = 512  # rows whose numbers stay in the first cache


class Settings(NamedTuple):
    """What a fit is told; the parameters of `learners.Boosting`."""

    n_trees: int
    depth: int
    learning_rate: float
    min_leaf: int


class Heaps(NamedTuple):
    """Boosted trees, (trees, nodes): of inner nodes column and cut, of leaves the value."""

    column: NDArray[np.int32]
    cut: NDArray[np.int32]
    value: NDArray[np.float64]


class _Rows(NamedTuple):
    """The rows of a fit: those it learns from, then those that ride along."""

    row: NDArray[np.uint32]  # (rows,), in the cohort
    codes: NDArray[np.uint8]  # (columns, rows)
    leaf: NDArray[np.uint8]  # (rows,), of the tree at hand, counted from the left
    lp: NDArray[np.float64]  # (rows,)
    outcome: NDArray[np.float64]  # (members,)
    weight: NDArray[np.uint32]  # (members,)
    packed: NDArray[np.int64]  # (members,)
    curvature: NDArray[np.int64]  # (members,)


class _Desk(NamedTuple):
    """What growing a tree writes on, and the bundles it reads."""

    shared: NDArray[np.uint8]  # (members, bundles)
    everybody: NDArray[np.uint32]  # (members,)
    rows: NDArray[np.uint32]  # (members + 1,), node by node
    spare: NDArray[np.uint32]
    first: NDArray[np.int64]  # (nodes,), in `rows`
    last: NDArray[np.int64]
    total: NDArray[np.int64]  # (nodes,), packed
    divisible: NDArray[np.bool_]  # (inner nodes,), children of a node that was split
    bundles: Bundles
    table: NDArray[np.int64]  # (bundles x 64,)
    sums: NDArray[np.int64]  # (inner nodes, running sums)
    score: NDArray[np.float64]  # (running sums,), in whole strips


def empty_heaps(n_trees: int, depth: int) -> Heaps:
    """Make room for trees of this depth."""
    n_nodes = 2 ** (depth + 1) - 1
    return Heaps(
        np.empty((n_trees, n_nodes), np.int32),
        np.empty((n_trees, n_nodes), np.int32),
        np.empty((n_trees, n_nodes)),
    )


@kernel
def _weight_bits(total_weight: int) -> int:
    bits = 1
    while total_weight >> bits:
        bits += 1
    return bits


@inlined
def _nearest(x: float) -> np.int64:
    """Round to a whole number; abs(x) is at most 2**51."""
    return np.float64(x + _ROUND).view(np.int64) - _ROUND_BITS


@inlined
def _split_rows(
    codes: NDArray[np.uint8],
    cut: int | np.int64,
    source: NDArray[np.uint32],
    first: int | np.int64,
    last: int | np.int64,
    rows: NDArray[np.uint32],
    spare: NDArray[np.uint32],
) -> int | np.int64:
    """Copy the rows at or below the cut to the front, in order; give where the others begin."""
    middle, n_right, one = np.uint64(first), np.uint64(0), np.uint64(1)
    at_most = np.uint8(cut)
    for i in range(np.uint64(first), np.uint64(last)):
        row = source[i]
        goes_left = np.uint64(codes[row] <= at_most)
        rows[middle] = row
        spare[n_right] = row
        middle += goes_left
        n_right += one - goes_left
    for i in range(n_right):
        rows[middle + i] = spare[i]
    return np.int64(middle)


@inlined
def _send_right(
    leaf: NDArray[np.uint8], codes: NDArray[np.uint8], cut: int | np.int64, here: int, there: int
) -> None:
    """Move the rows of one node that lie above the cut from its first leaf to its middle one."""
    at_most, old, new = np.uint8(cut), np.uint8(here), np.uint8(there)
    for i in range(leaf.shape[0]):
        leaf[i] = new if (leaf[i] == old) & (codes[i] > at_most) else leaf[i]


@inlined
def _sum_children(rows: _Rows, desk: _Desk, node: int, column: int, cut: int | np.int64) -> None:
    """Divide a node's rows and fill the running sums of its children, the larger by subtraction."""
    source = desk.rows if node else desk.everybody
    first, last, left = desk.first[node], desk.last[node], 2 * node + 1
    middle = _split_rows(rows.codes[column], cut, source, first, last, desk.rows, desk.spare)
    desk.first[left], desk.last[left] = first, middle
    desk.first[left + 1], desk.last[left + 1] = middle, last
    small = left if middle - first <= last - middle else left + 1
    large = 2 * left + 1 - small
    add_rows(desk.shared, desk.rows, desk.first[small], desk.last[small], rows.packed, desk.table)
    running_sums(desk.table, desk.bundles, desk.sums[small])
    for k in range(desk.sums.shape[1]):
        desk.sums[large, k] = desk.sums[node, k] - desk.sums[small, k]


@inlined
def _grow(
    rows: _Rows,
    desk: _Desk,
    depth: int,
    min_leaf: int,
    low: int,
    column: NDArray[np.int32],
    cut: NDArray[np.int32],
) -> None:
    """Grow one tree on the residuals; fill its splits and the rows' leaves."""
    add_rows(desk.shared, desk.everybody, desk.first[0], desk.last[0], rows.packed, desk.table)
    running_sums(desk.table, desk.bundles, desk.sums[0])
    rows.leaf[:] = 0
    level = 0
    for node in range(desk.sums.shape[0]):
        if node + 1 == 2 << level:
            level += 1
        split, sum_left = -1, desk.total[node]
        at: int | np.int64 = np.int64(0)
        if desk.divisible[node] and desk.total[node] & low >= 2 * min_leaf:
            split, at, sum_left = best_split(
                desk.sums[node], desk.bundles.first, desk.total[node], low, min_leaf, desk.score
            )
        column[node] = max(split, 0)
        cut[node] = at if split >= 0 else EVERY_ROW_LEFT
        left = 2 * node + 1
        desk.total[left], desk.total[left + 1] = sum_left, desk.total[node] - sum_left
        if split >= 0:
            half = 1 << (depth - level - 1)
            here = 2 * half * (node + 1 - (1 << level))
            _send_right(rows.leaf, rows.codes[split], at, here, here + half)
        if level + 1 < depth:
            desk.divisible[left] = desk.divisible[left + 1] = split >= 0
            if split >= 0:
                _sum_children(rows, desk, node, split, at)


@inlined
def _fill_values(
    rows: _Rows,
    pulls: NDArray[np.int64],
    factor: float,
    weight_bits: int,
    value: NDArray[np.float64],
) -> None:
    """Give every leaf its Newton step: residuals over curvatures, times the factor.

    Curvatures are added in four lanes: one alone would wait for itself.
    """
    n_leaves, m = value.shape[0], rows.curvature.shape[0]
    curves = np.zeros((4, n_leaves), np.int64)
    whole = m - m % 4
    for i in range(0, whole, 4):
        for lane in range(4):
            curves[lane, rows.leaf[i + lane]] += rows.curvature[i + lane]
    for i in range(whole, m):
        curves[0, rows.leaf[i]] += rows.curvature[i]
    for leaf in range(n_leaves):
        curve = curves[0, leaf] + curves[1, leaf] + curves[2, leaf] + curves[3, leaf]
        value[leaf] = 0.0
        if curve > 0:
            value[leaf] = factor * (pulls[leaf] >> weight_bits) / curve


@inlined
def _step(
    leaf: NDArray[np.uint8],
    value: NDArray[np.float64],
    first: int | np.int64,
    last: int,
    lp: NDArray[np.float64],
) -> None:
    """Add the leaves' values to the linear predictor."""
    for i in range(first, last):
        lp[i] += value[leaf[i]]


@inlined
def _look(
    lp: NDArray[np.float64],
    outcome: NDArray[np.float64],
    weight: NDArray[np.uint32],
    weight_bits: int,
    packed: NDArray[np.int64],
    curvature: NDArray[np.int64],
) -> int:
    """Fill weighted residuals and curvatures; give the packed sum."""
    unit, total = _residual_unit(weight_bits), 0
    for i in range(lp.shape[0]):
        e = decay(lp[i])
        larger = 1.0 / (1.0 + e)
        risk = larger if lp[i] >= 0.0 else e * larger
        residual = _nearest((outcome[i] - risk) * unit)
        packed[i] = ((residual << weight_bits) + 1) * weight[i]
        curvature[i] = _nearest(risk * (1.0 - risk) * _CURVATURE_UNIT) * weight[i]
        total += packed[i]
    return total


@kernel
def _residual_unit(weight_bits: int) -> float:
    return 2.0 ** min(61 - 2 * weight_bits, 51)


@inlined
def _advance(rows: _Rows, value: NDArray[np.float64], weight_bits: int) -> int:
    """Add the last tree and look at the residuals it leaves; give their packed sum."""
    m, total = rows.weight.shape[0], 0
    for first in range(0, m, _BLOCK):
        last = min(first + _BLOCK, m)
        _step(rows.leaf, value, first, last, rows.lp)
        total += _look(
            rows.lp[first:last],
            rows.outcome[first:last],
            rows.weight[first:last],
            weight_bits,
            rows.packed[first:last],
            rows.curvature[first:last],
        )
    _step(rows.leaf, value, m, rows.lp.shape[0], rows.lp)
    return total


@kernel
def _rows_of(
    codes: NDArray[np.uint8],
    members: NDArray[np.uint32],
    wanted: NDArray[np.uint32],
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
) -> _Rows:
    """Lay the members' numbers out, and those of the wanted rows that are no members."""
    n_columns, m = codes.shape[0], members.shape[0]
    row, n_rows = np.empty(m + wanted.shape[0], np.uint32), m
    learnt = np.zeros(codes.shape[1], np.bool_)
    y, w = np.empty(m), np.empty(m, np.uint32)
    for i in range(m):
        row[i] = members[i]
        learnt[members[i]] = True
        y[i], w[i] = outcome[members[i]], weight[members[i]]
    for i in range(wanted.shape[0]):
        if not learnt[wanted[i]]:
            row[n_rows] = wanted[i]
            n_rows += 1
    own = np.empty((n_columns, n_rows), np.uint8)
    for j in range(n_columns):
        for i in range(n_rows):
            own[j, i] = codes[j, row[i]]
    leaf, lp = np.zeros(n_rows, np.uint8), np.empty(n_rows)
    return _Rows(row[:n_rows], own, leaf, lp, y, w, np.empty(m, np.int64), np.empty(m, np.int64))


@kernel
def _desk_for(codes: NDArray[np.uint8], m: int, n_bins: NDArray[np.int64], depth: int) -> _Desk:
    """Make room to grow trees on the first m rows."""
    bundles = bundle_columns(n_bins)
    n_sums, n_inner = bundles.first[-1], 2**depth - 1
    first, last = np.zeros(n_inner, np.int64), np.full(n_inner, m, np.int64)
    return _Desk(
        bundled_codes(codes, m, bundles),
        np.arange(m).astype(np.uint32),
        np.empty(m + 1, np.uint32),
        np.empty(m + 1, np.uint32),
        first,
        last,
        np.zeros(2 * n_inner + 1, np.int64),
        np.ones(n_inner, np.bool_),
        bundles,
        np.empty(bundles.end.shape[0] * MOST_BINS, np.int64),
        np.empty((n_inner, n_sums), np.int64),
        np.full((n_sums + STRIP - 1) // STRIP * STRIP, -1.0),
    )


@kernel
def boost(
    codes: NDArray[np.uint8],
    n_bins: NDArray[np.int64],
    fits: Fits,
    settings: Settings,
    trees: Heaps,
    lp: NDArray[np.float64],
    risk: NDArray[np.float64],
) -> float:
    """Boost on the members of each fit; fill the risk of the rows that it wants.

    `codes` is (columns, rows). Fills the trees, which have room for all or, where only predictions
    are asked for, for one, and the linear predictor of members and wanted rows; what a later fit
    fills too is its own. Returns the last starting value, the log odds of the weighted share of
    events.
    """
    start = 0.0
    for k in range(fits.ends.shape[0] // 2):
        members = fits.rows[fits.ends[2 * k] : fits.ends[2 * k + 1]]
        wanted = fits.rows[fits.ends[2 * k + 1] : fits.ends[2 * k + 2]]
        total_weight, events = 0, 0
        for i in range(members.shape[0]):
            total_weight += fits.weight[members[i]]
            events += fits.weight[members[i]] * fits.outcome[members[i]]
        start = np.log(events / (total_weight - events))
        weight_bits = _weight_bits(total_weight)
        factor = settings.learning_rate * _CURVATURE_UNIT / _residual_unit(weight_bits)
        rows = _rows_of(codes, members, wanted, fits.outcome, fits.weight)
        rows.lp[:] = start
        desk = _desk_for(rows.codes, members.shape[0], n_bins, settings.depth)
        n_inner = desk.sums.shape[0]
        value = np.zeros(n_inner + 1)
        for tree in range(settings.n_trees):
            t = tree % trees.column.shape[0]
            desk.total[0] = _advance(rows, value, weight_bits)
            _grow(
                rows,
                desk,
                settings.depth,
                settings.min_leaf,
                (1 << weight_bits) - 1,
                trees.column[t],
                trees.cut[t],
            )
            value = trees.value[t][n_inner:]
            _fill_values(rows, desk.total[n_inner:], factor, weight_bits, value)
        _step(rows.leaf, value, np.int64(0), rows.lp.shape[0], rows.lp)
        for i in range(rows.row.shape[0]):
            lp[rows.row[i]] = rows.lp[i]
        for i in range(wanted.shape[0]):
            risk[wanted[i]] = expit(lp[wanted[i]])
    return start
