"""Boosting, against scikit-learn's where binning loses nothing, and against hand computation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit, logit
from sklearn.ensemble import GradientBoostingClassifier

from twoarm.kernels.boosting import EVERY_ROW_LEFT, add_heap, boost, heap_nodes

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
    shape = (trees, heap_nodes(depth))
    column, cut = np.empty(shape, np.int32), np.empty(shape, np.int32)
    value, lp = np.empty(shape), np.empty(outcome.size)
    n_bins = codes.max(axis=1).astype(np.int64) + 1
    members = np.flatnonzero(weight).astype(np.uint32)
    everybody = np.arange(outcome.size, dtype=np.uint32)
    start = boost(
        codes, n_bins, members, everybody, outcome, weight, trees, depth, learning_rate, min_leaf,
        column, cut, value, lp,
    )  # fmt: skip
    return lp, start, (column, cut, value)


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
    inner = heap_nodes(depth) // 2  # leaves come behind
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
    everybody = np.arange(80, dtype=np.uint32)
    for tree in range(15):
        add_heap(codes, everybody, column[tree], cut[tree], value[tree], depth, again)
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
