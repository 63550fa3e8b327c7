"""Calibration: against statsmodels, by hand, and by its properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose
from scipy.special import expit, logit
from statsmodels.nonparametric.smoothers_lowess import lowess as lowess_of_statsmodels

from twoarm.errors import ArgumentError
from twoarm.metrics import calibration, calibration_curve, ici_null, slope_variance

ITERATED = 1e-7  # both iterate, to their own tolerances
SUMS = 1e-9
ROUNDED_EDGES = 1e-4  # statsmodels treats points at the edge of a neighbourhood otherwise than R
seeds = integers(0, 2**32 - 1)


def predictions(seed, n=80, digits=None):
    """Give outcomes and overconfident predictions; with digits, many patients are tied."""
    rng = np.random.default_rng(seed)
    lp = rng.normal(-0.5, 1.2, n)
    y = (rng.random(n) < expit(lp)).astype(int)
    y[:2] = [0, 1]
    p = expit(1.5 * lp + rng.normal(0, 0.5, n))
    return y, p if digits is None else np.clip(np.round(p, digits), 0.05, 0.95)


def values(found):
    return [
        found.intercept, found.slope, found.in_the_large, found.ici, found.e50, found.e90,
        found.emax,
    ]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_the_variance_of_a_slope_equals_that_of_statsmodels(seed):
    y, p = predictions(seed)
    lp = logit(p)
    if lp[y == 1].min() > lp[y == 0].max():
        assert math.isnan(slope_variance(y, p))
        return
    fit = sm.GLM(y, sm.add_constant(lp), family=sm.families.Binomial()).fit(tol=1e-12, maxiter=200)
    assert_allclose(slope_variance(y, p), fit.bse[1] ** 2, rtol=1e-5)


def test_a_constant_prediction_has_no_slope_and_no_variance_of_it():
    assert math.isnan(slope_variance([0, 1, 1], [0.4, 0.4, 0.4]))


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_regressions_equal_those_of_statsmodels(seed):
    y, p = predictions(seed)
    weight = np.random.default_rng(seed).integers(0, 4, y.size)
    weight[:2] = 1
    found, lp = calibration(y, p, weight=weight), logit(p)
    binomial = sm.families.Binomial()
    joint = sm.GLM(y, sm.add_constant(lp), family=binomial, freq_weights=weight)
    separated = lp[(y == 1) & (weight > 0)].min() > lp[(y == 0) & (weight > 0)].max()
    if not separated:
        fit = joint.fit(tol=1e-12, maxiter=200)
        assert_allclose([found.intercept, found.slope], fit.params, rtol=1e-5, atol=ITERATED)
    large = sm.GLM(y, np.ones(y.size), family=binomial, offset=lp, freq_weights=weight)
    expected = large.fit(tol=1e-12, maxiter=200).params[0]
    assert_allclose(found.in_the_large, expected, rtol=1e-5, atol=ITERATED)


@settings(max_examples=40, deadline=None)
@given(seed=seeds, n=integers(40, 200))
def test_the_curve_equals_lowess_of_statsmodels(seed, n):
    y, p = predictions(seed, n)
    expected = lowess_of_statsmodels(
        y, p, frac=2 / 3, it=0, delta=0.01 * np.ptp(p), return_sorted=False
    )
    curve = calibration_curve(y, p)
    assert_allclose(curve, expected, rtol=0, atol=ROUNDED_EDGES)
    distance, found = np.abs(curve - p), calibration(y, p)
    assert_allclose(
        [found.ici, found.e50, found.e90, found.emax],
        [distance.mean(), *np.quantile(distance, [0.5, 0.9]), distance.max()],
        rtol=0,
        atol=SUMS,
    )


R_LOWESS = {
    # R 4.2.2: i <- 1:n; p <- (i * 0.6180339887498949) %% 1
    # y <- as.numeric(((i * i * 7) %% 11) / 11 < p^1.5); s <- lowess(p, y, iter = 0)
    # e <- abs(approx(s, xout = p)$y - p); mean(e); quantile(e, c(.5, .9)); max(e)
    5: [0.323606797750, 0.236067977500, 0.581966011250, 0.618033988750],
    12: [0.141736539741, 0.100152226588, 0.316946329926, 0.340217956249],
    90: [0.155502238064, 0.146749402932, 0.261970452443, 0.269134836911],
}


@pytest.mark.parametrize("n", R_LOWESS)
def test_the_distances_equal_those_of_lowess_in_r(n):
    i = np.arange(1, n + 1)
    p = (i * 0.6180339887498949) % 1
    y = ((i * i * 7) % 11 / 11 < p**1.5).astype(int)
    found = calibration(y, p)
    values = [found.ici, found.e50, found.e90, found.emax]
    assert_allclose(values, R_LOWESS[n], rtol=0, atol=1e-11)
    if n == 90:
        curve = [0.355181761983, 0.116001260901, 0.734027421931, 0.274420069418]
        assert_allclose(calibration_curve(y, p)[[0, 1, 2, 29]], curve, rtol=0, atol=1e-11)


@settings(max_examples=40, deadline=None)
@given(seed=seeds, digits=integers(1, 3))
def test_neither_the_order_of_rows_nor_their_form_matters(seed, digits):
    y, p = predictions(seed, digits=digits)
    rng = np.random.default_rng(seed)
    order, weight = rng.permutation(y.size), rng.integers(0, 3, y.size)
    weight[:2] = 1
    expected = values(calibration(y, p, weight=weight))
    shuffled = values(calibration(y[order], p[order], weight=weight[order]))
    assert_allclose(shuffled, expected, rtol=1e-6, atol=1e-9)
    rows = np.repeat(np.arange(y.size), weight)
    assert_allclose(values(calibration(y[rows], p[rows])), expected, rtol=1e-6, atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=seeds)
def test_the_other_outcome_has_the_same_calibration(seed):
    y, p = predictions(seed)
    found, other = calibration(y, p), calibration(1 - y, 1 - p)
    assert_allclose(other.slope, found.slope, rtol=1e-6)
    assert_allclose(other.intercept, -found.intercept, rtol=1e-6, atol=1e-8)
    assert_allclose(other.in_the_large, -found.in_the_large, rtol=1e-6, atol=1e-8)


def test_a_known_distortion_is_found():
    # Quarter by quarter the share of events is exactly p; then every logit is doubled and moved.
    p = np.repeat([0.2, 0.4, 0.6, 0.8], 10)
    y = np.concatenate([np.repeat([1, 0], [k, 10 - k]) for k in (2, 4, 6, 8)])
    ideal, distorted = calibration(y, p), calibration(y, expit(2 * logit(p) + 0.6))
    assert_allclose([ideal.intercept, ideal.slope, ideal.in_the_large], [0, 1, 0], atol=1e-9)
    assert_allclose([distorted.slope, distorted.intercept], [0.5, -0.3], atol=1e-8)
    assert distorted.in_the_large < 0
    assert distorted.ici > ideal.ici


def test_a_constant_prediction_has_calibration_in_the_large_only():
    found = calibration([0, 1, 0, 0], [0.5] * 4)
    assert math.isnan(found.slope)
    assert math.isnan(found.intercept)
    assert_allclose(found.in_the_large, logit(0.25), rtol=1e-9)
    assert_allclose([found.ici, found.emax], 0.25, rtol=1e-12)


@pytest.mark.parametrize("p", [[0.1, 0.2, 0.8, 0.9], [0.1, 0.2, 0.2, 0.9], [0.9, 0.8, 0.2, 0.1]])
def test_predictions_that_separate_have_no_finite_slope(p):
    found = calibration([0, 0, 1, 1], p)
    assert math.isnan(found.slope)
    assert math.isnan(found.intercept)
    assert math.isfinite(found.in_the_large)


def test_one_outcome_only_has_no_calibration_but_a_distance():
    found = calibration([0, 0, 0], [0.1, 0.2, 0.3])
    assert math.isnan(found.in_the_large)
    assert math.isnan(found.slope)
    assert_allclose(found.emax, 0.3, atol=1e-12)


def test_certain_predictions_have_a_finite_logit():
    found = calibration([0, 1, 1, 0], [0.0, 1.0, 0.0, 0.6])
    assert math.isfinite(found.slope)
    assert math.isfinite(found.in_the_large)


def test_shares_of_a_patient_are_refused():
    with pytest.raises(ArgumentError, match="count patients"):
        calibration([0, 1], [0.2, 0.6], weight=[0.5, 1])


def test_the_null_of_the_ici_is_that_of_a_plain_loop_and_covers_calibrated_predictions():
    rng = np.random.default_rng(4)
    p = expit(rng.normal(-1, 1, 150))
    loop = np.array([calibration(rng.random(150) < p, p).ici for _ in range(1000)])
    band = ici_null(p, draws=1000, seed=1)
    se = np.std(loop) / math.sqrt(1000)
    assert abs(band.mean - np.mean(loop)) < 4 * math.sqrt(2) * se
    assert 0.93 < np.mean((band.low <= loop) & (loop <= band.high)) < 0.97
    assert ici_null(p, draws=50, seed=3) == ici_null(p, draws=50, seed=3)
    distorted = calibration(rng.random(150) < p, np.clip(p + 0.25, 0, 1))
    assert distorted.ici > band.high
    with pytest.raises(ArgumentError, match="at least 2 draws"):
        ici_null(p, draws=1)
