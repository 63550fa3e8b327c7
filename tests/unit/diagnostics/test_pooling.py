from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis.strategies import floats, integers
from numpy.testing import assert_allclose
from scipy.stats import t as student

from twoarm.diagnostics import pool
from twoarm.errors import ArgumentError


def random_centres(seed, k, spread):
    rng = np.random.default_rng(seed)
    se = rng.uniform(0.05, 0.5, k)
    return rng.normal(0.3, spread, k) + se * rng.standard_normal(k), se


def restricted_score(tau2, value, variance):
    """Derivative of the restricted log-likelihood (Viechtbauer 2005, equation 12), times two."""
    weight = 1 / (variance + tau2)
    mean = weight @ value / weight.sum()
    return weight**2 @ (value - mean) ** 2 - weight.sum() + (weight @ weight) / weight.sum()


@settings(deadline=None)  # the first call loads SciPy
@given(seed=integers(0, 2**32 - 1), k=integers(3, 12), spread=floats(0, 1))
def test_the_variance_between_centres_is_where_the_likelihood_is_flat_or_at_0(seed, k, spread):
    value, se = random_centres(seed, k, spread)
    tau2 = pool(value, se).tau2
    score = restricted_score(tau2, value, se**2)
    slope = abs(restricted_score(tau2 + 1e-6, value, se**2) - score)
    assert abs(score) <= 1e-6 + slope if tau2 > 0 else score <= 1e-9


@settings(deadline=None)
@given(seed=integers(0, 2**32 - 1), k=integers(2, 12), by=floats(-5, 5))
def test_pooling_moves_with_its_values_and_does_not_care_for_order(seed, k, by):
    value, se = random_centres(seed, k, 0.3)
    found, moved = pool(value, se), pool(value + by, se)
    turned = pool(value[::-1], se[::-1])
    assume(found.se > 1e-6)
    assert_allclose(moved.estimate, found.estimate + by, atol=1e-6)
    assert_allclose([turned.estimate, turned.low], [found.estimate, found.low], atol=1e-6)
    assert found.prediction_low <= found.low <= found.estimate
    assert found.estimate <= found.high <= found.prediction_high


def test_equal_errors_have_a_closed_form():
    # With equal errors REML is the sample variance minus the error's, and Hartung-Knapp's interval
    # is the t interval of the values.
    value = np.array([0.1, 0.5, 0.9, 1.4])
    found = pool(value, np.full(4, 0.2))
    assert_allclose(found.tau2, value.var(ddof=1) - 0.04, rtol=1e-6)
    assert_allclose(found.estimate, value.mean())
    half = student.ppf(0.975, 3) * value.std(ddof=1) / 2
    assert_allclose([found.low, found.high], [value.mean() - half, value.mean() + half])
    further = student.ppf(0.975, 3) * np.sqrt(found.tau2 + value.var(ddof=1) / 4)
    assert_allclose(found.prediction_high, value.mean() + further)


@settings(deadline=None)
@given(seed=integers(0, 2**32 - 1), k=integers(2, 12), spread=floats(0, 0.2))
def test_the_interval_is_never_narrower_than_that_of_the_errors_alone(seed, k, spread):
    value, se = random_centres(seed, k, spread)
    found = pool(value, se)
    alone = 1 / np.sqrt((1 / (se**2 + found.tau2)).sum())
    assert found.se >= alone * (1 - 1e-12)
    assert found.high - found.low >= 2 * student.ppf(0.975, k - 1) * alone * (1 - 1e-9)


@pytest.mark.parametrize(("scale", "there", "back"), [
    ("log", np.log, np.exp),
    ("logit", lambda x: np.log(x / (1 - x)), lambda x: 1 / (1 + np.exp(-x))),
])  # fmt: skip
def test_a_scale_is_the_delta_method_there_and_back(scale, there, back):
    value, se = np.array([0.8, 0.6, 0.7]), np.array([0.05, 0.04, 0.06])
    slope = 1 / value if scale == "log" else 1 / (value * (1 - value))
    found, raw = pool(value, se, scale=scale), pool(there(value), se * slope)
    for name in ("estimate", "low", "high", "prediction_low", "prediction_high"):
        assert_allclose(getattr(found, name), back(getattr(raw, name)))
    assert (found.tau2, found.se) == (raw.tau2, raw.se)


@pytest.mark.parametrize(
    ("value", "se", "options", "message"),
    [
        ([0.5], [0.1], {}, "at least two"),
        ([0.5, 0.6], [0.1], {}, "at least two"),
        ([0.5, 0.6], [0.1, 0.0], {}, "above 0"),
        ([0.5, np.nan], [0.1, 0.1], {}, "finite"),
        ([0.5, 1.0], [0.1, 0.1], {"scale": "logit"}, "have a logit"),
        ([0.5, 0.0], [0.1, 0.1], {"scale": "log"}, "have a logarithm"),
        ([0.5, 0.6], [0.1, 0.1], {"scale": "probit"}, "'raw', 'log' or 'logit'"),
        ([0.5, 0.6], [0.1, 0.1], {"level": 1.0}, "level"),
    ],
)
def test_what_cannot_be_pooled_is_refused(value, se, options, message):
    with pytest.raises(ArgumentError, match=message):
        pool(value, se, **options)
