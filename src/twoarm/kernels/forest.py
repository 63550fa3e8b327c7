"""Random forest on binned columns with integer case weights.

Breiman 2001, doi 10.1023/A:1010933404324: each tree is grown on a bag drawn with replacement from
the weighted rows, each node looks at a random subset of the columns, the split has the lowest Gini
impurity, and the forest's probability is the mean of the leaves' event shares.

Everything that a split depends on is counted in integers, so a weight of 3 and three copies of a
row grow the same tree. A packed count holds the weight in its low half and the events in the high.

Rows without weight can ride along: they travel through the partition while the tree grows and
collect the share of the leaf they end in, so predicting them costs no second pass and no tree has
to be kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.bits import bit, derive, draw_below, lowest_bit
from twoarm.kernels.jit import inlined, kernel

__all__ = [
    "LEAF",
    "Tree",
    "add_trees",
    "empty_tree",
    "first_nodes",
    "grow_forest",
    "node_limit",
]

LEAF = -1
"""Column number that marks a leaf."""

_LOW = 0xFFFFFFFF
_BAG, _COLUMNS = 0, 1  # child streams of a tree
_CONSTANT, _NO_CUT = -2.0, -1.0  # scores of a column that does not vary, or cannot be cut


class Tree(NamedTuple):
    """A tree as arrays, one entry a node; the right child follows the left one.

    A row goes left if its code in `column` is at most `cut`. `share` is the node's share of events.
    """

    column: NDArray[np.int32]
    cut: NDArray[np.int32]
    left: NDArray[np.int32]
    share: NDArray[np.float64]


@kernel
def empty_tree(limit: int) -> Tree:
    """Make room for a tree of `limit` nodes."""
    return Tree(
        np.empty(limit, np.int32),
        np.empty(limit, np.int32),
        np.empty(limit, np.int32),
        np.empty(limit),
    )


@kernel
def first_nodes(tree: Tree, n_nodes: int) -> Tree:
    """Copy the first nodes of a tree."""
    return Tree(
        tree.column[:n_nodes].copy(),
        tree.cut[:n_nodes].copy(),
        tree.left[:n_nodes].copy(),
        tree.share[:n_nodes].copy(),
    )


@kernel
def node_limit(total_weight: int, min_leaf: int) -> int:
    """Give the most nodes a tree can have when every leaf holds at least `min_leaf`."""
    return 2 * max(1, total_weight // max(1, min_leaf)) + 1


@kernel
def _slots(members: NDArray[np.uint32], weight: NDArray[np.int64]) -> NDArray[np.uint32]:
    """List each member as often as its weight says: what a bag is drawn from."""
    total = 0
    for i in range(members.shape[0]):
        total += weight[members[i]]
    slots = np.empty(total, np.uint32)
    filled = 0
    for i in range(members.shape[0]):
        for _ in range(weight[members[i]]):
            slots[filled] = members[i]
            filled += 1
    return slots


@inlined
def _draw_bag(
    stream: np.uint64,
    slots: NDArray[np.uint32],
    members: NDArray[np.uint32],
    outcome: NDArray[np.int64],
    drawn: NDArray[np.int64],
    packed: NDArray[np.int64],
    rows: NDArray[np.uint32],
) -> tuple[int, int]:
    """Draw as many rows as there are slots; give the number of distinct ones and their count."""
    n_slots = slots.shape[0]
    for i in range(members.shape[0]):
        drawn[members[i]] = 0
    for draw in range(n_slots):
        drawn[slots[draw_below(stream, draw, n_slots)]] += 1
    n_rows, total = 0, 0
    for i in range(members.shape[0]):
        row = members[i]
        packed[row] = drawn[row] * (1 + (outcome[row] << 32))
        total += packed[row]
        rows[n_rows] = row
        n_rows += drawn[row] > 0
    return n_rows, total


@inlined
def _best_cut(
    codes: NDArray[np.uint8],
    column: int,
    packed: NDArray[np.int64],
    rows: NDArray[np.uint32],
    first: int,
    last: int,
    total: int,
    min_leaf: int,
    histogram: NDArray[np.int64],
) -> tuple[float, int, int]:
    """Find the cut of one column that separates events best.

    The score is the sum over both sides of events squared over weight: it is largest where the
    Gini impurity is lowest. The cut lies in the middle of the gap between the occupied bins. Gives
    score, cut, and the packed count to its left.
    """
    occupied = np.uint64(0)
    for i in range(first, last):
        row = rows[i]
        code = codes[column, row]
        histogram[code] += packed[row]
        occupied |= bit(code)
    code = lowest_bit(occupied)
    occupied &= occupied - np.uint64(1)
    best_score = _NO_CUT if occupied else _CONSTANT
    best_bin, best_left, left = 0, 0, 0
    weight, events = total & _LOW, total >> 32
    while occupied:
        left += histogram[code]
        histogram[code] = 0
        following = lowest_bit(occupied)
        occupied &= occupied - np.uint64(1)
        weight_left, events_left = left & _LOW, left >> 32
        weight_right, events_right = weight - weight_left, events - events_left
        score = events_left * events_left / weight_left + events_right * events_right / weight_right
        # no branch: the outcome of this test is unpredictable, a wrong guess costs more than it
        better = (weight_left >= min_leaf) & (weight_right >= min_leaf) & (score > best_score)
        best_score = score if better else best_score
        best_bin = ((code + following - 1) >> 1) if better else best_bin
        best_left = left if better else best_left
        code = following
    histogram[code] = 0
    return best_score, best_bin, best_left


@inlined
def _partition(
    codes: NDArray[np.uint8],
    column: int,
    cut: int,
    rows: NDArray[np.uint32],
    first: int,
    last: int,
    spare: NDArray[np.uint32],
) -> int:
    """Move the rows at or below the cut to the front, in order; give where the others begin."""
    middle, n_right = first, 0
    for i in range(first, last):
        row = rows[i]
        goes_left = int(codes[column, row] <= cut)
        rows[middle] = row
        spare[n_right] = row
        middle += goes_left
        n_right += 1 - goes_left
    for i in range(n_right):
        rows[middle + i] = spare[i]
    return middle


@kernel
def grow_forest(
    codes: NDArray[np.uint8],
    members: NDArray[np.uint32],
    wanted: NDArray[np.uint32],
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    stream: np.uint64,
    first_tree: int,
    last_tree: int,
    min_leaf: int,
    max_features: int,
    max_depth: int,
    tree: Tree,
    shares: NDArray[np.float64],
) -> int:
    """Grow trees `first_tree` to `last_tree - 1` of a forest on the `members`.

    Parameters
    ----------
    codes : uint8, shape (columns, rows)
        Bins, at most 64 a column.
    members, wanted : uint32
        Rows to learn from, all with weight above 0, and rows to predict.
    outcome, weight : int64, shape (rows,)
        0 or 1, and the case weights; read for the members only.
    stream : uint64
        Stream of random numbers of the forest; tree k depends on (stream, k).
    tree : Tree
        Room for one tree, `node_limit` nodes; holds the last one in the end.
    shares : float64, shape (rows,)
        Each tree adds its share of events to the wanted rows.

    Returns
    -------
    int
        Number of nodes of the last tree.
    """
    n_columns, n_rows = codes.shape
    limit = tree.column.shape[0]
    slots = _slots(members, weight)
    drawn, packed = np.zeros(n_rows, np.int64), np.empty(n_rows, np.int64)
    rows, riders = np.empty(n_rows + 1, np.uint32), np.empty(n_rows + 1, np.uint32)
    spare = np.empty(n_rows + 1, np.uint32)
    order, histogram = np.empty(n_columns, np.int64), np.zeros(64, np.int64)
    first, last = np.empty(limit, np.int64), np.empty(limit, np.int64)
    first_rider, last_rider = np.empty(limit, np.int64), np.empty(limit, np.int64)
    total, depth = np.empty(limit, np.int64), np.zeros(limit, np.int64)
    column, cut, left_child, share = tree
    n_nodes = 1
    for index in range(first_tree, last_tree):
        tree_stream = derive(stream, index)
        columns_stream = derive(tree_stream, _COLUMNS)
        for j in range(n_columns):
            order[j] = j
        first[0], first_rider[0] = 0, 0
        last[0], total[0] = _draw_bag(
            derive(tree_stream, _BAG), slots, members, outcome, drawn, packed, rows
        )
        last_rider[0] = 0
        for i in range(wanted.shape[0]):
            riders[last_rider[0]] = wanted[i]
            last_rider[0] += drawn[wanted[i]] == 0
        n_nodes, node = 1, 0
        while node < n_nodes:
            node_weight, events = total[node] & _LOW, total[node] >> 32
            best_score, best_column, best_bin, left = _NO_CUT, LEAF, 0, 0
            pure = events == 0 or events == node_weight
            if not (pure or node_weight < 2 * min_leaf or depth[node] >= max_depth):
                varies = False
                for visit in range(n_columns):
                    if visit >= max_features and varies:
                        break
                    counter = node * n_columns + visit
                    pick = visit + draw_below(columns_stream, counter, n_columns - visit)
                    candidate = order[pick]
                    order[pick] = order[visit]
                    order[visit] = candidate
                    score, at, below = _best_cut(
                        codes,
                        candidate,
                        packed,
                        rows,
                        first[node],
                        last[node],
                        total[node],
                        min_leaf,
                        histogram,
                    )
                    varies |= score != _CONSTANT
                    if score > best_score or (score == best_score and candidate < best_column):
                        best_score, best_column, best_bin, left = score, candidate, at, below
            column[node], cut[node], left_child[node] = best_column, best_bin, n_nodes
            share[node] = events / node_weight
            if best_column == LEAF:
                for i in range(first[node], last[node]):
                    shares[rows[i]] += share[node]
                for i in range(first_rider[node], last_rider[node]):
                    shares[riders[i]] += share[node]
            else:
                one, two = n_nodes, n_nodes + 1
                n_nodes += 2
                middle = _partition(
                    codes, best_column, best_bin, rows, first[node], last[node], spare
                )
                first[one], last[one], first[two], last[two] = (
                    first[node],
                    middle,
                    middle,
                    last[node],
                )
                middle = _partition(
                    codes, best_column, best_bin, riders, first_rider[node], last_rider[node], spare
                )
                first_rider[one], last_rider[one] = first_rider[node], middle
                first_rider[two], last_rider[two] = middle, last_rider[node]
                total[one], total[two] = left, total[node] - left
                depth[one] = depth[two] = depth[node] + 1
            node += 1
    return n_nodes


@inlined
def _partition_values(
    values: NDArray[np.float64],
    column: int,
    threshold: float,
    rows: NDArray[np.uint32],
    first: int,
    last: int,
    spare: NDArray[np.uint32],
) -> int:
    """Do what `_partition` does, by values and a threshold."""
    middle, n_right = first, 0
    for i in range(first, last):
        row = rows[i]
        goes_left = int(values[column, row] <= threshold)
        rows[middle] = row
        spare[n_right] = row
        middle += goes_left
        n_right += 1 - goes_left
    for i in range(n_right):
        rows[middle + i] = spare[i]
    return middle


@kernel
def add_trees(
    values: NDArray[np.float64],
    roots: NDArray[np.int64],
    column: NDArray[np.int32],
    threshold: NDArray[np.float64],
    left: NDArray[np.int64],
    value: NDArray[np.float64],
    total: NDArray[np.float64],
) -> None:
    """Add the leaf values of kept trees to `total`, tree after tree.

    The trees lie behind one another in the node arrays; `left` is a position there and always
    behind its parent; `column` is LEAF at a leaf; `values` is (columns, rows), and a row goes left
    if its value is at most the threshold. All rows walk down a tree together, node by node: that
    has no unpredictable branch.
    """
    n_rows = total.shape[0]
    rows, spare = np.empty(n_rows + 1, np.uint32), np.empty(n_rows + 1, np.uint32)
    first, last = np.empty(column.shape[0], np.int64), np.empty(column.shape[0], np.int64)
    for tree in range(roots.shape[0]):
        end = roots[tree + 1] if tree + 1 < roots.shape[0] else column.shape[0]
        for row in range(n_rows):
            rows[row] = row
        first[roots[tree]], last[roots[tree]] = 0, n_rows
        for node in range(roots[tree], end):
            if column[node] == LEAF:
                for i in range(first[node], last[node]):
                    total[rows[i]] += value[node]
            else:
                child = left[node]
                middle = _partition_values(
                    values, column[node], threshold[node], rows, first[node], last[node], spare
                )
                first[child], last[child] = first[node], middle
                first[child + 1], last[child + 1] = middle, last[node]
