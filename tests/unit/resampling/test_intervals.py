"""Intervals, by hand and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import norm

from twoarm.errors import ArgumentError
from twoarm.metrics import auc_interval
from twoarm.resampling import (
    delong,
    harrell_2025,
    infinitesimal_jackknife,
    location_shifted,
    logit_normal,
)

Z = norm.ppf(0.975)


def test_location_shifted_by_hand():
    # The middle 90 % of 0 .. 100 is 5 .. 95; the estimate lies 10 below apparent.
    train = np.arange(101.0)
    train = np.append(train, np.nan)
    found = location_shifted(train, apparent=60.0, estimate=50.0, level=0.9)
    assert_allclose([found.low, found.high], [-5.0, 85.0])
    assert found.method == "location_shifted"


def test_harrells_interval_by_hand():
    # x = train - 1.25 test = 0 (ten times), 2 (ten), 7 (five): mean 2.2. The sum of squares below
    # the mean is 10 (2.2^2 + 0.2^2) over 19, above it 5 (4.8^2) over 4; the half above the mean
    # widens the interval downward, since a large optimism means a small truth.
    test = np.full(25, 4.0)
    train = 5.0 + np.repeat([0.0, 2.0, 7.0], [10, 10, 5])
    found = harrell_2025(train, test, 0.8)
    assert_allclose(found.low, 0.8 - Z * math.sqrt(5 * 4.8**2 / 4))
    assert_allclose(found.high, 0.8 + Z * math.sqrt(10 * (2.2**2 + 0.2**2) / 19))


@pytest.mark.parametrize("n", [0, 19])
def test_too_few_replicates_give_no_interval(n):
    values = np.linspace(0.7, 0.8, n)
    assert location_shifted(values, 0.8, 0.7) is None
    assert harrell_2025(values, values, 0.7) is None
    assert infinitesimal_jackknife(np.ones((n, 5)), values) is None


def test_delong_needs_two_of_each():
    assert delong([1, 0, 0], [0.4, 0.2, 0.3]) is None
    assert delong([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]) is None  # no variance
    assert delong([0, 0, 1, 1], [0.5, 0.5, 0.5, 0.5]) is None


def test_the_logit_interval_of_hanley_and_mcneils_variance_is_theirs():
    value, events, others = 0.8, 15, 60
    q1, q2 = value / (2 - value), 2 * value**2 / (1 + value)
    variance = (
        value * (1 - value) + (events - 1) * (q1 - value**2) + (others - 1) * (q2 - value**2)
    ) / (events * others)
    found, expected = logit_normal("x", value, variance), auc_interval(value, events, others)
    assert_allclose([found.low, found.high], [expected.low, expected.high], rtol=1e-12)
    assert logit_normal("x", 0.5, 0.0).low == 0.5
    with pytest.raises(ArgumentError, match="inside 0-1"):
        logit_normal("x", 1.0, 0.1)
    with pytest.raises(ArgumentError, match="inside 0-1"):
        logit_normal("x", 0.5, math.nan)


def test_the_infinitesimal_jackknife_of_the_bagged_mean_is_its_variance():
    rng = np.random.default_rng(2)
    x = rng.gamma(1.0, size=60)
    draws = np.array([np.bincount(rng.integers(0, 60, 60), minlength=60) for _ in range(5000)])
    values = draws @ x / 60
    values[:10] = np.nan
    assert_allclose(infinitesimal_jackknife(draws, values), x.var() / 60, rtol=0.1)


def test_replicates_of_pure_monte_carlo_noise_have_no_variance_to_show():
    rng = np.random.default_rng(3)
    draws = np.array([np.bincount(rng.integers(0, 50, 50), minlength=50) for _ in range(400)])
    variance = infinitesimal_jackknife(draws, rng.normal(size=400))
    assert variance is None or variance < 0.05
