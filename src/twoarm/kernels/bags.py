"""Who is in a tree's bag and nodes, and how rows travel from a node to its children.

Rows that are not in the bag ride along: they travel through the partition while the tree grows and
collect the share of the leaf they end in, so predicting them costs no second pass and no tree has
to be kept. Members that are not drawn ride too where they are asked for; what they collect is the
prediction of trees that have not seen them.

A packed count holds a weight in its low half and the events among it in the high half. Loops over
rows count in unsigned integers: a signed index costs a test for "from the end", and that doubles
their time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.assign import overwrite
from twoarm.kernels.bits import draw_below
from twoarm.kernels.data import Cases
from twoarm.kernels.jit import inlined, kernel

__all__ = [
    "Bag",
    "Binned",
    "Node",
    "Shares",
    "Whole",
    "add_shares",
    "draw_bag",
    "empty_bag",
    "layout_of",
    "no_shares",
    "split",
]

_MANY_ROWS, _FEW_IN_NODE = 2**15, 2**14  # where a node's codes are better read row by row

Whole = int | np.int64
"""Inside a kernel they are the same."""


class Binned(NamedTuple):
    """The bins of all rows, in both layouts behind one another.

    First column by column, then row by row: the small nodes of a large cohort touch fewer lines of
    memory where the codes of a row lie together.
    """

    codes: NDArray[np.uint8]  # (2 * columns * rows,)
    n_bins: NDArray[np.int64]  # (columns,)


class Bag(NamedTuple):
    """Who takes part in a tree.

    The arrays of two halves hold a node's rows in the half that its depth, even or odd, says: its
    children are written to the other one.
    """

    slots: NDArray[np.uint32]  # each member as often as its weight says: what is drawn from
    drawn: NDArray[np.uint32]  # (rows,)
    rows: NDArray[np.uint32]  # two halves: the rows drawn
    counts: NDArray[np.int64]  # two halves: their packed counts
    riders: NDArray[np.uint32]  # two halves: rows that are only predicted
    others: NDArray[np.uint32]  # riders of every tree: wanted rows that are no members
    members_wanted: bool
    members_ride: bool | np.bool_


class Node(NamedTuple):
    """A node: its number, depth, packed count, and where its rows and riders stand."""

    number: Whole
    depth: Whole
    total: Whole
    first: Whole
    last: Whole
    first_rider: Whole
    last_rider: Whole


class Shares(NamedTuple):
    """What trees say of each row: sums of the shares of events in the leaves where it ended.

    Where the trees that have seen a row need not be told from the others, both sums are one array.
    """

    inside: NDArray[np.float64]  # (rows,), of the trees with the row in their bag
    outside: NDArray[np.float64]  # (rows,), of the trees without
    trees_outside: NDArray[np.int64]  # (rows,), how many those are; counted for members
    apart: bool | np.bool_


def no_shares(n_rows: int, apart: bool | np.bool_) -> Shares:
    """Give the shares of no tree."""
    inside = np.zeros(n_rows)
    outside = np.zeros(n_rows) if apart else inside
    return Shares(inside, outside, np.zeros(n_rows, np.int64), apart)


@kernel
def _slots(cases: Cases) -> NDArray[np.uint32]:
    """List each member as often as its weight says."""
    members, weight = cases.members, cases.weight
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
def empty_bag(cases: Cases, n_rows: int, members_ride: bool | np.bool_) -> Bag:
    """Make room for a bag; members that are wanted ride in any case."""
    members, wanted = cases.members, cases.wanted
    drawn = np.zeros(n_rows, np.uint32)
    for i in range(members.shape[0]):
        drawn[members[i]] = 1
    others = np.empty(wanted.shape[0] + 1, np.uint32)
    n_others = 0
    for i in range(wanted.shape[0]):
        others[n_others] = wanted[i]
        n_others += 1 - int(drawn[wanted[i]])
    members_wanted = n_others < wanted.shape[0]
    return Bag(
        _slots(cases),
        drawn,
        np.empty(2 * members.shape[0] + 1, np.uint32),
        np.empty(2 * members.shape[0] + 1, np.int64),
        np.empty(2 * (n_others + members.shape[0]) + 1, np.uint32),
        others[:n_others],
        members_wanted,
        members_wanted or members_ride,
    )


@inlined
def draw_bag(
    bag: Bag, cases: Cases, stream: np.uint64, number: Whole, trees_outside: NDArray[np.int64]
) -> Node:
    """Draw as many rows as there are slots; give the root, with those not drawn as riders."""
    slots, drawn, members = bag.slots, bag.drawn, cases.members
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
        packed = times * (1 + (cases.outcome[row] << 32))
        total += packed
        rows[n_in] = row
        counts[n_in] = packed
        n_in += np.uint64(times > 0)
        riders[n_out] = row
        n_out += np.uint64((times == 0) & bag.members_ride)
        trees_outside[row] += np.int64(times == 0)
    return Node(number, 0, total, 0, np.int64(n_in), 0, np.int64(n_out))


@inlined
def layout_of(binned: Binned, node: Node, n_rows: int) -> tuple[Whole, Whole, Whole]:
    """Choose the quicker layout for a node: give a, b and c.

    Row r has its code of column j at ``a + j * b + r * c``.
    """
    n_columns = binned.n_bins.shape[0]
    if n_rows > _MANY_ROWS and node.last - node.first <= _FEW_IN_NODE:
        return n_columns * n_rows, 1, n_columns
    return 0, n_rows, 1


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
def split(
    binned: Binned, bag: Bag, node: Node, column: Whole, cut: Whole, left: Whole, n_nodes: Whole
) -> tuple[Node, Node]:
    """Send a node's rows and riders to its two children."""
    origin, width, step = layout_of(binned, node, bag.drawn.shape[0])
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


@inlined
def _add(
    share: float, rows: NDArray[np.uint32], first: Whole, last: Whole, total: NDArray[np.float64]
) -> None:
    for i in range(np.uint64(first), np.uint64(last)):
        total[rows[i]] += share


@inlined
def add_shares(share: float, bag: Bag, leaf: Node, shares: Shares) -> None:
    """Add a leaf's share of events to the rows that ended there."""
    if bag.members_wanted:
        _add(share, bag.rows, leaf.first, leaf.last, shares.inside)
    _add(share, bag.riders, leaf.first_rider, leaf.last_rider, shares.outside)
