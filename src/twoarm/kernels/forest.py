"""Random forest on binned columns with integer case weights.

Breiman 2001, doi 10.1023/A:1010933404324: each tree is grown on a bag drawn with replacement from
the weighted rows, each node looks at a random subset of the columns, the split has the lowest Gini
impurity, and the forest's probability is the mean of the leaves' event shares.

Everything that a split depends on is counted in integers, so a weight of 3 and three copies of a
row grow the same tree. A packed count holds the weight in its low half and the events in the high.

Rows without weight can ride along: they travel through the partition while the tree grows and
collect the share of the leaf they end in, so predicting them costs no second pass and no tree has
to be kept.

Loops over rows count in unsigned integers: a signed index costs a test for "from the end", and
that doubles their time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.assign import overwrite
from twoarm.kernels.bits import derive, draw_below
from twoarm.kernels.cuts import (
    CONSTANT,
    LOW,
    NO_CUT,
    Bag,
    Node,
    Whole,
    best_cut,
    cut_of_two_levels,
)
from twoarm.kernels.jit import inlined, kernel
from twoarm.kernels.kept_trees import LEAF, Tree

__all__ = ["Binned", "grow_forest", "node_limit"]

_BAG, _COLUMNS = 0, 1  # child streams of a tree
_MANY_ROWS, _FEW_IN_NODE = 2**15, 2**14  # where a node's codes are better read row by row


class Binned(NamedTuple):
    """The bins of all rows, in both layouts behind one another.

    First column by column, then row by row: the small nodes of a large cohort touch fewer lines of
    memory where the codes of a row lie together.
    """

    codes: NDArray[np.uint8]  # (2 * columns * rows,)
    n_bins: NDArray[np.int64]  # (columns,)


class _Rule(NamedTuple):
    """When a node is split, and how many columns it looks at."""

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


@inlined
def _layout(binned: Binned, node: Node, n_rows: int) -> tuple[Whole, Whole, Whole]:
    """Choose the quicker layout for a node: give a, b and c.

    Row r has its code of column j at ``a + j * b + r * c``.
    """
    n_columns = binned.n_bins.shape[0]
    if n_rows > _MANY_ROWS and node.last - node.first <= _FEW_IN_NODE:
        return n_columns * n_rows, 1, n_columns
    return 0, n_rows, 1


@kernel
def node_limit(total_weight: int, min_leaf: int) -> int:
    """Give the most nodes a tree can have when every leaf holds at least `min_leaf`."""
    return 2 * max(1, total_weight // max(1, min_leaf)) + 1


@kernel
def _slots(members: NDArray[np.uint32], weight: NDArray[np.int64]) -> NDArray[np.uint32]:
    """List each member as often as its weight says."""
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


@kernel
def _empty_bag(
    members: NDArray[np.uint32],
    wanted: NDArray[np.uint32],
    weight: NDArray[np.int64],
    n_rows: int,
) -> Bag:
    """Make room for a bag."""
    drawn = np.zeros(n_rows, np.uint32)
    for i in range(members.shape[0]):
        drawn[members[i]] = 1
    others = np.empty(wanted.shape[0] + 1, np.uint32)
    n_others = 0
    for i in range(wanted.shape[0]):
        others[n_others] = wanted[i]
        n_others += 1 - int(drawn[wanted[i]])
    return Bag(
        _slots(members, weight),
        drawn,
        np.empty(2 * members.shape[0] + 1, np.uint32),
        np.empty(2 * members.shape[0] + 1, np.int64),
        np.empty(2 * (n_others + members.shape[0]) + 1, np.uint32),
        others[:n_others],
        n_others < wanted.shape[0],
    )


@inlined
def _draw_bag(
    bag: Bag,
    members: NDArray[np.uint32],
    outcome: NDArray[np.int64],
    stream: np.uint64,
) -> Node:
    """Draw as many rows as there are slots; give the root, with those not drawn as riders."""
    slots, drawn = bag.slots, bag.drawn
    rows, counts, riders = bag.rows, bag.counts, bag.riders
    n_slots = slots.shape[0]
    for i in range(members.shape[0]):
        drawn[members[i]] = 0
    for draw in range(n_slots):
        drawn[slots[draw_below(stream, draw, n_slots)]] += np.uint32(1)
    n_others = bag.others.shape[0]
    overwrite(riders, bag.others)
    total, n_in, n_out = 0, np.uint64(0), np.uint64(n_others)
    for i in range(np.uint64(members.shape[0])):
        row = members[i]
        times = np.int64(drawn[row])
        packed = times * (1 + (outcome[row] << 32))
        total += packed
        rows[n_in] = row
        counts[n_in] = packed
        n_in += np.uint64(times > 0)
        riders[n_out] = row
        n_out += np.uint64((times == 0) & bag.members_wanted)
    return Node(0, 0, total, 0, np.int64(n_in), 0, np.int64(n_out))


@inlined
def _other_half(position: Whole, depth: Whole, size: int) -> np.uint64:
    """Give the same place in the half where a node's children are written."""
    half = size // 2
    return np.uint64(position + half if depth & 1 == 0 else position - half)


@inlined
def _send_rows(
    codes: NDArray[np.uint8], start: np.uint64, step: np.uint64, cut: Whole, bag: Bag, node: Node
) -> Whole:
    """Copy the rows at or below the cut to the front of the other half, the others to the back.

    Gives the border between them.
    """
    rows, counts, at_most, one = bag.rows, bag.counts, np.uint8(cut), np.uint64(1)
    low = _other_half(node.first, node.depth, rows.shape[0])
    end = low + np.uint64(node.last - node.first)
    for i in range(np.uint64(node.first), np.uint64(node.last)):
        row, count = rows[i], counts[i]
        goes_left = np.uint64(codes[start + np.uint64(row) * step] <= at_most)
        rows[low] = row
        rows[end - one] = row
        counts[low] = count
        counts[end - one] = count
        low += goes_left
        end -= one - goes_left
    return np.int64(low)


@inlined
def _send_riders(
    codes: NDArray[np.uint8], start: np.uint64, step: np.uint64, cut: Whole, bag: Bag, node: Node
) -> Whole:
    """Do what `_send_rows` does for rows without counts."""
    riders, at_most, one = bag.riders, np.uint8(cut), np.uint64(1)
    low = _other_half(node.first_rider, node.depth, riders.shape[0])
    end = low + np.uint64(node.last_rider - node.first_rider)
    for i in range(np.uint64(node.first_rider), np.uint64(node.last_rider)):
        row = riders[i]
        goes_left = np.uint64(codes[start + np.uint64(row) * step] <= at_most)
        riders[low] = row
        riders[end - one] = row
        low += goes_left
        end -= one - goes_left
    return np.int64(low)


@inlined
def _add_share(
    share: float,
    rows: NDArray[np.uint32],
    first: Whole,
    last: Whole,
    shares: NDArray[np.float64],
) -> None:
    for i in range(np.uint64(first), np.uint64(last)):
        shares[rows[i]] += share


@inlined
def _choose_split(
    binned: Binned,
    bag: Bag,
    node: Node,
    stream: np.uint64,
    rule: _Rule,
    desk: _Desk,
) -> tuple[Whole, Whole, Whole]:
    """Look at a random subset of the columns; give column, cut and the packed count to its left.

    Columns that do not vary among the rows do not count as looked at. The column is LEAF if no cut
    leaves enough on both sides.
    """
    n_columns, n_rows = binned.n_bins.shape[0], bag.drawn.shape[0]
    origin, width, step = _layout(binned, node, n_rows)
    order, picks = desk.order, desk.picks
    best_score = NO_CUT
    best_column: Whole = LEAF
    chosen: Whole = 0
    best_left: Whole = 0
    visits, varies = 0, False
    while visits < n_columns and (visits < rule.max_features or not varies):
        pick = visits + draw_below(stream, visits, n_columns - visits)
        column = order[pick]
        order[pick] = order[visits]
        order[visits] = column
        picks[visits] = pick
        visits += 1
        start, stride = np.uint64(origin + column * width), np.uint64(step)
        if binned.n_bins[column] == 2:
            score, cut, left = cut_of_two_levels(
                binned.codes, start, stride, bag, node, rule.min_leaf
            )
        else:
            score, cut, left = best_cut(
                binned.codes, start, stride, bag, node, rule.min_leaf, desk.histogram
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


@inlined
def _split(
    binned: Binned, bag: Bag, node: Node, column: Whole, cut: Whole, left: Whole, n_nodes: int
) -> tuple[Node, Node]:
    """Send a node's rows and riders to its two children."""
    origin, width, step = _layout(binned, node, bag.drawn.shape[0])
    start, stride = np.uint64(origin + column * width), np.uint64(step)
    first = np.int64(_other_half(node.first, node.depth, bag.rows.shape[0]))
    border = _send_rows(binned.codes, start, stride, cut, bag, node)
    last = first + node.last - node.first
    first_rider = np.int64(_other_half(node.first_rider, node.depth, bag.riders.shape[0]))
    border_rider = _send_riders(binned.codes, start, stride, cut, bag, node)
    last_rider = first_rider + node.last_rider - node.first_rider
    depth, right = node.depth + 1, node.total - left
    return (
        Node(n_nodes, depth, left, first, border, first_rider, border_rider),
        Node(n_nodes + 1, depth, right, border, last, border_rider, last_rider),
    )


@kernel
def _grow_tree(
    binned: Binned,
    bag: Bag,
    root: Node,
    stream: np.uint64,
    rule: _Rule,
    desk: _Desk,
    tree: Tree,
    shares: NDArray[np.float64],
) -> int:
    """Grow one tree, left branches first, so that a branch is done while its rows are at hand."""
    n_columns = binned.n_bins.shape[0]
    node, n_nodes, n_waiting = root, 1, 0
    while True:
        weight, events = node.total & LOW, node.total >> 32
        column: Whole = LEAF
        cut: Whole = 0
        left: Whole = 0
        pure = events == 0 or events == weight
        if not (pure or weight < 2 * rule.min_leaf or node.depth >= rule.max_depth):
            column, cut, left = _choose_split(binned, bag, node, stream, rule, desk)
        share = events / weight
        tree.column[node.number], tree.cut[node.number] = column, cut
        tree.left[node.number], tree.share[node.number] = n_nodes, share
        if column != LEAF:
            node, right = _split(binned, bag, node, column, cut, left, n_nodes)
            n_nodes += 2
            desk.streams[n_waiting] = derive(stream, n_columns + 1)
            stream = derive(stream, n_columns)
            _keep(desk.waiting[n_waiting], right)
            n_waiting += 1
            continue
        if bag.members_wanted:
            _add_share(share, bag.rows, node.first, node.last, shares)
        _add_share(share, bag.riders, node.first_rider, node.last_rider, shares)
        if n_waiting == 0:
            return n_nodes
        n_waiting -= 1
        node, stream = _kept(desk.waiting[n_waiting]), desk.streams[n_waiting]


@kernel
def grow_forest(
    binned: Binned,
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
    binned : Binned
        Bins, at most 64 a column.
    members, wanted : uint32
        Rows to learn from, all with weight above 0, and rows to predict.
    outcome, weight : int64, shape (rows,)
        0 or 1, and the case weights; read for the members only.
    stream : uint64
        Stream of random numbers of the forest; tree k depends on (stream, k), and a node's columns
        on its place in the tree.
    tree : Tree
        Room for one tree, `node_limit` nodes; holds the last one in the end.
    shares : float64, shape (rows,)
        Each tree adds its share of events to the wanted rows.

    Returns
    -------
    int
        Number of nodes of the last tree.
    """
    n_columns = binned.n_bins.shape[0]
    n_rows = binned.codes.shape[0] // (2 * n_columns)
    bag = _empty_bag(members, wanted, weight, n_rows)
    rule = _Rule(min_leaf, max_features, max_depth)
    deepest = bag.slots.shape[0] // min_leaf + 1
    desk = _Desk(
        np.arange(n_columns),
        np.empty(n_columns, np.int64),
        np.zeros(64, np.int64),
        np.empty((deepest, 7), np.int64),
        np.empty(deepest, np.uint64),
    )
    n_nodes = 1
    for index in range(first_tree, last_tree):
        own = derive(stream, index)
        root = _draw_bag(bag, members, outcome, derive(own, _BAG))
        n_nodes = _grow_tree(binned, bag, root, derive(own, _COLUMNS), rule, desk, tree, shares)
    return n_nodes
