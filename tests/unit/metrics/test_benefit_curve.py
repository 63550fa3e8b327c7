"""The calibration curve for benefit against its formula, statsmodels and its properties."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose

from twoarm.errors import ArgumentError
from twoarm.metrics import benefit_curve
from twoarm.metrics.least_squares import fitted_hc3

LIBRARY = 1e-8


def truncated_cubes(t, knots):
    """Restricted cubic spline as Harrell 2015, equation 2.25, writes it; unscaled."""
    first, before, last = knots[0], knots[-2], knots[-1]

    def cube(x):
        return np.maximum(x, 0.0) ** 3

    return (
        np.column_stack(
            [
                cube(t - knot)
                - cube(t - before) * (last - knot) / (last - before)
                + cube(t - last) * (before - knot) / (last - before)
                for knot in knots[:-2]
            ]
        )
        / (last - first) ** 2
    )


@settings(max_examples=15, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_equals_a_regression_on_harrells_spline_with_hc3_errors(seed):
    rng = np.random.default_rng(seed)
    t = rng.normal(0.2, 0.1, 200)
    phi = np.sin(5 * t) + rng.normal(size=200)
    knots = np.quantile(t, [0.05, 0.35, 0.65, 0.95])
    curve = benefit_curve(phi, t, points=9)

    def design(x):
        return np.column_stack([np.ones(x.size), x, truncated_cubes(x, knots)])

    fit = sm.OLS(phi, design(t)).fit(cov_type="HC3")
    at = fit.get_prediction(design(curve.predicted))
    assert_allclose(curve.observed, at.predicted, atol=LIBRARY)
    assert_allclose(curve.high - curve.observed, 1.959963984540054 * at.se, atol=LIBRARY)
    assert_allclose(curve.observed - curve.low, curve.high - curve.observed, atol=LIBRARY)
    assert_allclose(curve.predicted[[0, -1]], np.quantile(t, [0.025, 0.975]), atol=1e-15)


def test_a_straight_line_passes_as_it_is():
    t = np.linspace(-0.1, 0.4, 80)
    curve = benefit_curve(0.05 + 0.5 * t, t)
    assert_allclose(curve.observed, 0.05 + 0.5 * curve.predicted, atol=1e-12)
    assert_allclose(curve.low, curve.high, atol=1e-12)


def test_two_levels_of_benefit_give_a_line_through_their_means():
    t = np.repeat([0.1, 0.3], 20)
    phi = np.r_[np.tile([0.0, 0.2], 10), np.tile([0.2, 0.6], 10)]
    curve = benefit_curve(phi, t, points=2)
    assert_allclose(curve.observed, [0.1, 0.4], atol=1e-12)


def test_the_order_of_patients_does_not_matter():
    rng = np.random.default_rng(3)
    t, phi = rng.normal(size=60), rng.normal(size=60)
    order = rng.permutation(60)
    one, other = benefit_curve(phi, t), benefit_curve(phi[order], t[order])
    assert_allclose(one.observed, other.observed, atol=1e-10)
    assert_allclose(one.high, other.high, atol=1e-10)


def test_what_has_no_curve_is_refused():
    with pytest.raises(ArgumentError, match="too much alike"):
        benefit_curve(np.arange(10.0), np.full(10, 0.2))
    with pytest.raises(ArgumentError, match="too few"):
        benefit_curve([0.1, 0.2, 0.3], [0.1, 0.2, 0.3])
    with pytest.raises(ArgumentError, match="2 points"):
        benefit_curve(np.arange(10.0), np.arange(10.0), points=1)


def test_fitted_values_at_the_unit_vectors_are_the_coefficients():
    rng = np.random.default_rng(4)
    design, y = rng.normal(size=(30, 2)), rng.normal(size=30)
    value, se = fitted_hc3(design, y, np.eye(2))
    fit = sm.OLS(y, design).fit(cov_type="HC3")
    assert_allclose(value, fit.params, atol=LIBRARY)
    assert_allclose(se, fit.bse, atol=LIBRARY)


def test_limits_cover_the_truth_in_nineteen_of_twenty_samples():
    covered = []
    for seed in range(300):
        rng = np.random.default_rng([seed, 11])
        t = rng.uniform(0.0, 0.4, 150)
        phi = 0.1 + 0.8 * t + rng.normal(0, 0.2 + t, 150)  # noisier where more is predicted
        curve = benefit_curve(phi, t, points=5)
        truth = 0.1 + 0.8 * curve.predicted
        covered.append((curve.low <= truth) & (truth <= curve.high))
    assert (np.mean(covered, axis=0) > 0.91).all()  # 3 standard errors of 300 samples below 0.95
    assert (np.mean(covered, axis=0) < 0.99).all()
