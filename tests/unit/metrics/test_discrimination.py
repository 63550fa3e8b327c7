"""AUC and its interval, against the library, by hand, and by its properties."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis.strategies import floats, integers
from numpy.testing import assert_allclose
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import (
    auc,
    auc_interval,
    auc_variance,
    auc_within,
    calibration,
    g_index,
    gp_index,
    placement_values,
)

SUMS = 1e-12


def predictions(seed, n):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    y[:2] = 0, 1
    weight = rng.integers(0, 4, n)
    weight[:2] = 1
    return y, rng.integers(0, 12, n) / 12, weight


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(2, 60))
def test_auc_equals_scikit_learns(seed, n):
    y, p, weight = predictions(seed, n)
    assert_allclose(auc(y, p), roc_auc_score(y, p), rtol=0, atol=SUMS)
    expected = roc_auc_score(y, p, sample_weight=weight)
    assert_allclose(auc(y, p, weight=weight), expected, rtol=0, atol=SUMS)


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(2, 60))
def test_properties_of_the_auc(seed, n):
    y, p, weight = predictions(seed, n)
    value = auc(y, p, weight=weight)
    order = np.random.default_rng(seed).permutation(n)
    assert_allclose(auc(y[order], p[order], weight=weight[order]), value, rtol=0, atol=SUMS)
    rows = np.repeat(np.arange(n), weight)
    assert_allclose(auc(y[rows], p[rows]), value, rtol=0, atol=SUMS)
    assert_allclose(auc(1 - y, p, weight=weight), 1 - value, rtol=0, atol=SUMS)
    assert_allclose(auc(y, 1 - p, weight=weight), 1 - value, rtol=0, atol=SUMS)
    assert_allclose(auc(y, p**3, weight=weight), value, rtol=0, atol=SUMS)
    assert_allclose(auc(y, p, weight=2.5 * weight), value, rtol=0, atol=SUMS)


def test_auc_by_hand():
    # Pairs of an event and another: won, tied, won, lost.
    assert auc([1, 1, 0, 0], [0.8, 0.3, 0.3, 0.1]) == (1 + 1 + 0.5 + 1) / 4
    assert auc([1, 0], [0.5, 0.5]) == 0.5
    assert auc([1, 0], [0.1, 0.9]) == 0.0


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1], []])
def test_auc_needs_both_outcomes(y):
    assert math.isnan(auc(y, [0.5] * len(y)))


def test_auc_takes_what_looks_like_an_array():
    y, p = [False, True, True], [0.2, 0.4, 0.1]
    assert auc(y, p) == auc(pd.Series(y, dtype="boolean"), pd.Series(p)) == 0.5


@pytest.mark.parametrize(
    ("y", "p", "weight", "message"),
    [
        ([0, 1], [0.5], None, r"equally long; found shapes \(2,\), \(1,\) and \(1,\)"),
        ([0, 1], [[0.5, 0.5]], None, "one-dimensional"),
        ([0, 1], [0.5, 0.5], [1], r"and \(1,\)"),
        ([0, 2], [0.5, 0.5], None, r"Outcomes must be 0 or 1; found \[2\.\]"),
        ([0, np.nan], [0.5, 0.5], None, r"Outcomes must be 0 or 1; found \[nan\]"),
        (["no", "yes"], [0.5, 0.5], None, "Outcomes must be numbers .*'no'"),
        ([0, pd.NA], [0.5, 0.5], None, "Outcomes must be numbers .*NA"),
        ([0, 1], [0.5, 1.5], None, r"between 0 and 1; found \[1\.5\]"),
        ([0, 1], [0.5, np.nan], None, r"between 0 and 1; found \[nan\]"),
        ([0, 1], ["low", "high"], None, "Probabilities must be numbers"),
        ([0, 1], [0.5, 0.5], [1, -1], r"finite, 0 or larger; found \[-1\.\]"),
        ([0, 1], [0.5, 0.5], [1, np.inf], r"finite, 0 or larger; found \[inf\]"),
        ([0, 1], [0.5, 0.5], [1, np.nan], r"finite, 0 or larger; found \[nan\]"),
    ],
)
def test_input_that_is_none_is_refused(y, p, weight, message):
    with pytest.raises(ArgumentError, match=message):
        auc(y, p, weight=weight)


def interval_twin(value, events, others, level):
    """Hanley and McNeil 1982, equation 2, on the logit scale by the delta method."""
    q1, q2 = value / (2 - value), 2 * value**2 / (1 + value)
    variance = value * (1 - value)
    variance += (events - 1) * (q1 - value**2) + (others - 1) * (q2 - value**2)
    error = math.sqrt(variance / (events * others)) / (value * (1 - value))
    half = norm.ppf(1 - (1 - level) / 2) * error
    return [1 / (1 + math.exp(-x)) for x in (logit(value) - half, logit(value) + half)]


@settings(max_examples=100)
@given(
    value=floats(0.01, 0.99),
    events=integers(1, 500),
    others=integers(1, 500),
    level=floats(0.5, 0.99),
)
def test_the_interval_equals_its_formula(value, events, others, level):
    found = auc_interval(value, events, others, level=level)
    # The library's normal quantile has 14 digits.
    assert_allclose(
        [found.low, found.high], interval_twin(value, events, others, level), rtol=1e-9, atol=1e-300
    )
    assert 0 <= found.low <= value <= found.high <= 1


def test_the_interval_by_hand():
    # A = 0.8, 10 events, 20 others: Q1 = 2/3, Q2 = 32/45,
    # variance = (0.16 + 9 * 0.026667 + 19 * 0.071111) / 200 = 0.00875556, error 0.0935711,
    # on the logit scale 0.584820, times 1.959964 is 1.146225; logit(0.8) = 1.386294.
    found = auc_interval(0.8, 10, 20)
    assert_allclose([found.low, found.high], [0.559731, 0.926390], rtol=0, atol=2e-6)
    assert found.method == "logit_hanley_mcneil"


def test_events_and_others_change_places_with_the_direction():
    found, mirrored = auc_interval(0.7, 12, 90), auc_interval(0.3, 90, 12)
    assert_allclose([found.low, found.high], [1 - mirrored.high, 1 - mirrored.low], rtol=1e-12)


@pytest.mark.parametrize("value", [1 - 1e-7, 1 - 2**-53, 1e-7, 1e-300])
def test_an_auc_next_to_the_edge_has_an_interval(value):
    # As a corrected AUC can be: 0.9999999 is one lost pair in one of many replicates.
    found = auc_interval(value, 5, 5)
    assert 0 <= found.low <= value <= found.high <= 1


@pytest.mark.parametrize(
    "arguments",
    [(1.1, 5, 5), (-0.1, 5, 5), (math.nan, 5, 5), (0.7, 0, 5), (0.7, 5, 0), (0.0, 5, 5),
     (1.0, 5, 5)],
)  # fmt: skip
def test_an_interval_of_nothing_or_without_width_is_refused(arguments):
    with pytest.raises(ArgumentError, match="needs an AUC inside 0-1, events and non-events"):
        auc_interval(*arguments)


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(ArgumentError, match="level in 0-1"):
        auc_interval(0.7, 5, 5, level=level)


@settings(max_examples=60)
@given(seed=integers(0, 2**32 - 1), folds=integers(1, 5))
def test_auc_within_counts_pairs_of_one_fold(seed, folds):
    rng = np.random.default_rng(seed)
    y, p, fold = rng.integers(0, 2, 30), np.round(rng.random(30), 1), rng.integers(0, folds, 30)
    pairs = [
        0.5 * (np.sign(p[i] - p[j]) + 1)
        for i in range(30)
        for j in range(30)
        if y[i] == 1 and y[j] == 0 and fold[i] == fold[j]
    ]
    if pairs:
        assert_allclose(auc_within(y, p, fold), np.mean(pairs), rtol=1e-12)
        assert_allclose(auc_within(y, p, np.zeros(30)), auc(y, p), rtol=1e-12)


def test_auc_within_of_constant_models_is_a_half():
    # Each fold's model predicts the rate outside of the fold: pooled, that ranks backwards.
    y = np.array([1, 0, 0, 1, 1, 0])
    fold = np.array([0, 0, 0, 1, 1, 1])
    p = np.where(fold == 0, 2 / 3, 1 / 3)
    assert auc(y, p) < 0.5
    assert auc_within(y, p, fold) == 0.5
    assert math.isnan(auc_within(y, p, np.arange(6)))
    with pytest.raises(ArgumentError, match="a fold for each"):
        auc_within(y, p, [0, 1])


@settings(max_examples=40, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_the_g_indices_are_mean_distances_of_recalibrated_patients(seed):
    rng = np.random.default_rng(seed)
    p = expit(rng.normal(size=25))
    y = rng.integers(0, 2, 25)
    y[np.argsort(p)[[0, 1, -2, -1]]] = [1, 0, 1, 0]  # never separated
    fit = calibration(y, p)
    lp = fit.intercept + fit.slope * logit(p)
    i, j = np.triu_indices(25, 1)
    assert_allclose(g_index(y, p), np.abs(lp[i] - lp[j]).mean(), rtol=1e-9)
    assert_allclose(gp_index(y, p), np.abs(expit(lp)[i] - expit(lp)[j]).mean(), rtol=1e-9)
    order, weight = rng.permutation(25), rng.integers(1, 4, 25)
    assert_allclose(g_index(y[order], p[order]), g_index(y, p), rtol=1e-6)
    rows = np.repeat(np.arange(25), weight)
    assert_allclose(g_index(y, p, weight=weight), g_index(y[rows], p[rows]), rtol=1e-6)
    assert_allclose(gp_index(y, p, weight=weight), gp_index(y[rows], p[rows]), rtol=1e-6)


@pytest.mark.parametrize("index", [g_index, gp_index])
def test_the_g_index_of_a_constant_is_zero_and_of_a_separation_missing(index):
    assert index([0, 1, 0], [0.3, 0.3, 0.3]) == 0
    assert math.isnan(index([0, 0, 1], [0.1, 0.2, 0.3]))


@settings(max_examples=40)
@given(seed=integers(0, 2**32 - 1))
def test_delongs_variance_equals_that_of_the_placements(seed):
    rng = np.random.default_rng(seed)
    y, p = np.repeat([1, 0], [9, 14]), np.round(rng.random(23), 1)
    wins = 0.5 * (np.sign(p[y == 1][:, None] - p[y == 0][None, :]) + 1)
    expected = wins.mean(axis=1).var(ddof=1) / 9 + wins.mean(axis=0).var(ddof=1) / 14
    assert_allclose(auc_variance(y, p), expected, rtol=1e-10, atol=1e-15)
    assert math.isnan(auc_variance([1, 0, 0], [0.4, 0.2, 0.3]))


@settings(max_examples=60)
@given(seed=integers(0, 2**32 - 1))
def test_placement_values_are_shares_of_pairs(seed):
    y, p, _ = predictions(seed, 20)
    found = placement_values(y, p)
    for i in range(20):
        others = p[y != y[i]]
        right = p[i] - others if y[i] == 1 else others - p[i]
        assert_allclose(found[i], np.mean(0.5 * (np.sign(right) + 1)), rtol=0, atol=SUMS)
    for label in (0, 1):
        assert_allclose(found[y == label].mean(), auc(y, p), rtol=0, atol=SUMS)


def test_placement_values_need_both_outcomes():
    with pytest.raises(NotEstimable, match="with and without the event"):
        placement_values([1, 1], [0.2, 0.3])
