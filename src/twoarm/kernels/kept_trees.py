"""Trees that are kept: nodes as arrays, and how rows walk down many of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.jit import inlined, kernel

__all__ = ["LEAF", "Tree", "add_trees", "empty_tree", "first_nodes"]

LEAF = -1
"""Column number that marks a leaf."""


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
