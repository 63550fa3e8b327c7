"""RATE by its properties; grf's values stand in tests/reference."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import ttest_ind

from twoarm.errors import ArgumentError
from twoarm.metrics import rate, sequential_folds, targeting_curve, targeting_limits


def data(seed, n=40, levels=8):
    rng = np.random.default_rng(seed)
    return rng.normal(size=n), rng.integers(0, levels, n) / levels


def slow_curve(phi, priority):
    """Treat from the top; a group of ties is treated in all orders at once, that is by its mean."""
    mean = np.array([phi[priority == value].mean() for value in priority])
    order = sorted(range(phi.size), key=lambda i: -priority[i])
    return np.array([mean[order[:k]].mean() - phi.mean() for k in range(1, phi.size + 1)])


@settings(max_examples=40, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_the_curve_and_its_areas_equal_the_definition(seed):
    phi, priority = data(seed)
    gain = slow_curve(phi, priority)
    curve = targeting_curve(phi, priority)
    assert_allclose(curve.gain, gain, atol=1e-12)
    assert_allclose(curve.share, np.arange(1, 41) / 40)
    assert_allclose(curve.gain[-1], 0.0, atol=1e-12)
    for target, area in (("autoc", gain.mean()), ("qini", (curve.share * gain).mean())):
        found = rate(phi, priority, target=target, priorities_out_of_sample=True, half_samples=2)
        assert_allclose(found.estimate, area, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_rows_units_and_direction(seed):
    phi, priority = data(seed, levels=1000)
    order = np.random.default_rng(seed).permutation(phi.size)

    def value(phi, priority):
        return rate(phi, priority, priorities_out_of_sample=True, half_samples=2).estimate

    assert_allclose(value(phi[order], priority[order]), value(phi, priority), atol=1e-12)
    assert_allclose(value(phi, np.exp(3 * priority)), value(phi, priority), atol=1e-12)
    assert_allclose(value(2 * phi + 5, priority), 2 * value(phi, priority), atol=1e-12)


def test_the_standard_error_is_that_of_repeated_sampling():
    rng = np.random.default_rng(11)
    estimates, errors = [], []
    for draw in range(300):
        priority = rng.random(200)
        phi = priority + rng.normal(size=200)
        found = rate(phi, priority, priorities_out_of_sample=True, half_samples=50, seed=draw)
        estimates.append(found.estimate)
        errors.append(found.se)
    assert 0.88 < np.mean(errors) / np.std(estimates, ddof=1) < 1.12  # 2.5 standard errors of SD


@pytest.mark.seconds
def test_priorities_that_say_nothing_are_rejected_as_often_as_they_should():
    rng = np.random.default_rng(2)
    fold = np.repeat(np.arange(5), 40)
    rejected = 0
    for draw in range(300):
        found = rate(rng.normal(size=200), rng.random(200), fold=fold, half_samples=50, seed=draw)
        rejected += found.p < 0.05
    assert 0.01 < rejected / 300 < 0.10  # 4 standard errors about 5 %


def test_folds_are_put_together_by_their_t_statistics():
    phi, priority = data(7, 90, levels=1000)
    fold = np.repeat([0, 1, 2], 30)
    found = rate(phi, priority, fold=fold, seed=3)
    rows = fold == 1
    first = rate(phi[rows], priority[rows], priorities_out_of_sample=True, seed=3)
    silent = np.where(fold == 2, 0.0, priority)  # fold 2 ranks nobody: fold 1 alone counts
    alone = rate(phi, silent, fold=fold, seed=3)
    assert_allclose((alone.estimate, alone.se, alone.p), (first.estimate, first.se, first.p))
    second_alone = rate(phi, np.where(fold == 1, 0.0, priority), fold=fold, seed=3)
    t = (alone.estimate / alone.se + second_alone.estimate / second_alone.se) / math.sqrt(2)
    assert_allclose(found.estimate / found.se, t)
    assert_allclose(found.p, math.erfc(abs(t) / math.sqrt(2)))
    unread = np.where(fold == 0, np.nan, priority)
    assert rate(phi, unread, fold=fold, seed=3) == found


def test_a_ranking_of_nobody_is_nothing():
    found = rate([0.1, 0.5, 0.2], [1, 1, 1], priorities_out_of_sample=True)
    assert (found.estimate, found.se, found.p) == (0.0, 0.0, 1.0)


def test_whole_groups_are_drawn():
    phi, priority = data(5, 60, levels=1000)
    groups = np.repeat(np.arange(6), 10)
    phi = phi + np.repeat([0, 0, 0, 3, 3, 3], 10)
    priority = priority + groups
    plain = rate(phi, priority, priorities_out_of_sample=True)
    grouped = rate(phi, priority, priorities_out_of_sample=True, groups=groups)
    assert_allclose(grouped.estimate, plain.estimate)
    assert grouped.se > plain.se
    each = rate(phi, priority, priorities_out_of_sample=True, groups=np.arange(60)[::-1])
    assert_allclose(each.se, plain.se, rtol=0.25)


def test_sequential_folds_never_look_ahead():
    fold = np.array([2, 0, 1, 0, 2, 1])
    pairs = list(sequential_folds(fold))
    assert len(pairs) == 2
    for teaches, ranked in pairs:
        assert fold[teaches].max() < fold[ranked].min()
        assert np.unique(fold[ranked]).size == 1
    assert_array_equal(sum(ranked.astype(int) for _, ranked in pairs), fold > 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Say where the priorities come from"),
        ({"fold": [0, 1, 1], "priorities_out_of_sample": True}, "Say where"),
        ({"fold": [0, 0, 0]}, "two folds at least; found 1"),
        ({"fold": [0, 1]}, "Expected a fold for each score"),
        ({"priorities_out_of_sample": True, "target": "auc"}, "'autoc' or 'qini'"),
        ({"priorities_out_of_sample": True, "half_samples": 1}, "at least 2"),
        ({"fold": [0, 0, 1]}, "two patients"),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        rate([0.1, 0.2, 0.3], [3, 2, 1], **options)


def test_limits_of_the_targeting_curve_are_welchs():
    """The gain over all is the gain over the others times the share of the others."""
    rng = np.random.default_rng(8)
    scores, priority = rng.normal(size=40), rng.permutation(40)
    low, high = targeting_limits(scores, priority)
    ranked = scores[np.argsort(-priority)]
    for k in (2, 7, 20, 38):
        test = ttest_ind(ranked[:k], ranked[k:], equal_var=False)
        difference = ranked[:k].mean() - ranked[k:].mean()
        half = 1.959963984540054 * (1 - k / 40) * difference / test.statistic
        gain = ranked[:k].mean() - scores.mean()
        assert (low[k - 1], high[k - 1]) == pytest.approx((gain - half, gain + half))
    assert low[-1] == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(low[0])


def test_limits_do_not_depend_on_the_order_of_tied_patients():
    rng = np.random.default_rng(9)
    scores, priority = rng.normal(size=30), np.repeat([3, 2, 1], 10)
    order = rng.permutation(30)
    for one, other in zip(
        targeting_limits(scores, priority),
        targeting_limits(scores[order], priority[order]),
        strict=True,
    ):
        assert_allclose(one, other, atol=1e-12)
