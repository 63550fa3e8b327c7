"""Boosting, against scikit-learn's where binning loses nothing, and against hand computation."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit, logit
from sklearn.ensemble import GradientBoostingClassifier

from twoarm.kernels.boosting import EVERY_ROW_LEFT, Settings, boost, empty_heaps
from twoarm.kernels.data import Cases, one_fit
from twoarm.kernels.odds import expit_all

LIBRARY = 1e-9  # residuals are rounded to 45 bits here and summed in another order there


def random_table(seed, n, p, n_levels=64):
    """Codes (columns, rows), outcome of both classes, whole weights."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, n_levels, (p, n)).astype(np.uint8)
    outcome = (rng.random(n) < expit((codes[0] - n_levels / 2) / n_levels * 4)).astype(np.int64)
    outcome[:2] = 0, 1
    weight = rng.integers(0, 4, n)
    weight[:2] = 1
    return codes, outcome, weight


def boosted(codes, outcome, weight, trees, depth, min_leaf, learning_rate=0.1):
    """Give the linear predictor of all rows and the kept trees."""
    heaps, lp = empty_heaps(trees, depth), np.empty(outcome.size)
    n_bins = codes.max(axis=1).astype(np.int64) + 1
    members = np.flatnonzero(weight).astype(np.uint32)
    everybody = np.arange(outcome.size, dtype=np.uint32)
    settings = Settings(trees, depth, learning_rate, min_leaf)
    fits, risk = one_fit(Cases(members, everybody, outcome, weight)), np.empty(outcome.size)
    start = boost(codes, n_bins, fits, settings, heaps, lp, risk)
    assert_array_equal(risk, expit_all(lp))
    return lp, start, heaps


def walked(codes, column, cut, depth):
    """Give the node in which each row ends; `codes` is (columns, rows)."""
    node = np.zeros(codes.shape[1], dtype=np.int64)
    for _ in range(depth):
        node = 2 * node + 1 + (codes[column[node], np.arange(node.size)] > cut[node])
    return node


def best_split_twin(codes, rows, residual, weight, min_leaf):
    """Compare all cuts of all columns, the first one wins; give column and cut, or None."""
    heavy, total = float(weight[rows].sum()), float(residual[rows].sum())
    best, found = -1.0, None
    for column, code in enumerate(codes[:, rows]):
        occupied = np.unique(code)
        for low, high in pairwise(occupied):
            left = rows[code <= low]
            light = float(weight[left].sum())
            if min(light, heavy - light) < min_leaf:
                continue
            excess = float(residual[left].sum()) * heavy - light * total
            score = excess * excess / (light * (heavy - light))
            if score > best:
                best, found = score, (column, (int(low) + int(high) - 1) // 2)
    return found


def boosted_twin(codes, outcome, weight, trees, depth, min_leaf, learning_rate=0.1):
    """What `boosted` gives, by listing the rows of every node of every tree."""
    learnt, n_inner = np.flatnonzero(weight), 2**depth - 1
    events = (weight * outcome).sum()
    start = math.log(events / (weight.sum() - events))  # NumPy's own may differ in the last bit
    lp = np.full(outcome.size, start)
    unit = 2.0 ** min(61 - 2 * int(weight.sum()).bit_length(), 51)
    heaps = [], [], []
    for _ in range(trees):
        risk = expit_all(lp)
        residual = np.rint((outcome - risk) * unit).astype(np.int64) * weight
        curvature = np.rint(risk * (1 - risk) * 2.0**40).astype(np.int64) * weight
        column, cut = np.zeros(n_inner, np.int64), np.full(n_inner, EVERY_ROW_LEFT)
        value = np.zeros(2 * n_inner + 1)
        rows = {0: learnt}
        for node in range(n_inner):
            split = best_split_twin(codes, rows[node], residual, weight, min_leaf)
            if split is not None:
                column[node], cut[node] = split
            right = codes[column[node], rows[node]] > cut[node]
            rows[2 * node + 1], rows[2 * node + 2] = rows[node][~right], rows[node][right]
        for leaf in range(n_inner, 2 * n_inner + 1):
            if curvature[rows[leaf]].sum() > 0:
                pull, curve = residual[rows[leaf]].sum(), curvature[rows[leaf]].sum()
                value[leaf] = learning_rate * (pull / unit) / (curve / 2.0**40)
        lp += value[walked(codes, column, cut, depth)]
        for kept, new in zip(heaps, (column, cut, value), strict=True):
            kept.append(new)
    return lp, [np.array(kept) for kept in heaps]


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(
    seed=integers(0, 2**32 - 1),
    n=integers(4, 90),
    depth=integers(1, 4),
    min_leaf=integers(1, 6),
    n_levels=integers(1, 64),
)
def test_trees_equal_those_of_the_slow_twin(seed, n, depth, min_leaf, n_levels):
    codes, outcome, weight = random_table(seed, n, 6, n_levels)
    levels = np.random.default_rng(seed).integers(1, 5, 5)  # these share bundles
    codes[1:] = np.minimum(codes[1:], levels[:, None])
    codes[5] = codes[1]  # a tie with an earlier column
    lp, _, (column, cut, value) = boosted(codes, outcome, weight, 12, depth, min_leaf)
    lp_twin, twins = boosted_twin(codes, outcome, weight, 12, depth, min_leaf)
    n_inner = 2**depth - 1
    assert_array_equal(column[:, :n_inner], twins[0])
    assert_array_equal(cut[:, :n_inner], twins[1])
    assert_array_equal(value[:, n_inner:], twins[2][:, n_inner:])
    assert_array_equal(lp, lp_twin)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("min_leaf", [1, 5])
@pytest.mark.parametrize("seed", [0, 2, 4])  # no two splits are equally good in these
def test_predictions_equal_scikit_learns(seed, depth, min_leaf):
    codes, outcome, weight = random_table(seed, 150, 5)
    rows = np.repeat(np.arange(150), weight)
    library = GradientBoostingClassifier(
        n_estimators=40, max_depth=depth, min_samples_leaf=min_leaf, learning_rate=0.1
    ).fit(codes.T[rows].astype(np.float64), outcome[rows])
    lp, _, _ = boosted(codes, outcome, weight, 40, depth, min_leaf)
    expected = library.predict_proba(codes.T.astype(np.float64))[:, 1]
    learnt = weight > 0  # others may fall into a gap, which is cut elsewhere there
    assert_allclose(expit(lp[learnt]), expected[learnt], rtol=0, atol=LIBRARY)


def test_one_stump_by_hand():
    codes = np.array([[0, 0, 1, 1, 1]], dtype=np.uint8)
    outcome, weight = np.array([0, 1, 1, 1, 0]), np.array([2, 1, 1, 3, 0])
    # Share 5/7; left of the cut 1 event in 3, right of it 4 in 4.
    share = 5 / 7
    curvature = share * (1 - share)
    left = 0.5 * (1 - 3 * share) / (3 * curvature)
    right = 0.5 * (4 - 4 * share) / (4 * curvature)
    lp, start, (column, cut, value) = boosted(codes, outcome, weight, 1, 1, 1, learning_rate=0.5)
    assert_allclose(start, logit(share), rtol=1e-14)
    assert (column[0, 0], cut[0, 0]) == (0, 0)
    assert_allclose(value[0, 1:], [left, right], rtol=1e-11)
    assert_allclose(lp, start + np.array([left, left, right, right, right]), rtol=0, atol=1e-11)


@settings(max_examples=40, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(4, 60), depth=integers(1, 4))
def test_weights_mean_the_same_as_repeated_rows(seed, n, depth):
    codes, outcome, weight = random_table(seed, n, 3, n_levels=9)
    rows = np.repeat(np.arange(n), weight)
    ones = np.ones(rows.size, dtype=np.int64)
    again = np.ascontiguousarray(codes[:, rows])
    lp, start, (column, cut, value) = boosted(codes, outcome, weight, 20, depth, 3)
    lp_again, start_again, kept = boosted(again, outcome[rows], ones, 20, depth, 3)
    inner = 2**depth - 1  # leaves come behind
    assert start == start_again
    assert_array_equal(column[:, :inner], kept[0][:, :inner])
    assert_array_equal(cut[:, :inner], kept[1][:, :inner])
    assert_allclose(value[:, inner:], kept[2][:, inner:], rtol=0, atol=1e-12)
    assert_allclose(lp[rows], lp_again, rtol=0, atol=1e-10)


@pytest.mark.parametrize("depth", [1, 2, 3, 8])
def test_kept_trees_predict_what_rode_along(depth):
    codes, outcome, weight = random_table(7, 80, 4, n_levels=20)
    lp, start, (column, cut, value) = boosted(codes, outcome, weight, 15, depth, 2)
    again = np.full(80, start)
    for tree in range(15):
        again += value[tree, walked(codes, column[tree], cut[tree], depth)]
    assert_array_equal(lp, again)


def test_the_deviance_falls_with_every_tree():
    codes, outcome, weight = random_table(5, 120, 4)
    losses = []
    for trees in (1, 5, 25, 125):
        lp, _, _ = boosted(codes, outcome, weight, trees, 2, 5)
        losses.append((weight * (np.logaddexp(0, lp) - outcome * lp)).sum())
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.7 * losses[0]


@pytest.mark.parametrize("min_leaf", [1, 50, 10**9])
def test_nothing_is_split_where_nothing_can_be(min_leaf):
    outcome = np.array([0, 1, 1, 1])
    codes = np.zeros((2, 4), dtype=np.uint8)
    lp, start, (_, cut, _) = boosted(codes, outcome, np.ones(4, dtype=np.int64), 3, 2, min_leaf)
    assert (cut[:, :3] == EVERY_ROW_LEFT).all()
    assert_allclose(lp, np.full(4, start), rtol=0, atol=1e-11)


@pytest.mark.parametrize("scale", [1, 1000, 100_000])
def test_large_weights_say_what_small_ones_say(scale):
    codes, outcome, weight = random_table(11, 60, 3)
    lp, _, _ = boosted(codes, outcome, weight, 50, 2, 5)
    scaled, _, _ = boosted(codes, outcome, weight * scale, 50, 2, 5 * scale)
    # Residuals keep 62 bits, less twice those of the total weight: 14 of them at 10 million.
    assert_allclose(expit(scaled), expit(lp), rtol=0, atol=1e-9 if scale == 1 else 1e-3)


def test_a_perfectly_predictable_outcome_stays_finite():
    codes = np.arange(40, dtype=np.uint8)[None, :]
    outcome = (codes[0] >= 20).astype(np.int64)
    lp, _, _ = boosted(codes, outcome, np.ones(40, dtype=np.int64), 3000, 1, 1, learning_rate=1.0)
    assert np.isfinite(lp).all()
    assert_array_equal(lp > 0, outcome == 1)
