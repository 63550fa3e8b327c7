"""The Brier score, against the library, by hand, and by its properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose
from sklearn.metrics import brier_score_loss

from twoarm.errors import ArgumentError
from twoarm.metrics import brier, brier_no_information

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
