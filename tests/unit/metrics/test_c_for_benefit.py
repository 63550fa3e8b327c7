"""Concordance for benefit and its matching: brute force, by hand, and by their properties."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import mahalanobis

from twoarm.errors import ArgumentError
from twoarm.metrics import (
    brier_for_benefit,
    c_for_benefit,
    concordance_of_pairs,
    e_for_benefit,
    log_loss_for_benefit,
    match_pairs,
    model_based_c_for_benefit,
)

SUMS = 1e-12


def trial(seed, n=40, *, grid=None):
    rng = np.random.default_rng(seed)
    w = rng.permutation(np.arange(n) % 2)
    mu0, mu1 = rng.random(n), rng.random(n)
    if grid:
        mu0, mu1 = np.round(mu0 * grid) / grid, np.round(mu1 * grid) / grid
    return (rng.random(n) < np.where(w == 1, mu1, mu0)).astype(int), mu0, mu1, w


def slow_concordance(predicted, observed):
    won, total = 0.0, 0
    for i, j in itertools.permutations(range(observed.size), 2):
        if observed[i] > observed[j]:
            total += 1
            won += 1.0 if predicted[i] > predicted[j] else 0.5 * (predicted[i] == predicted[j])
    return won / total if total else math.nan


@settings(max_examples=40, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1))
def test_concordance_equals_counting_pairs_of_pairs(seed):
    y, mu0, mu1, w = trial(seed, grid=8)
    pairs = match_pairs(y, mu0, mu1, w, desirable=True, rng=np.random.default_rng(1))
    for prediction in ("mean_benefit", "arm_difference"):
        expected = slow_concordance(getattr(pairs, prediction), pairs.observed)
        assert_allclose(concordance_of_pairs(pairs, prediction), expected, atol=SUMS)


def slow_model_based(d, worse, better):
    same = 1 - worse - better
    won, total = 0.0, 0.0
    for j, t in itertools.permutations(range(d.size), 2):
        chance = worse[j] * (1 - worse[t]) + same[j] * better[t]
        total += chance
        won += chance * ((d[j] < d[t]) + 0.5 * (d[j] == d[t]))
    return won / total


@settings(max_examples=40, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_model_based_concordance_equals_the_double_sum(seed):
    rng = np.random.default_rng(seed)
    mu0, mu1 = rng.integers(0, 16, (2, 25)) / 16  # sixteenths are exact, so ties are
    true0, true1 = rng.random((2, 25))
    for updated in (None, (true0, true1)):
        p0, p1 = (mu0, mu1) if updated is None else updated
        expected = slow_model_based(mu1 - mu0, p0 * (1 - p1), p1 * (1 - p0))
        assert_allclose(model_based_c_for_benefit(mu0, mu1, updated=updated), expected, atol=1e-10)


def test_model_based_concordance_is_a_half_if_nobody_differs():
    assert_allclose(model_based_c_for_benefit([0.2] * 5, [0.4] * 5), 0.5, atol=SUMS)
    assert math.isnan(model_based_c_for_benefit([0.0, 0.0], [0.0, 0.0]))


@settings(max_examples=30, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_names_of_arms_and_outcomes_and_the_order_of_rows_do_not_matter(seed):
    y, mu0, mu1, w = trial(seed)
    order = np.random.default_rng(seed).permutation(y.size)
    for match_on, prediction in (("benefit", "mean_benefit"), ("benefit", "arm_difference")):
        how = {"match_on": match_on, "prediction": prediction}
        value = c_for_benefit(y, mu0, mu1, w, desirable=True, **how).estimate
        for other in (
            c_for_benefit(y, mu1, mu0, 1 - w, desirable=True, **how),
            c_for_benefit(1 - y, 1 - mu0, 1 - mu1, w, desirable=False, **how),
            c_for_benefit(y, mu0, mu1, w, desirable=False, **how),
            c_for_benefit(y[order], mu0[order], mu1[order], w[order], desirable=True, **how),
        ):
            assert_allclose(other.estimate, value, atol=SUMS, equal_nan=True)


def test_a_better_ranking_has_a_higher_concordance():
    rng = np.random.default_rng(4)
    n = 4000
    w = np.arange(n) % 2
    gain = rng.uniform(-0.4, 0.4, n)
    mu0, mu1 = 0.5 - gain / 2, 0.5 + gain / 2
    y = (rng.random(n) < np.where(w == 1, mu1, mu0)).astype(int)
    shuffled = rng.permutation(n)
    right = c_for_benefit(y, mu0, mu1, w, desirable=True).estimate
    chance = c_for_benefit(y, mu0[shuffled], mu1[shuffled], w, desirable=True).estimate
    wrong = c_for_benefit(y, mu1, mu0, w, desirable=True).estimate
    assert wrong < 0.45 < 0.47 < chance < 0.53 < 0.55 < right


def test_unequal_arms_are_subsampled_and_the_seed_decides():
    y, mu0, mu1, w = trial(3)
    keep = np.r_[np.flatnonzero(w == 0)[:12], np.flatnonzero(w == 1)]
    arrays = [a[keep] for a in (y, mu0, mu1, w)]
    first = c_for_benefit(*arrays, desirable=True, matchings=20, seed=5)
    again = c_for_benefit(*arrays, desirable=True, matchings=20, seed=5)
    more = c_for_benefit(*arrays, desirable=True, matchings=30, seed=5)
    other = c_for_benefit(*arrays, desirable=True, matchings=20, seed=6)
    assert_array_equal(first.matchings, again.matchings)
    assert_array_equal(first.matchings, more.matchings[:20])
    assert first.estimate != other.estimate
    assert first.matchings.std() > 0
    assert_allclose(first.estimate, first.matchings.mean(), atol=SUMS)
    pairs = match_pairs(*arrays, desirable=True, rng=np.random.default_rng(0))
    assert pairs.control.size == pairs.treated.size == 12
    assert np.unique(pairs.treated).size == 12


def test_matching_on_covariates_has_the_smallest_total_distance():
    rng = np.random.default_rng(8)
    w = np.array([0, 0, 0, 1, 1, 1, 1])
    X = rng.normal(size=(7, 2)) * (1, 50)
    mu0, mu1 = rng.random((2, 7))
    pairs = match_pairs(w, mu0, mu1, w, desirable=True, match_on="covariates", covariates=X)
    within = sum(
        (X[w == a] - X[w == a].mean(0)).T @ (X[w == a] - X[w == a].mean(0)) for a in (0, 1)
    )
    inverse = np.linalg.inv(within / 5)
    distance = {(i, j): mahalanobis(X[i], X[j], inverse) for i in range(3) for j in range(3, 7)}
    best = min(
        sum(distance[i, j] for i, j in enumerate(chosen))
        for chosen in itertools.permutations(range(3, 7), 3)
    )
    found = sum(distance[i, j] for i, j in zip(pairs.control, pairs.treated, strict=True))
    assert_allclose(found, best, atol=1e-10)
    assert c_for_benefit(
        [0, 1, 0, 1, 0, 1, 1], mu0, mu1, w, desirable=True, match_on="covariates", covariates=X
    ).matchings.shape == (1,)


def test_log_loss_and_brier_by_hand():
    # One pair, control 0.4 and treated 0.7 of a good outcome; only the treated had it.
    pairs = match_pairs([0, 1], [0.4, 0.4], [0.7, 0.7], [0, 1], desirable=True)
    gains, loses = 0.7 * 0.6, 0.3 * 0.4
    assert_allclose(log_loss_for_benefit(pairs), -math.log(gains), atol=SUMS)
    same = 1 - gains - loses
    assert_allclose(brier_for_benefit(pairs), ((1 - gains) ** 2 + same**2 + loses**2) / 2)
    harm = match_pairs([0, 1], [0.4, 0.4], [0.7, 0.7], [0, 1], desirable=False)
    assert harm.observed.tolist() == [-1.0]
    assert_allclose(log_loss_for_benefit(harm), log_loss_for_benefit(pairs), atol=SUMS)
    assert_allclose(brier_for_benefit(harm), brier_for_benefit(pairs), atol=SUMS)


def test_a_certain_and_wrong_prediction_costs_a_finite_amount():
    pairs = match_pairs([1, 0], [0.0, 0.0], [1.0, 1.0], [0, 1], desirable=True)
    assert_allclose(log_loss_for_benefit(pairs), -2 * math.log(0.001), atol=SUMS)
    assert brier_for_benefit(pairs) == 1.0


@settings(max_examples=20, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_e_for_benefit_turns_with_the_outcome(seed):
    y, mu0, mu1, w = trial(seed, 60)
    good = e_for_benefit(match_pairs(y, mu0, mu1, w, desirable=True))
    bad = e_for_benefit(match_pairs(1 - y, 1 - mu0, 1 - mu1, w, desirable=False))
    assert_allclose(
        (good.in_the_large, good.average, good.median, good.p90),
        (bad.in_the_large, bad.average, bad.median, bad.p90),
        atol=1e-8,
    )
    assert 0 <= good.median <= good.p90


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"match_on": "age"}, "'benefit', 'mu0' or 'covariates'; found 'age'"),
        ({"prediction": "mu0"}, "'mean_benefit' or 'arm_difference'"),
        ({"matchings": 0}, "at least 1; found 'mean_benefit' and 0"),
        ({"match_on": "covariates"}, r"of shape \(40, p\); found \(0, 0\)"),
        ({"match_on": "covariates", "covariates": np.ones((39, 1))}, r"found \(39, 1\)"),
    ],
)
def test_what_is_refused(change, message):
    with pytest.raises(ArgumentError, match=message):
        c_for_benefit(*trial(1), desirable=True, **change)


def test_what_does_not_fit_is_refused():
    y, mu0, mu1, w = trial(1)
    for arrays, message in (
        ((y[:-1], mu0, mu1, w), "one length"),
        ((y, mu0 + 1, mu1, w), "must lie in 0-1"),
        ((y + 1, mu0, mu1, w), "Outcomes must be 0 or 1"),
        ((y, mu0, mu1, np.zeros_like(w)), "patients in both arms"),
        ((y, np.where(w == 1, np.nan, mu0), mu1, w), "`mu0` must be complete"),
        (([], [], [], []), "at least 1"),
        (("a" * 4, mu0, mu1, w), "must be numbers"),
    ):
        with pytest.raises(ArgumentError, match=message):
            match_pairs(*arrays, desirable=True, rng=np.random.default_rng(0))
    with pytest.raises(ArgumentError, match="give `rng`"):
        match_pairs(y, mu0 * 0, mu1 * 0, w, desirable=True)
    with pytest.raises(ArgumentError, match="one length"):
        model_based_c_for_benefit(mu0, mu1, updated=(mu0[:3], mu1[:3]))
