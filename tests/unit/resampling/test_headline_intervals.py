"""Intervals of the estimates to quote: by hand, by their properties, and why there is none."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats
from numpy.testing import assert_allclose
from scipy.special import expit, logit
from scipy.stats import norm

from twoarm.errors import NotEstimable
from twoarm.learners import Logistic
from twoarm.metrics import auc_variance, hanley_mcneil_variance, slope_variance
from twoarm.resampling import CrossValidated, ModelSpread, validate
from twoarm.resampling.headline_intervals import (
    AUC_LEARNING,
    AUC_SAMPLING,
    BRIER_LEARNING,
    BRIER_SAMPLING,
    SLOPE_SAMPLING,
    auc_headline_interval,
    auc_sampling_variance,
    brier_headline_interval,
    brier_sampling_variance,
    slope_headline_interval,
    slope_sampling_variance,
    with_intervals,
)

Z = norm.ppf(0.975)
areas = floats(0.02, 0.98)


def half_width(interval):
    return 0.5 * (logit(interval.high) - logit(interval.low))


def test_that_of_an_auc_by_hand():
    # DeLong: the events are ranked above 1/2 and all of the others, the others below 1/2 and all.
    outcome, risk = np.array([0, 0, 1, 1]), np.array([[0.1, 0.4, 0.35, 0.8], [0.1, 0.4, 0.8, 0.35]])
    sampling = auc_sampling_variance(outcome, risk)
    assert_allclose(sampling, 0.125 / 2 + 0.125 / 2, rtol=1e-12)
    found = auc_headline_interval(0.8, 0.00875556, 0.002)
    error = math.sqrt(AUC_SAMPLING * 0.00875556 + AUC_LEARNING * 0.002) / 0.16
    expected = expit(logit(0.8) + np.array([-Z, Z]) * error)
    assert_allclose([found.low, found.high], expected, rtol=1e-9)
    assert found.method == "logit_sampling_and_learning"


def test_the_sampling_variance_of_an_auc_is_the_mean_over_repeats():
    rng = np.random.default_rng(0)
    outcome = rng.integers(0, 2, 60)
    risk = expit(rng.normal(size=(3, 60)) + outcome)
    found = auc_sampling_variance(outcome, risk)
    assert_allclose(found, np.mean([auc_variance(outcome, each) for each in risk]), rtol=1e-12)
    assert math.isnan(auc_sampling_variance(outcome, risk[:0]))
    assert math.isnan(auc_sampling_variance(np.eye(60, dtype=int)[0], risk))


@given(value=areas, sampling=floats(1e-5, 0.004), spread=floats(1e-6, 0.001))
def test_more_spread_makes_it_wider_and_the_value_stays_its_middle(value, sampling, spread):
    narrow, wide = (auc_headline_interval(value, sampling, k * spread) for k in (1, 2))
    assert wide.low < narrow.low < value < narrow.high < wide.high
    assert_allclose(logit(wide.low) + logit(wide.high), 2 * logit(value), atol=1e-6)
    mirrored = auc_headline_interval(1 - value, sampling, spread)
    assert_allclose([1 - mirrored.high, 1 - mirrored.low], [narrow.low, narrow.high], rtol=1e-7)


def test_that_of_a_brier_score_by_hand():
    outcome, risk = np.array([0, 1, 1, 0]), np.array([[0.1, 0.4, 0.8, 0.5], [0.3, 0.4, 0.6, 0.3]])
    loss = np.array([(0.01 + 0.09) / 2, 0.36, (0.04 + 0.16) / 2, (0.25 + 0.09) / 2])
    sampling = brier_sampling_variance(outcome, risk)
    assert_allclose(sampling, loss.var(ddof=1) / 4, rtol=1e-12)
    found = brier_headline_interval(0.17, 0.0003, 0.0001)
    error = math.sqrt(BRIER_SAMPLING * 0.0003 + BRIER_LEARNING * 0.0001) / (0.17 * 0.83)
    expected = expit(logit(0.17) + np.array([-Z, Z]) * error)
    assert_allclose([found.low, found.high], expected, rtol=1e-9)


def test_that_of_a_slope_by_hand():
    found = slope_headline_interval(0.8, 0.01)
    factor = math.exp(Z * math.sqrt(SLOPE_SAMPLING * 0.01) / 0.8)
    assert_allclose([found.low, found.high], [0.8 / factor, 0.8 * factor], rtol=1e-9)


def test_the_sampling_variance_of_a_slope_is_the_median_of_the_repeats_that_have_one():
    rng = np.random.default_rng(0)
    outcome = rng.integers(0, 2, 60)
    risk = expit(rng.normal(size=(3, 60)) + outcome)
    separating = np.where(outcome == 1, 0.9, 0.1)
    found = slope_sampling_variance(outcome, np.vstack([risk, separating]))
    assert found == np.median([slope_variance(outcome, each) for each in risk])
    assert math.isnan(slope_sampling_variance(outcome, separating[None]))


@pytest.mark.parametrize(
    ("interval", "reason"),
    [
        (lambda: auc_headline_interval(1.0, 0.01, 0.0), "an AUC of exactly 0 or 1"),
        (lambda: auc_headline_interval(0.0, 0.01, 0.0), "an AUC of exactly 0 or 1"),
        (lambda: auc_headline_interval(0.7, 0.01, None), "fewer than 10 replicates"),
        (lambda: auc_headline_interval(0.7, math.nan, 0.01), "fewer than two events or two others"),
        (lambda: auc_headline_interval(0.7, 0.0, 0.01), "fewer than two events or two others"),
        (lambda: brier_headline_interval(0.0, 0.0, 0.0), "a Brier score of exactly 0 or 1"),
        (lambda: brier_headline_interval(0.2, 0.001, None), "fewer than 10 replicates"),
        (lambda: slope_headline_interval(0.8, 0.06 / SLOPE_SAMPLING), "more than a quarter"),
        (lambda: slope_headline_interval(0.8, math.nan), "more than a quarter"),
        (lambda: slope_headline_interval(-0.1, 0.0001), "not above 0"),
    ],
)
def test_no_interval_is_given_without_its_reason(interval, reason):
    with pytest.raises(NotEstimable, match=reason):
        interval()


@pytest.fixture(scope="module")
def validated():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(500, 3))
    y = (rng.random(500) < expit(1.5 * X[:, 0] - 0.5)).astype(int)
    return validate(Logistic(), X, y, replicates=30, cv_repeats=2, executor="serial")


def test_a_validation_gives_the_intervals_of_its_own_parts(validated):
    auc, brier, slope = validated.auc, validated.brier, validated.calibration.slope
    assert validated.spread.auc > 0
    sampling = auc_sampling_variance(validated.outcome, validated.cv.risk)
    assert auc.ci == auc_headline_interval(auc.headline, sampling, validated.spread.auc)
    sampling = brier_sampling_variance(validated.outcome, validated.cv.risk)
    assert brier.ci == brier_headline_interval(brier.headline, sampling, validated.spread.brier)
    sampling = slope_sampling_variance(validated.outcome, validated.cv.risk)
    assert slope.ci == slope_headline_interval(slope.headline, sampling)
    for metric in (auc, brier, slope):
        assert metric.ci.low < metric.headline < metric.ci.high
        assert metric.ci_reason == ""
    for name, metric in validated.metrics().items():
        assert (metric.ci is None) == bool(metric.ci_reason), name
    assert validated.scaled_brier.ci_reason == "no valid interval is known for it"


def test_without_a_headline_its_reason_is_that_of_the_interval(validated):
    missing = replace(validated.auc, headline=None, headline_reason="no repeat", ci=None)
    cv = CrossValidated(np.empty((0, 500)), np.empty((0, 500), dtype=np.int64))
    spread = ModelSpread(None, None)
    found = with_intervals(missing, missing, missing, validated.outcome, cv, spread)
    assert [(each.ci, each.ci_reason) for each in found] == [(None, "no repeat")] * 3


@pytest.mark.parametrize(("executor", "workers"), [("threads", 2), ("processes", 2)])
def test_the_executor_is_nothing_to_the_spread(executor, workers):
    rng = np.random.default_rng(4)
    X = rng.normal(size=(80, 3))
    y = (rng.random(80) < expit(X[:, 0])).astype(int)
    asked = {"replicates": 20, "cv_repeats": 1}
    found = validate(Logistic(), X, y, executor=executor, workers=workers, **asked)
    assert found.spread == validate(Logistic(), X, y, executor="serial", **asked).spread


def test_the_hanley_mcneil_variance_is_refused_where_it_says_nothing():
    assert hanley_mcneil_variance(1.0, 5, 5) == 0.0
    for arguments in ((1.1, 5, 5), (math.nan, 5, 5), (0.7, 0, 5), (0.7, 5, 0)):
        with pytest.raises(NotEstimable, match="needs an AUC of 0 to 1"):
            hanley_mcneil_variance(*arguments)
