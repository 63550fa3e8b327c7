"""Random forest on binned columns with integer case weights.

Breiman 2001, doi 10.1023/A:1010933404324: each tree is grown on a bag drawn with replacement from
the weighted rows, each node looks at a random subset of the columns, the split has the lowest Gini
impurity, and the forest's probability is the mean of the leaves' event shares.

Everything that a split depends on is counted in integers, so a weight of 3 and three copies of a
row grow the same tree. A packed count holds the weight in its low half and the events in the high.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.bags import (
    Bag,
    Binned,
    Node,
    Shares,
    Whole,
    add_shares,
    draw_bag,
    empty_bag,
    layout_of,
    split,
)
from twoarm.kernels.bits import derive, draw_below
from twoarm.kernels.cuts import CONSTANT, LOW, NO_CUT, best_cut, cut_of_two_levels
from twoarm.kernels.data import Cases
from twoarm.kernels.jit import inlined, kernel
from twoarm.kernels.kept_trees import LEAF, Nodes, empty_nodes, first_nodes, with_room

__all__ = ["ForestSettings", "grow_forest", "node_limit", "risk_of_forest"]

_BAG, _COLUMNS = 0, 1  # child streams of a tree


class ForestSettings(NamedTuple):
    """How many trees there are, when a node is split, and how many columns it looks at."""

    trees: int
    min_leaf: int
    max_features: int
    max_depth: int


class _Desk(NamedTuple):
    """Room to work in: columns in the order they are drawn, a histogram, the nodes that wait."""

    order: NDArray[np.int64]
    picks: NDArray[np.int64]
    histogram: NDArray[np.int64]
    waiting: NDArray[np.int64]
    streams: NDArray[np.uint64]


@inlined
def _keep(room: NDArray[np.int64], node: Node) -> None:
    room[0], room[1], room[2] = node.number, node.depth, node.total
    room[3], room[4] = node.first, node.last
    room[5], room[6] = node.first_rider, node.last_rider


@inlined
def _kept(room: NDArray[np.int64]) -> Node:
    return Node(room[0], room[1], room[2], room[3], room[4], room[5], room[6])


@kernel
def node_limit(total_weight: int, min_leaf: int) -> int:
    """Give the most nodes a tree can have when every leaf holds at least `min_leaf`."""
    return 2 * max(1, total_weight // max(1, min_leaf)) + 1


@inlined
def _choose_split(
    binned: Binned,
    bag: Bag,
    node: Node,
    stream: np.uint64,
    settings: ForestSettings,
    desk: _Desk,
) -> tuple[Whole, Whole, Whole]:
    """Look at a random subset of the columns; give column, cut and the packed count to its left.

    Columns that do not vary among the rows do not count as looked at. The column is LEAF if no cut
    leaves enough on both sides.
    """
    n_columns, n_rows = binned.n_bins.shape[0], bag.drawn.shape[0]
    origin, width, step = layout_of(binned, node, n_rows)
    order, picks = desk.order, desk.picks
    best_score = NO_CUT
    best_column: Whole = LEAF
    chosen: Whole = 0
    best_left: Whole = 0
    visits, varies = 0, False
    while visits < n_columns and (visits < settings.max_features or not varies):
        pick = visits + draw_below(stream, visits, n_columns - visits)
        column = order[pick]
        order[pick] = order[visits]
        order[visits] = column
        picks[visits] = pick
        visits += 1
        start, stride = np.uint64(origin + column * width), np.uint64(step)
        if binned.n_bins[column] == 2:
            score, cut, left = cut_of_two_levels(
                binned.codes, start, stride, bag, node, settings.min_leaf
            )
        else:
            score, cut, left = best_cut(
                binned.codes, start, stride, bag, node, settings.min_leaf, desk.histogram
            )
        varies |= score != CONSTANT
        if score > best_score or (score == best_score and column < best_column):
            best_score, best_column, chosen, best_left = score, column, cut, left
    while visits > 0:  # the order as it was: a node's draws depend on its place in the tree alone
        visits -= 1
        column = order[visits]
        order[visits] = order[picks[visits]]
        order[picks[visits]] = column
    return best_column, chosen, best_left


@kernel
def _grow_tree(
    binned: Binned,
    bag: Bag,
    root: Node,
    stream: np.uint64,
    settings: ForestSettings,
    desk: _Desk,
    nodes: Nodes,
    shares: Shares,
) -> Whole:
    """Grow one tree, left branches first, so that a branch is done while its rows are at hand.

    Its nodes are written from the root's number onward. Gives the number of the next tree's root.
    """
    n_columns = binned.n_bins.shape[0]
    node, n_nodes, n_waiting = root, root.number + 1, 0
    while True:
        weight, events = node.total & LOW, node.total >> 32
        column: Whole = LEAF
        cut: Whole = 0
        left: Whole = 0
        pure = events == 0 or events == weight
        if not (pure or weight < 2 * settings.min_leaf or node.depth >= settings.max_depth):
            column, cut, left = _choose_split(binned, bag, node, stream, settings, desk)
        share = events / weight
        nodes.column[node.number], nodes.cut[node.number] = column, cut
        nodes.left[node.number], nodes.share[node.number] = n_nodes, share
        if column != LEAF:
            node, right = split(binned, bag, node, column, cut, left, n_nodes)
            n_nodes += 2
            desk.streams[n_waiting] = derive(stream, n_columns + 1)
            stream = derive(stream, n_columns)
            _keep(desk.waiting[n_waiting], right)
            n_waiting += 1
            continue
        add_shares(share, bag, node, shares)
        if n_waiting == 0:
            return n_nodes
        n_waiting -= 1
        node, stream = _kept(desk.waiting[n_waiting]), desk.streams[n_waiting]


@kernel
def grow_forest(
    binned: Binned,
    cases: Cases,
    settings: ForestSettings,
    stream: np.uint64,
    keep: bool | np.bool_,
    shares: Shares,
) -> tuple[NDArray[np.int64], Nodes]:
    """Grow a forest on the members.

    Parameters
    ----------
    binned : Binned
        Bins, at most 64 a column.
    cases : Cases
        Rows to learn from, and rows to predict.
    stream : uint64
        Stream of random numbers of the forest; tree k depends on (stream, k), and a node's columns
        on its place in the tree.
    keep : bool
        Whether the trees are wanted.
    shares : Shares
        Each tree adds its share of events to the wanted rows; where they are kept apart, to every
        member that is not in its bag, too.

    Returns
    -------
    int64, shape (trees,), and Nodes
        Where each tree begins, and the trees behind one another if they are kept.
    """
    n_columns = binned.n_bins.shape[0]
    bag = empty_bag(cases, binned.codes.shape[0] // (2 * n_columns), shares.apart)
    total = bag.slots.shape[0]
    deepest, limit = total // settings.min_leaf + 1, node_limit(total, settings.min_leaf)
    desk = _Desk(
        np.arange(n_columns),
        np.empty(n_columns, np.int64),
        np.zeros(64, np.int64),
        np.empty((deepest, 7), np.int64),
        np.empty(deepest, np.uint64),
    )
    roots, nodes = np.zeros(settings.trees, np.int64), empty_nodes(limit)
    n_nodes = np.int64(0)  # typed, as below: of a plain 0 the next two compile once more
    for index in range(settings.trees):
        if keep:
            nodes = with_room(nodes, n_nodes, limit)
            roots[index] = n_nodes
        own = derive(stream, index)
        root = draw_bag(bag, cases, derive(own, _BAG), roots[index], shares.trees_outside)
        columns = derive(own, _COLUMNS)
        grown = _grow_tree(binned, bag, root, columns, settings, desk, nodes, shares)
        n_nodes = np.int64(grown)
    return roots, first_nodes(nodes, n_nodes)


@kernel
def risk_of_forest(
    shares: Shares, n_trees: int, rows: NDArray[np.uint32], risk: NDArray[np.float64]
) -> None:
    """Fill the risk of some rows: the mean share of events over all trees."""
    for i in range(rows.shape[0]):
        total = shares.inside[rows[i]]
        if shares.apart:
            total += shares.outside[rows[i]]
        risk[rows[i]] = total / n_trees
