"""Restricted cubic splines, against Harrell's formula in exact arithmetic and natural splines."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose, assert_array_equal
from scipy.interpolate import CubicSpline

from twoarm.kernels.columns import weighted_quantiles
from twoarm.kernels.data import Cases, Columns, one_fit
from twoarm.kernels.odds import expit_all
from twoarm.kernels.splines import expand, fit_linear, harrell_shares, knots_of, predict_linear

ROUNDING = 1e-11  # of the largest term; close knots far from 0 cost digits of x itself


def harrell_twin(x, knots):
    """Regression Modeling Strategies (2015), equation 2.25, divided by (t_k - t_1) squared."""
    x, t = Fraction(float(x)), [Fraction(float(knot)) for knot in knots]

    def cube(knot):
        return max(x - knot, 0) ** 3

    span = t[-1] - t[-2]
    return [
        (cube(t_j) - cube(t[-2]) * (t[-1] - t_j) / span + cube(t[-1]) * (t[-2] - t_j) / span)
        / (t[-1] - t[0]) ** 2
        for t_j in t[:-2]
    ]


def terms_of(x, knots):
    """Give the spline terms of one column, without the column itself."""
    rows = np.arange(x.size, dtype=np.uint32)
    return expand(np.array([x]), rows, np.array([knots]))[1:]


def random_knots(seed, n_knots):
    rng = np.random.default_rng(seed)
    scale, offset = 10.0 ** rng.integers(-9, 10), rng.normal() * 3
    return scale * (offset + np.sort(rng.normal(size=n_knots) + 0.1 * np.arange(n_knots))), scale


@settings(max_examples=100, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n_knots=integers(3, 7))
def test_terms_equal_harrells_formula(seed, n_knots):
    knots, scale = random_knots(seed, n_knots)
    inside = np.random.default_rng(seed).uniform(knots[0], knots[-1], 10)
    x = np.concatenate([knots, inside, [knots[0] - scale, knots[-1] + 3 * scale]])
    expected = np.array([[float(term) for term in harrell_twin(value, knots)] for value in x]).T
    found = terms_of(x, knots)
    assert_allclose(found, expected, rtol=0, atol=ROUNDING * abs(expected).max())


def test_the_tail_beyond_the_last_knot_keeps_its_digits():
    # As a difference of cubes it would have none left at a million spans.
    knots = np.array([1.0, 2.0, 3.5, 5.0])
    x = np.array([5.0, 6.0, 1e3, 1e6, 1e9, 1e12, 1e100])
    expected = np.array([[float(term) for term in harrell_twin(value, knots)] for value in x]).T
    assert_allclose(terms_of(x, knots), expected, rtol=1e-14)


@pytest.mark.parametrize("n_knots", [3, 4, 5, 6, 7])
def test_terms_are_the_natural_splines_through_their_own_values(n_knots):
    # A natural cubic spline is determined by its values at the knots.
    knots, _ = random_knots(n_knots, n_knots)
    x = np.linspace(knots[0], knots[-1], 200)
    for term, at_knots in zip(terms_of(x, knots), terms_of(knots, knots), strict=True):
        natural = CubicSpline(knots, at_knots, bc_type="natural")
        assert_allclose(term, natural(x), rtol=0, atol=1e-11 * abs(term).max())


@pytest.mark.parametrize("scale", [1e-12, 1e12, 1e-100, 1e100])
def test_terms_have_the_unit_of_the_column(scale):
    knots, x = np.array([0.0, 1.0, 2.0, 4.0]), np.array([-1.0, 0.5, 1.5, 3.0, 4.0, 7.0])
    assert_allclose(terms_of(x * scale, knots * scale), terms_of(x, knots) * scale, rtol=1e-14)


@pytest.mark.parametrize("n_knots", range(3, 8))
def test_knots_stand_at_harrells_percentiles(n_knots):
    shares = harrell_shares(n_knots)
    assert shares.size == n_knots
    assert_allclose(shares + shares[::-1], 1.0, rtol=0, atol=1e-12)  # symmetric
    assert harrell_shares(0).size == 0


def test_four_knots_stand_at_5_35_65_and_95_percent():
    assert harrell_shares(4).tolist() == [0.05, 0.35, 0.65, 0.95]


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(1, 60), n_knots=integers(3, 7))
def test_knots_are_the_distinct_weighted_quantiles(seed, n, n_knots):
    rng = np.random.default_rng(seed)
    values = np.array([rng.integers(0, levels, n) / 3.0 for levels in (1, 2, 4, 1000)])
    order = np.argsort(values, axis=1, kind="stable").astype(np.uint32)
    weight = rng.integers(0, 3, n).astype(np.float64)
    weight[0] = 1.0
    shares = harrell_shares(n_knots)
    for j, row in enumerate(knots_of(values, order, weight, shares)):
        distinct = np.unique(weighted_quantiles(values[j], order[j], weight, shares))
        expected = distinct if distinct.size >= 3 else []
        assert_array_equal(row[: len(expected)], expected)
        assert np.isnan(row[len(expected) :]).all()


def test_a_column_without_knots_stays_linear():
    values = np.array([[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]])
    knots = np.array([[np.nan, np.nan, np.nan], [5.0, 6.0, 7.0]])
    design = expand(values, np.array([2, 0], dtype=np.uint32), knots)
    assert_array_equal(design[:2], values[:, [2, 0]])
    assert design.shape[0] == 3


def fitted(values, cases, l1, l2, n_knots):
    """Fit to columns, which need no bins for that; the risk of the wanted is the prediction's."""
    order = np.argsort(values, axis=1, kind="stable").astype(np.uint32)
    codes, n_bins = np.zeros(values.shape, np.uint8), np.ones(len(values), np.int64)
    columns = Columns(values, order, codes, codes.ravel(), np.zeros((len(values), 63)), n_bins)
    risk = np.full(values.shape[1], np.nan)
    fit = fit_linear(columns, one_fit(cases), l1, l2, n_knots, risk)
    expected = expit_all(predict_linear(values, cases.wanted, fit))
    assert_array_equal(risk[cases.wanted], expected)
    assert np.isnan(np.delete(risk, cases.wanted)).all()
    return fit


def test_a_fit_speaks_in_the_columns_own_units():
    rng = np.random.default_rng(4)
    values = rng.normal(size=(2, 50)) * np.array([[1e6], [1e-6]]) + np.array([[1e7], [3.0]])
    members = np.arange(50, dtype=np.uint32)
    outcome = (rng.random(50) < 0.4).astype(np.int64)
    weight = rng.integers(1, 4, 50)
    fit = fitted(values, Cases(members, members[::2], outcome, weight), 0.0, 1.0, 4)
    assert fit.converged
    design = expand(values, members, fit.knots)
    lp = predict_linear(values, members, fit)
    assert_allclose(lp, fit.coefficient[0] + fit.coefficient[1:] @ design, rtol=0, atol=1e-9)


def separated(values, outcome, l2):
    values = np.array([values], dtype=np.float64)
    rows = np.arange(len(outcome), dtype=np.uint32)
    weight = np.ones(len(outcome), dtype=np.int64)
    return fitted(values, Cases(rows, rows[:0], np.array(outcome), weight), 0.0, l2, 0).separated


@pytest.mark.parametrize("l2", [0.0, 1.0, 100.0])
def test_a_sample_is_separated_if_all_events_rank_above_all_others(l2):
    assert separated([1, 2, 3, 4], [0, 0, 1, 1], l2)
    assert not separated([1, 2, 3, 4], [0, 1, 0, 1], l2)
    assert not separated([1, 2, 2, 4], [0, 0, 1, 1], l2) or l2 == 0.0
    assert not separated([1, 1, 1, 1], [0, 0, 1, 1], l2)


def test_a_sample_separated_in_part_is_told_by_its_runaway_predictor():
    # Nobody at 0 has the event; at 1 there are both.
    assert separated([0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 1, 1], 0.0)
    assert not separated([0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 1, 1], 1.0)


def test_a_far_patient_under_a_penalty_is_no_separation():
    values = [*range(20), 500]
    outcome = [*np.tile([0, 1], 10), 1]
    assert not separated(values, outcome, 1e-3)


def test_members_alone_decide_a_fit():
    rng = np.random.default_rng(5)
    values = rng.normal(size=(2, 40))
    members = np.arange(0, 40, 2, dtype=np.uint32)
    outcome, weight = rng.integers(0, 2, 40), rng.integers(1, 4, 40)
    changed = values.copy()
    changed[:, 1::2] = 1e6 * rng.normal(size=(2, 20))
    fits = [
        fitted(
            table,
            Cases(
                members,
                members[:0],
                np.where(np.isin(np.arange(40), members), outcome, filler),
                np.where(np.isin(np.arange(40), members), weight, filler),
            ),
            0.1,
            1.0,
            4,
        )
        for table, filler in ((values, 0), (changed, 7))
    ]
    assert_array_equal(fits[0].coefficient, fits[1].coefficient)
    assert_array_equal(fits[0].knots, fits[1].knots)
