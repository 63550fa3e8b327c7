"""The forest, against a tree grown by exhaustive search in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from
from numpy.testing import assert_allclose, assert_array_equal

from twoarm.kernels.bags import Binned, no_shares
from twoarm.kernels.bits import derive, draw_below
from twoarm.kernels.data import Cases
from twoarm.kernels.forest import ForestSettings, grow_forest, node_limit, risk_of_forest
from twoarm.kernels.kept_trees import LEAF, Nodes, add_trees, empty_nodes, with_room

NO_LIMIT = 2**31 - 1
BAG, COLUMNS = 0, 1  # child streams of a tree


def child(stream, index):
    return np.uint64(derive(stream, index))


def random_table(seed, n, p):
    """Codes (columns, rows) of few and of many levels, one column constant; outcome; weight."""
    rng = np.random.default_rng(seed)
    levels = rng.choice([2, 3, 8, 64], size=p)
    codes = np.array([rng.integers(0, most, n) for most in levels], dtype=np.uint8)
    codes[rng.integers(p)] = 5
    weight = rng.integers(0, 4, n)
    weight[0] = 1
    return codes, rng.integers(0, 2, n), weight


def grow(codes, outcome, weight, stream, *settings, wanted=None, apart=False, keep=True):
    """Call the kernel, for every row unless told; give the shares and each tree's nodes."""
    everybody = np.arange(weight.size, dtype=np.uint32)
    asked = everybody if wanted is None else everybody[wanted]
    cases = Cases(np.flatnonzero(weight).astype(np.uint32), asked, outcome, weight)
    both_layouts = np.concatenate([codes.ravel(), codes.T.ravel()])
    binned = Binned(both_layouts, codes.max(axis=1).astype(np.int64) + 1)
    shares = no_shares(weight.size, apart)
    roots, nodes = grow_forest(binned, cases, ForestSettings(*settings), stream, keep, shares)
    ends = [*roots[1:], nodes.share.size]
    trees = [
        Nodes(nodes.column[a:b], nodes.cut[a:b], nodes.left[a:b] - a, nodes.share[a:b])
        for a, b in zip(roots, ends, strict=True)
    ]
    return shares, trees


def drawn_counts(weight, stream, index):
    """Give how often each row is in the bag of one tree."""
    slots = np.repeat(np.arange(weight.size), weight)
    bag = child(child(stream, index), BAG)
    drawn = [int(slots[draw_below(bag, k, slots.size)]) for k in range(slots.size)]
    return np.bincount(drawn, minlength=weight.size)


def cuts_of(codes, rows, counts, events):
    """Give every cut of one column: exact score, floating score, cut, counts and events left."""
    occupied = sorted({int(codes[row]) for row in rows})
    total, hits = sum(counts[row] for row in rows), sum(events[row] for row in rows)
    for below, above in pairwise(occupied):
        left = [row for row in rows if codes[row] <= below]
        n, e = sum(counts[row] for row in left), sum(events[row] for row in left)
        exact = Fraction(e**2, n) + Fraction((hits - e) ** 2, total - n)
        excess = float(e * total - n * hits)
        rounded = excess * excess / (float(n) * float(total - n))
        yield exact, rounded, (below + above - 1) // 2, n, total - n


def tree_twin(codes, outcome, weight, stream, index, min_leaf, max_features, max_depth):
    """Grow one tree by looking at every cut; give its nodes as (column, cut, left, share)."""
    counts = drawn_counts(weight, stream, index).tolist()
    events = [count * int(y) for count, y in zip(counts, outcome, strict=True)]
    p = len(codes)
    members = [row for row, count in enumerate(counts) if count]
    waiting, nodes = [(0, members, 0, child(child(stream, index), COLUMNS))], [None]
    while waiting:  # left branches first
        node, rows, depth, columns = waiting.pop()
        order = list(range(p))
        n, hits = sum(counts[row] for row in rows), sum(events[row] for row in rows)
        split = None
        if 0 < hits < n and n >= 2 * min_leaf and depth < max_depth:
            looked_at, seen_varying = [], False
            for visit in range(p):
                if visit >= max_features and seen_varying:
                    break
                pick = visit + draw_below(columns, visit, p - visit)
                order[visit], order[pick] = order[pick], order[visit]
                column = order[visit]
                cuts = list(cuts_of(codes[column], rows, counts, events))
                seen_varying |= bool(cuts)
                looked_at += [
                    (-rounded, column, cut, -exact)
                    for exact, rounded, cut, left, right in cuts
                    if min(left, right) >= min_leaf
                ]
            if looked_at:
                split = min(looked_at)  # ties: lower column, lower cut
                # Rounding may choose among equals, never a worse one.
                assert split[3] == min(exact for *_, exact in looked_at)
        if split is None:
            nodes[node] = (LEAF, 0, None, hits / n)
            continue
        _, column, cut, _ = split
        nodes[node] = (column, cut, len(nodes), hits / n)
        sides = [[row for row in rows if (codes[column][row] > cut) == right] for right in (0, 1)]
        for right in (1, 0):
            place = (len(nodes) + right, sides[right], depth + 1, child(columns, p + right))
            waiting.append(place)
        nodes += [None, None]
    return nodes


def share_twin(nodes, codes, row):
    node = 0
    while nodes[node][0] != LEAF:
        column, cut, left, _ = nodes[node]
        node = left + int(codes[column][row] > cut)
    return nodes[node][3]


each_shape = given(
    seed=integers(0, 2**32 - 1),
    n=integers(1, 40),
    p=integers(1, 6),
    min_leaf=sampled_from([1, 2, 5, 1000]),
    max_features=sampled_from([1, 2, 6]),
    max_depth=sampled_from([1, 3, NO_LIMIT]),
)


@settings(max_examples=60, deadline=None)  # the first call compiles
@each_shape
def test_trees_equal_an_exhaustive_search(seed, n, p, min_leaf, max_features, max_depth):
    codes, outcome, weight = random_table(seed, n, p)
    stream = np.uint64(seed)
    shape = (min_leaf, min(max_features, p), max_depth)
    shares, trees = grow(codes, outcome, weight, stream, 3, *shape)
    total = np.zeros(n)
    for index, tree in enumerate(trees):
        nodes = tree_twin(codes, outcome, weight, stream, index, *shape)
        column, _, left, share = (np.array(part) for part in zip(*nodes, strict=True))
        assert_array_equal(tree.column, column)
        assert_array_equal(tree.share, share)
        inner = column != LEAF
        assert_array_equal(tree.cut[inner], [node[1] for node in nodes if node[0] != LEAF])
        assert_array_equal(tree.left[inner], left[inner].astype(int))
        total += [share_twin(nodes, codes, row) for row in range(n)]
    assert_array_equal(shares.inside, total)  # members and riders alike
    assert_array_equal(grow(codes, outcome, weight, stream, 3, *shape, keep=False)[0].inside, total)


@settings(max_examples=40, deadline=None)  # the first call compiles
@each_shape
def test_a_row_is_out_of_bag_in_the_trees_that_have_not_drawn_it(
    seed, n, p, min_leaf, max_features, max_depth
):
    codes, outcome, weight = random_table(seed, n, p)
    stream, shape = np.uint64(seed), (min_leaf, min(max_features, p), max_depth)
    wanted = np.random.default_rng(seed).random(n) < 0.5
    inside, outside, trees_outside = np.zeros(n), np.zeros(n), np.zeros(n, int)
    for index in range(3):
        nodes = tree_twin(codes, outcome, weight, stream, index, *shape)
        share = np.array([share_twin(nodes, codes, row) for row in range(n)])
        out = drawn_counts(weight, stream, index) == 0
        inside, outside = inside + share * ~out, outside + share * out
        trees_outside += out
    shares, _ = grow(codes, outcome, weight, stream, 3, *shape, wanted=wanted, apart=True)
    member = weight > 0
    assert_array_equal(shares.trees_outside[member], trees_outside[member])
    assert_array_equal(shares.outside[member | wanted], outside[member | wanted])
    assert_array_equal(shares.inside[wanted], inside[wanted])
    risk, asked = np.full(n, np.nan), np.flatnonzero(wanted).astype(np.uint32)
    risk_of_forest(shares, 3, asked, risk)
    assert_array_equal(risk[wanted], (inside + outside)[wanted] / 3)
    assert np.isnan(risk[~wanted]).all()


def test_equal_columns_are_split_at_the_first_one_and_equal_cuts_at_the_lowest():
    # Cutting off the lowest or the highest code separates as well; both columns do.
    codes = np.array([[0, 1, 1, 2] * 10] * 2, dtype=np.uint8)
    outcome = np.array([1, 0, 0, 1] * 10)
    weight = np.ones(40, dtype=np.int64)
    for seed in range(20):
        _, (tree,) = grow(codes, outcome, weight, np.uint64(seed), 1, 1, 2, 1)
        drawn = drawn_counts(weight, np.uint64(seed), 0)
        low, high = drawn[::4].sum(), drawn[3::4].sum()
        assert tree.column[0] == 0
        if low != high:
            assert tree.cut[0] == (0 if low > high else 1)


def test_no_leaf_is_smaller_than_asked_for():
    codes, outcome, weight = random_table(3, 200, 5)
    stream = np.uint64(9)
    for index, tree in enumerate(grow(codes, outcome, weight, stream, 20, 30, 2, NO_LIMIT)[1]):
        drawn = np.repeat(np.arange(200), drawn_counts(weight, stream, index))
        node = np.zeros(drawn.size, dtype=int)
        for _ in range(tree.column.size):
            inner = tree.column[node] != LEAF
            right = codes[np.maximum(tree.column[node], 0), drawn] > tree.cut[node]
            node = np.where(inner, tree.left[node] + right, node)
        assert np.bincount(node)[np.unique(node)].min() >= 30
        assert tree.column.size > 1


@pytest.mark.parametrize(("weight", "min_leaf"), [(7, 1), (7, 2), (7, 8), (10**6, 5)])
def test_a_tree_fits_into_its_room(weight, min_leaf):
    leaves = max(1, weight // min_leaf)
    assert node_limit(weight, min_leaf) >= 2 * leaves - 1


def test_more_room_holds_the_nodes_that_were_there():
    nodes = empty_nodes(5)
    for number, part in enumerate(nodes):
        part[:] = np.arange(5) + 10 * number
    assert with_room(nodes, 3, 2).share.size == 5
    larger = with_room(nodes, 3, 4)
    assert larger.share.size >= 7
    for before, after in zip(nodes, larger, strict=True):
        assert_array_equal(after[:3], before[:3])


def test_kept_trees_add_up_over_rows_and_trees():
    # Two stumps, and a leaf alone.
    roots = np.array([0, 3, 6])
    column = np.array([0, LEAF, LEAF, 1, LEAF, LEAF, LEAF], dtype=np.int32)
    threshold = np.array([1.5, 0, 0, -1.0, 0, 0, 0])
    left = np.array([1, 0, 0, 4, 0, 0, 0])
    value = np.array([np.nan, 1.0, 2.0, np.nan, 10.0, 20.0, 100.0])
    values = np.array([[1.0, 1.5, 1.6, 9.0], [-1.0, -0.9, -2.0, 0.0]])
    total = np.full(4, 1000.0)
    add_trees(values, roots, column, threshold, left, value, total)
    assert_allclose(total, [1111.0, 1121.0, 1112.0, 1122.0])
