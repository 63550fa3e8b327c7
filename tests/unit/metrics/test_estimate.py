import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import norm

from twoarm.metrics import Estimate, finite, mean_estimate, wald

numbers = st.floats(-1.0, 1.0)


@given(numbers, st.floats(0.0, 1.0))
def test_the_interval_is_the_normal_one(estimate, se):
    found = wald(estimate, se)
    assert_allclose((found.low, found.high), estimate + norm.ppf((0.025, 0.975)) * se, atol=1e-12)
    assert found.excludes_zero == (found.low > 0.0 or found.high < 0.0)


def test_without_an_error_there_is_no_interval_and_nothing_is_excluded():
    found = wald(0.3)
    assert np.isnan([found.se, found.low, found.high]).all()
    assert not found.excludes_zero
    assert np.isnan(found.as_benefit(desirable=False).low)
    assert found.as_benefit(desirable=False).estimate == -0.3


def test_turned_limits_change_places():
    turned = Estimate(-0.05, 0.02, -0.09, -0.01).as_benefit(desirable=False)
    assert turned == Estimate(0.05, 0.02, 0.01, 0.09)
    assert turned.as_benefit(desirable=True) == turned


def test_a_mean_and_its_standard_error():
    values = np.array([0.0, 1.0, 1.0, 0.0])
    found = mean_estimate(values)
    assert (found.estimate, found.se) == (0.5, pytest.approx(math.sqrt(1 / 3) / 2))
    alone = mean_estimate(values[:1])
    assert alone.estimate == 0.0
    assert math.isnan(alone.se)


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_none(value):
    assert finite(value) is None


def test_a_number_stays_as_it_is():
    assert finite(0.25) == 0.25
