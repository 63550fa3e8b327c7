"""Trees that are kept: nodes as arrays, and how rows walk down many of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.assign import overwrite
from twoarm.kernels.boosting import EVERY_ROW_LEFT
from twoarm.kernels.jit import inlined, kernel

__all__ = [
    "LEAF",
    "Nodes",
    "add_trees",
    "empty_nodes",
    "first_nodes",
    "nodes_of_heaps",
    "with_room",
]

LEAF = -1
"""Column number that marks a leaf."""


class Nodes(NamedTuple):
    """Nodes of trees, one entry a node; the right child follows the left one.

    A row goes left if its code in `column` is at most `cut`. `share` is the node's share of events.
    """

    column: NDArray[np.int32]
    cut: NDArray[np.int32]
    left: NDArray[np.int64]
    share: NDArray[np.float64]


@kernel
def empty_nodes(limit: int | np.int64) -> Nodes:
    """Make room for nodes."""
    return Nodes(
        np.empty(limit, np.int32),
        np.empty(limit, np.int32),
        np.empty(limit, np.int64),
        np.empty(limit),
    )


@kernel
def with_room(nodes: Nodes, used: int | np.int64, more: int) -> Nodes:
    """Give the nodes themselves if `more` fit behind those used, else a copy of twice the size."""
    if used + more <= nodes.share.shape[0]:
        return nodes
    larger = empty_nodes(2 * (used + more))
    overwrite(larger.column, nodes.column[:used])
    overwrite(larger.cut, nodes.cut[:used])
    overwrite(larger.left, nodes.left[:used])
    overwrite(larger.share, nodes.share[:used])
    return larger


@kernel
def first_nodes(nodes: Nodes, used: int | np.int64) -> Nodes:
    """Give the nodes that are used, in memory of their own."""
    return Nodes(
        nodes.column[:used].copy(),
        nodes.cut[:used].copy(),
        nodes.left[:used].copy(),
        nodes.share[:used].copy(),
    )


@kernel
def nodes_of_heaps(
    column: NDArray[np.int32], cut: NDArray[np.int32], value: NDArray[np.float64]
) -> tuple[NDArray[np.int64], Nodes]:
    """Turn boosted heaps into trees without the nodes that are not split, level by level.

    Column, cut and value have a row a tree; the second half of each row are the leaves. Gives where
    each tree begins, and the trees behind one another.
    """
    n_trees, size = value.shape
    roots, nodes, n_nodes = np.empty(n_trees, np.int64), empty_nodes(n_trees * size), 0
    queue = np.empty(size, np.int64)
    for tree in range(n_trees):
        roots[tree], queue[0], n_queued, done = n_nodes, 0, 1, 0
        while done < n_queued:
            heap, node = queue[done], n_nodes + done
            while heap < size // 2 and cut[tree, heap] == EVERY_ROW_LEFT:
                heap = 2 * heap + 1
            if heap < size // 2:
                nodes.column[node], nodes.cut[node] = column[tree, heap], cut[tree, heap]
                nodes.left[node], nodes.share[node] = n_nodes + n_queued, 0.0
                queue[n_queued], queue[n_queued + 1] = 2 * heap + 1, 2 * heap + 2
                n_queued += 2
            else:
                nodes.column[node], nodes.cut[node] = LEAF, 0
                nodes.left[node], nodes.share[node] = 0, value[tree, heap]
            done += 1
        n_nodes += n_queued
    return roots, first_nodes(nodes, n_nodes)


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
    """Move the rows at or below the threshold to the front; give where the others begin."""
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
