import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import norm

from twoarm.metrics.normal import Z, two_sided_p, z_of


def test_the_quantile_of_95_percent_is_that_of_the_tables():
    # Abramowitz and Stegun, table 26.5: 1.95996 39845 40054
    assert z_of(0.95) == Z == pytest.approx(1.959963984540054, abs=1e-15)


@given(st.floats(0.01, 0.999))
def test_an_interval_of_a_level_holds_it(level):
    assert_allclose(norm.cdf(z_of(level)) - norm.cdf(-z_of(level)), level, rtol=1e-12)


@given(st.floats(-8.0, 8.0), st.floats(0.01, 2.0))
def test_the_p_value_is_the_mass_beyond_the_estimate_on_both_sides(estimate, se):
    assert_allclose(two_sided_p(estimate, se), 2 * norm.sf(abs(estimate) / se), rtol=1e-12)
    assert two_sided_p(-estimate, se) == two_sided_p(estimate, se)


def test_without_any_error_the_estimate_decides():
    assert two_sided_p(0.0, 0.0) == 1.0
    assert two_sided_p(0.1, 0.0) == 0.0
    assert np.isclose(two_sided_p(Z * 0.3, 0.3), 0.05)
