"""The mean AUTOC over draws of folds: by hand, by its properties, and how often it rejects."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose
from scipy.stats import chi2

from twoarm.errors import ArgumentError
from twoarm.metrics import rate, rate_over_draws, targeting_weights
from twoarm.metrics.rate_over_draws import draw_weights

FOLDS = 5


def folds_of(rng, n, draws):
    return rng.permuted(np.tile(np.arange(n) % FOLDS, (draws, 1)), axis=1)


def data(seed, n=60, draws=4):
    rng = np.random.default_rng(seed)
    return rng.normal(size=n), rng.normal(size=(draws, n)), folds_of(rng, n, draws)


def values(found):
    return [found.mean.estimate, found.mean.se, found.mean.p, *(each.low for each in found.draws)]


@settings(max_examples=30, deadline=None)
@given(seed=integers(0, 2**32 - 1), levels=integers(1, 9))
def test_weights_give_the_areas_ties_and_all(seed, levels):
    rng = np.random.default_rng(seed)
    phi, priority = rng.normal(size=30), rng.integers(0, levels, 30)
    for target in ("autoc", "qini"):
        area = rate(phi, priority, target=target, priorities_out_of_sample=True, half_samples=2)
        weights = targeting_weights(priority, target)
        assert_allclose((weights * phi).mean(), area.estimate, atol=1e-12)
        assert_allclose(weights.mean(), 0.0, atol=1e-12)


def test_six_patients_by_hand():
    phi = np.array([0.4, -0.2, 0.9, 0.1, 0.5, -0.7])
    fold = np.array([[0, 0, 1, 1, 2, 2], [1, 2, 0, 2, 1, 0]])
    priority = np.array([[9.0, 9.0, 2.0, 1.0, 2.0, 1.0], [1.0, 2.0, 9.0, 1.0, 2.0, 9.0]])
    # Two patients in a fold: weights 1/2 and -1/2, halved; the area is (first - second) / 4, its
    # variance 2 (1/16) 2 ((first - second) / 2)^2 = ((first - second) / 4)^2, so t is +1 or -1.
    areas = np.array([[0.8, 1.2], [0.1, -0.3]]) / 4  # rows: draws; patients 2-3, 4-5; 4-0, 1-3
    t = np.array([2 / math.sqrt(2), 0.0])
    assert_allclose(np.sign(areas).sum(axis=1) / math.sqrt(2), t)
    precision = (1 / np.abs(areas)).sum(axis=1) / math.sqrt(2)
    found = rate_over_draws(phi, priority, fold=fold)
    assert_allclose([each.estimate for each in found.draws], t / precision, atol=1e-12)
    assert_allclose([each.se for each in found.draws], 1 / precision)
    # One degree of freedom: t varies by 1; its lower 95 % limit is 1 / 3.84.
    taken_off = t.var(ddof=1) / chi2.ppf(0.95, 1) / 2
    variance = min(1 - taken_off, 4 / 6 + 2 / 6 / 2)
    assert_allclose(found.mean.estimate, t.mean() / precision.mean())
    assert_allclose(found.mean.estimate / found.mean.se, t.mean() / math.sqrt(variance))
    assert_allclose(found.mean.p, math.erfc(t.mean() / math.sqrt(variance) / math.sqrt(2)))


@settings(max_examples=20, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_what_must_not_matter_does_not(seed):
    phi, priority, fold = data(seed)
    found = values(rate_over_draws(phi, priority, fold=fold))
    order = np.random.default_rng(seed).permutation(phi.size)
    patients = rate_over_draws(phi[order], priority[:, order], fold=fold[:, order])
    assert_allclose(values(patients), found, atol=1e-12)
    assert_allclose(values(rate_over_draws(phi + 3, priority, fold=fold)), found, atol=1e-9)
    unit = rate_over_draws(phi, np.exp(2 * priority), fold=fold)
    assert_allclose(values(unit), found, atol=1e-12)
    unread = np.where(fold == 0, np.nan, priority)
    assert_allclose(values(rate_over_draws(phi, unread, fold=fold)), found, atol=1e-12)
    turned = rate_over_draws(phi, priority[::-1], fold=fold[::-1]).mean
    assert_allclose((turned.estimate, turned.se), found[:2], atol=1e-12)
    worse = rate_over_draws(-phi, priority, fold=fold).mean
    assert_allclose((-worse.estimate, worse.se), found[:2], atol=1e-12)


def test_one_draw_is_its_own_test():
    phi, priority, fold = data(3, draws=1)
    found = rate_over_draws(phi, priority, fold=fold)
    one = found.draws[0]
    assert_allclose((found.mean.estimate, found.mean.se), (one.estimate, one.se))


def test_a_draw_that_ranks_nobody_says_nothing_and_counts():
    phi, priority, fold = data(4)
    silent = priority.copy()
    silent[0] = 1.0
    found = rate_over_draws(phi, silent, fold=fold)
    assert (found.draws[0].estimate, found.draws[0].se) == (0.0, 0.0)
    assert found.mean.se > 0.0
    nobody = rate_over_draws(phi, np.ones_like(priority), fold=fold)
    assert (nobody.mean.estimate, nobody.mean.se, nobody.mean.p) == (0.0, 0.0, 1.0)
    flat = rate_over_draws(np.ones_like(phi), priority, fold=fold)
    assert (flat.mean.estimate, flat.mean.se) == (0.0, 0.0)


@pytest.mark.parametrize("shape", [(60,), (4, 59), (3, 60)])
def test_arrays_that_do_not_fit_are_refused(shape):
    phi, _, fold = data(5)
    with pytest.raises(ArgumentError, match="a row a draw and a column for each of the 60 scores"):
        rate_over_draws(phi, np.zeros(shape), fold=fold)


def learnt(phi, x, fold):
    """Rank by the slopes of the scores on the predictors in the folds before."""
    priority = np.full(fold.shape, np.nan)
    for draw, numbers in enumerate(fold):
        for k in range(1, FOLDS):
            before, here = numbers < k, numbers == k
            slope = x[before].T @ (phi[before] - phi[before].mean())
            priority[draw, here] = x[here] @ slope
    return priority


@pytest.mark.seconds
def test_it_rejects_no_more_than_it_should_and_shared_half_samples_do():
    rng = np.random.default_rng(8)
    z, by_half_samples = [], []
    for _ in range(600):
        x, phi = rng.normal(size=(150, 4)), rng.normal(size=150)
        fold = folds_of(rng, 150, 10)
        priority = learnt(phi, x, fold)
        mean = rate_over_draws(phi, priority, fold=fold).mean
        weights = [draw_weights(phi, *each)[0] for each in zip(priority, fold, strict=True)]
        shared = np.mean(weights, axis=0)
        z.append(mean.estimate / mean.se)
        by_half_samples.append(shared @ phi / math.sqrt(shared**2 @ (phi - phi.mean()) ** 2))
    assert (np.array(z) > 1.96).mean() < 0.025 + 4 * math.sqrt(0.025 * 0.975 / 600)
    assert 0.6 < np.std(z) < 1.05
    assert np.std(by_half_samples) > 1.2
