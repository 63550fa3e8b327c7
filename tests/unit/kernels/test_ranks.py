"""Concordance, against scikit-learn and against all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose
from sklearn.metrics import roc_auc_score

from twoarm.kernels.ranks import concordance

SUMS = 1e-12  # two orders of adding the same few hundred products


def random_predictions(seed, n, n_levels):
    rng = np.random.default_rng(seed)
    outcome = rng.integers(0, 2, n)
    outcome[:2] = 0, 1
    weight = np.stack([rng.integers(0, 4, n), rng.random(n), np.ones(n)]).astype(np.float64)
    weight[:, :2] = 1.0
    return rng.integers(0, n_levels, n) / n_levels, outcome, weight


@settings(max_examples=100, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(2, 60), n_levels=integers(1, 30))
def test_concordance_equals_scikit_learns(seed, n, n_levels):
    risk, outcome, weight = random_predictions(seed, n, n_levels)
    expected = [roc_auc_score(outcome, risk, sample_weight=w) for w in weight]
    assert_allclose(concordance(risk, outcome, weight), expected, rtol=0, atol=SUMS)


@settings(max_examples=50, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(2, 30), n_levels=integers(1, 8))
def test_concordance_equals_the_share_of_pairs(seed, n, n_levels):
    risk, outcome, weight = random_predictions(seed, n, n_levels)
    difference = risk[outcome == 1][:, None] - risk[outcome == 0][None, :]
    won = (difference > 0) + 0.5 * (difference == 0)
    for w, found in zip(weight, concordance(risk, outcome, weight), strict=True):
        pairs = np.outer(w[outcome == 1], w[outcome == 0])
        assert_allclose(found, (pairs * won).sum() / pairs.sum(), rtol=0, atol=SUMS)


def test_concordance_without_a_pair_is_missing():
    risk, outcome = np.array([0.1, 0.2, 0.3]), np.array([0, 1, 1])
    weight = np.array([[0.0, 1, 1], [1, 0, 0], [0, 0, 0], [1, 1, 0]])
    assert_allclose(concordance(risk, outcome, weight), [np.nan, np.nan, np.nan, 1.0])


def test_concordance_of_nobody_is_missing():
    empty = np.empty(0)
    assert np.isnan(concordance(empty, empty.astype(np.int64), np.ones((1, 0)))).all()


@pytest.mark.parametrize("missing", [[0], [1], [0, 1, 2, 3]])
def test_a_missing_prediction_makes_concordance_missing(missing):
    risk = np.array([0.4, 0.3, 0.2, 0.1])
    risk[missing] = np.nan
    assert np.isnan(concordance(risk, np.array([0, 1, 0, 1]), np.ones((2, 4)))).all()
