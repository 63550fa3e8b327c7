"""Brier score, log-loss and R2, against the library, by hand, and by its properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as log_loss_of_sklearn

from twoarm.errors import ArgumentError
from twoarm.metrics import (
    brier,
    brier_no_information,
    log_loss,
    log_loss_no_information,
    r2,
    scaled_brier,
)

SUMS = 1e-12


def predictions(seed, n):
    rng = np.random.default_rng(seed)
    y, weight = rng.integers(0, 2, n), rng.integers(0, 4, n)
    y[:2], weight[:2] = [0, 1], 1
    return y, rng.random(n), weight


@settings(max_examples=60)
@given(seed=integers(0, 2**32 - 1), n=integers(2, 60))
def test_brier_equals_scikit_learns(seed, n):
    y, p, weight = predictions(seed, n)
    assert_allclose(brier(y, p), brier_score_loss(y, p), rtol=0, atol=SUMS)
    expected = brier_score_loss(y, p, sample_weight=weight)
    assert_allclose(brier(y, p, weight=weight), expected, rtol=0, atol=SUMS)


@settings(max_examples=60)
@given(seed=integers(0, 2**32 - 1), n=integers(2, 60))
def test_properties_of_the_brier_score(seed, n):
    y, p, weight = predictions(seed, n)
    value = brier(y, p, weight=weight)
    order = np.random.default_rng(seed).permutation(n)
    assert_allclose(brier(y[order], p[order], weight=weight[order]), value, rtol=0, atol=SUMS)
    rows = np.repeat(np.arange(n), weight)
    assert_allclose(brier(y[rows], p[rows]), value, rtol=0, atol=SUMS)
    assert_allclose(brier(1 - y, 1 - p, weight=weight), value, rtol=0, atol=SUMS)
    assert_allclose(brier(y, p, weight=0.1 * weight), value, rtol=0, atol=SUMS)
    assert 0 <= value <= 1


def test_brier_by_hand():
    assert_allclose(brier([1, 0, 1], [0.9, 0.2, 0.5]), (0.01 + 0.04 + 0.25) / 3, rtol=1e-14)
    assert_allclose(brier([1, 0], [0.9, 0.2], weight=[3, 1]), (3 * 0.01 + 0.04) / 4, rtol=1e-14)
    assert brier([0, 1], [0, 1]) == 0
    assert brier([0, 1], [1, 0]) == 1


def test_brier_of_nobody_is_missing():
    assert math.isnan(brier([0, 1], [0.5, 0.5], weight=[0, 0]))
    assert math.isnan(brier([], []))
    assert math.isnan(brier_no_information([], []))


def test_brier_checks_what_it_gets():
    with pytest.raises(ArgumentError, match="Probabilities must lie between 0 and 1"):
        brier([0, 1], [0.5, -0.5])


@settings(max_examples=60)
@given(seed=integers(0, 2**32 - 1), n=integers(2, 40))
def test_without_information_everybody_meets_everybodys_prediction(seed, n):
    y, p, _ = predictions(seed, n)
    expected = ((y[:, None] - p[None, :]) ** 2).mean()
    assert_allclose(brier_no_information(y, p), expected, rtol=0, atol=SUMS)


def test_a_constant_prediction_carries_no_information():
    y = [0, 0, 1]
    assert_allclose(brier_no_information(y, [1 / 3] * 3), brier(y, [1 / 3] * 3), rtol=1e-14)


@settings(max_examples=60)
@given(seed=integers(0, 2**32 - 1), n=integers(2, 60))
def test_log_loss_equals_scikit_learns_on_kept_probabilities(seed, n):
    y, p, weight = predictions(seed, n)
    p[0] = 0.0
    kept = np.clip(p, 0.001, 0.999)
    assert_allclose(log_loss(y, p), log_loss_of_sklearn(y, kept), rtol=SUMS)
    expected = log_loss_of_sklearn(y, kept, sample_weight=weight)
    assert_allclose(log_loss(y, p, weight=weight), expected, rtol=SUMS)


@settings(max_examples=60)
@given(seed=integers(0, 2**32 - 1), n=integers(1, 30))
def test_no_information_is_the_mean_over_all_pairs(seed, n):
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, 2, n), rng.random(n)
    losses = [log_loss([a], [b]) for a in y for b in p]
    assert_allclose(log_loss_no_information(y, p), np.mean(losses), rtol=SUMS)
    squares = [brier([a], [b]) for a in y for b in p]
    assert_allclose(brier_no_information(y, p), np.mean(squares), rtol=SUMS)


def test_scaled_brier_by_hand():
    assert_allclose(scaled_brier([1, 0, 1, 0], [0.5] * 4), 0, atol=SUMS)
    assert scaled_brier([1, 0], [1, 0]) == 1
    # Rate 0.25: 1 - 0.16 / 0.1875.
    assert_allclose(scaled_brier([1, 0, 0, 0], [0.6, 0.4, 0.4, 0.4]), 1 - 0.16 / 0.1875)
    assert_allclose(scaled_brier([1, 0], [0.6, 0.4], weight=[1, 3]), 1 - 0.16 / 0.1875)
    assert math.isnan(scaled_brier([1, 1], [0.5, 0.6]))


@settings(max_examples=40, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_r2_follows_from_the_likelihoods_of_statsmodels(seed):
    rng = np.random.default_rng(seed)
    lp = rng.normal(size=60)
    y = (rng.random(60) < 1 / (1 + np.exp(-lp))).astype(int)
    y[np.argsort(lp)[[0, -1]]] = [1, 0]  # never separated
    fit = sm.Logit(y, sm.add_constant(lp)).fit(disp=False, tol=1e-12)
    cox_snell = 1 - np.exp(2 * (fit.llnull - fit.llf) / 60)
    expected = cox_snell / (1 - np.exp(2 * fit.llnull / 60))
    p = 1 / (1 + np.exp(-(0.4 * lp - 1)))  # recalibration takes the distortion back
    assert_allclose(r2(y, p), expected, rtol=1e-7, atol=1e-8)
    order = rng.permutation(60)
    assert_allclose(r2(y[order], p[order]), expected, rtol=1e-7, atol=1e-8)


def test_r2_of_a_constant_is_zero_and_of_a_separation_missing():
    assert r2([0, 1, 0], [0.3, 0.3, 0.3]) == 0
    assert math.isnan(r2([0, 0, 1], [0.1, 0.2, 0.3]))
    assert math.isnan(r2([0, 0, 0], [0.1, 0.2, 0.3]))
