"""Calibration of benefit against statsmodels and scikit-learn, and by its properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import logit
from sklearn.isotonic import IsotonicRegression

from twoarm.errors import ArgumentError
from twoarm.metrics import (
    benefit_groups,
    benefit_slope,
    best_linear_predictor,
    centred_in_folds,
    group_effects,
    group_means,
    isotonic_benefit,
    logit_calibration,
)

LIBRARY = 1e-8


def trial(seed, n=300):
    rng = np.random.default_rng(seed)
    w = rng.integers(0, 2, n)
    w[:2] = 0, 1
    mu0 = rng.uniform(0.1, 0.8, n)
    mu1 = np.clip(mu0 + rng.normal(0.1, 0.1, n), 0.05, 0.95)
    return (rng.random(n) < np.where(w == 1, mu1, mu0)).astype(int), mu0, mu1, w


def numbers(coefficient):
    return coefficient.estimate, coefficient.se


@settings(max_examples=20, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_logit_calibration_equals_a_glm_with_offset(seed):
    y, mu0, mu1, w = trial(seed)
    z, d = np.where(w == 1, 1, -1), logit(mu1) - logit(mu0)
    offset = np.where(w == 1, logit(mu0), logit(mu1))
    design = np.stack([z, z * d], axis=1)
    glm = sm.GLM(y, design, family=sm.families.Binomial(), offset=offset).fit(tol=1e-12)
    found = logit_calibration(y, mu0, mu1, w, desirable=True)
    assert_allclose(numbers(found.intercept), (glm.params[0], glm.bse[0]), atol=1e-6)
    assert_allclose(numbers(found.slope), (glm.params[1], glm.bse[1]), atol=1e-6)
    bad = logit_calibration(1 - y, 1 - mu0, 1 - mu1, w, desirable=False)
    assert_allclose(bad.intercept.estimate, found.intercept.estimate, atol=1e-7)
    assert_allclose(bad.slope.estimate, found.slope.estimate, atol=1e-7)
    swapped = logit_calibration(y, mu1, mu0, 1 - w, desirable=True)
    assert_allclose(swapped.slope.estimate, found.slope.estimate, atol=1e-7)


def test_logit_calibration_of_the_truth_is_ideal():
    y, mu0, mu1, w = trial(5, 200_000)
    found = logit_calibration(y, mu0, mu1, w, desirable=True)
    assert abs(found.intercept.estimate) < 4 * found.intercept.se < 0.1
    assert abs(found.slope.estimate - 1) < 4 * found.slope.se < 0.1


def test_what_logit_calibration_cannot_do():
    with pytest.raises(ArgumentError, match="no finite solution"):
        logit_calibration(
            [0, 0, 1, 1], [0.5] * 4, [0.6, 0.6, 0.7, 0.8], [0, 0, 1, 1], desirable=True
        )
    same = logit_calibration([0, 1, 0, 1], [0.4] * 4, [0.6] * 4, [0, 0, 1, 1], desirable=True)
    assert math.isnan(same.slope.estimate)


@settings(max_examples=20, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_the_best_linear_predictor_equals_least_squares_with_hc3(seed):
    y, mu0, mu1, w = trial(seed)
    rng = np.random.default_rng(seed)
    m, e = rng.uniform(0.2, 0.6, y.size), rng.uniform(0.3, 0.7, y.size)
    t = mu1 - mu0
    design = np.stack([(w - e) * t.mean(), (w - e) * (t - t.mean())], axis=1)
    ols = sm.OLS(y - m, design).fit(cov_type="HC3", use_t=True)
    found = best_linear_predictor(y, w, m, e, t, desirable=True)
    assert_allclose(numbers(found.mean), (ols.params[0], ols.bse[0]), rtol=LIBRARY)
    assert_allclose(numbers(found.differential), (ols.params[1], ols.bse[1]), rtol=LIBRARY)
    two_sided = float(ols.pvalues[1])
    one_sided = two_sided / 2 if ols.tvalues[1] > 0 else 1 - two_sided / 2
    assert_allclose(found.p_differential, one_sided, atol=1e-10)
    bad = best_linear_predictor(1 - y, w, 1 - m, e, t, desirable=False)
    assert_allclose(numbers(bad.differential), numbers(found.differential), rtol=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_the_slope_equals_least_squares_with_hc3(seed):
    rng = np.random.default_rng(seed)
    t, fold = rng.normal(size=60), rng.integers(0, 5, 60)
    phi = 0.1 + 0.5 * t + rng.normal(size=60) * (1 + np.abs(t))
    for folds, centred in ((None, t - t.mean()), (fold, centred_in_folds(t, fold))):
        ols = sm.OLS(phi, sm.add_constant(centred)).fit(cov_type="HC3")
        found = benefit_slope(phi, t, fold=folds)
        assert_allclose(numbers(found.mean), (ols.params[0], ols.bse[0]), rtol=LIBRARY)
        assert_allclose(numbers(found.slope), (ols.params[1], ols.bse[1]), rtol=LIBRARY)
    assert_allclose(found.mean.estimate, phi.mean(), atol=1e-12)
    shifted = benefit_slope(phi, t + 3.0 * fold, fold=fold)  # levels of folds do not matter
    assert_allclose(numbers(shifted.slope), numbers(found.slope), rtol=1e-6)


def test_a_slope_of_nothing_is_not_a_number():
    found = benefit_slope([0.1, 0.5, 0.3], [0.2, 0.2, 0.2])
    assert math.isnan(found.slope.estimate)
    assert math.isnan(found.slope.se)
    assert_allclose(found.mean.estimate, 0.3)
    assert_allclose(found.mean.se, np.std([0.1, 0.5, 0.3], ddof=1) / math.sqrt(3) * math.sqrt(1.5))


def test_slope_interval_covers_zero_for_permuted_predictions():
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(400):
        found = benefit_slope(rng.normal(size=100), rng.normal(size=100)).slope
        covered += found.low < 0 < found.high
    assert 0.92 < covered / 400 < 0.98  # 4 standard errors about the nominal 95 %


@settings(max_examples=30, deadline=None)
@given(seed=integers(0, 2**32 - 1), groups=integers(2, 6))
def test_groups_are_equal_ordered_and_keep_everybody(seed, groups):
    rng = np.random.default_rng(seed)
    t, phi = rng.normal(size=61), rng.normal(size=61)
    number = benefit_groups(t, groups)
    sizes = np.bincount(number, minlength=groups)
    assert sizes.sum() == 61
    assert sizes.max() - sizes.min() <= 1
    assert (np.diff(number[np.argsort(t)]) >= 0).all()
    assert number[np.argmax(t)] == groups - 1  # the largest benefit is not dropped
    order = rng.permutation(61)
    assert_array_equal(benefit_groups(t[order], groups), number[order])
    found = group_effects(phi, t, groups=groups)
    assert_allclose(found.n @ found.estimate / 61, phi.mean(), atol=1e-12)
    top = phi[number == groups - 1]
    assert_allclose(found.se[-1], top.std(ddof=1) / math.sqrt(top.size))


def test_group_effects_by_hand():
    found = group_effects([0.0, 0.2, 0.5, 0.9], [1, 2, 3, 4], groups=2)
    assert_allclose(found.estimate, (0.1, 0.7))
    assert_allclose(found.se, (0.1, 0.2))
    assert_allclose(found.limits, ((0.1 - 0.196, 0.7 - 0.392), (0.1 + 0.196, 0.7 + 0.392)))
    assert_allclose((found.difference.estimate, found.difference.se), (0.6, math.sqrt(0.05)))
    assert_allclose(found.p, math.erfc(0.6 / math.sqrt(0.05) / math.sqrt(2)))
    assert_allclose(found.predicted, (1.5, 3.5))


def test_tied_patients_stay_in_one_group():
    assert benefit_groups([0.1, 0.1, 0.1, 0.2], 2).tolist() == [0, 0, 0, 1]
    with pytest.raises(ArgumentError, match="fewer than 2"):
        group_effects([1, 2, 3, 4], [0.1] * 4, groups=2)
    with pytest.raises(ArgumentError, match="2 to 4 groups; found 5"):
        benefit_groups([1, 2, 3, 4], 5)


def test_group_means_by_hand():
    X = np.array([[60, 0], [70, 1], [50, 1], [80, 1]], float)
    found = group_means(X, [1, 2, 3, 4], groups=2)
    assert_allclose(found.least, (65, 0.5))
    assert_allclose(found.most, (65, 1.0))
    assert_allclose(found.difference, (0, 0.5))
    assert_allclose(found.se, (math.sqrt(50 / 2 + 450 / 2), 0.5))
    with pytest.raises(ArgumentError, match=r"shape \(4, columns\); found \(3, 2\)"):
        group_means(X[:3], [1, 2, 3, 4], groups=2)


@settings(max_examples=30, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_isotonic_calibration_equals_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    t = rng.integers(0, 20, 50) / 20
    phi = rng.normal(t, 1.0)
    found = isotonic_benefit(phi, t)
    assert_allclose(found(t), IsotonicRegression().fit(t, phi).predict(t), atol=1e-10)
    assert (np.diff(found.calibrated) >= 0).all()
    assert_allclose(found(t).mean(), phi.mean(), atol=1e-10)
    assert_array_equal(found([-5.0, 5.0]), found.calibrated[[0, -1]])
