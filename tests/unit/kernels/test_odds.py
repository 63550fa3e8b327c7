"""Exponential, logistic function and logarithm of odds, against wider numbers and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit as expit_twin

from twoarm.kernels.odds import decay, expit, expit_all, log_1_plus

ONE_UNIT = 1.0  # in the last place
EDGES = [0.0, -0.0, 5e-324, 1e-300, 0.5, 1.0, 36.8, 700.0, 707.99]

wider = pytest.mark.skipif(
    np.finfo(np.longdouble).nmant <= 52, reason="needs numbers wider than float64"
)


@wider
@given(x=floats(-708.0, 708.0))
def test_decay_is_right_to_one_unit_in_the_last_place(x):
    exact = np.exp(-abs(np.longdouble(x)))
    assert abs(decay(x) - exact) <= ONE_UNIT * np.spacing(np.float64(exact))


@wider
@pytest.mark.parametrize("x", EDGES)
def test_decay_holds_at_the_edges(x):
    exact = np.exp(-abs(np.longdouble(x)))
    for value in (x, -x):
        assert abs(decay(value) - exact) <= ONE_UNIT * np.spacing(np.float64(exact))


def test_decay_ends_in_zero_and_keeps_what_is_missing():
    assert [decay(x) for x in (709.0, -1e308, np.inf, -np.inf)] == [0.0] * 4
    assert decay(0.0) == 1.0
    assert np.isnan(decay(np.nan))


def test_decay_never_rises():
    x = np.sort(np.random.default_rng(1).uniform(0, 40, 20_000))
    found = np.array([decay(value) for value in x])
    assert (np.diff(found) <= 0).all()


def test_expit_equals_scipys():
    x = np.concatenate([np.linspace(-800, 800, 3001), [0.0, -0.0, 1e308, -1e308, np.inf, -np.inf]])
    # SciPy gives 0 below -709 already.
    assert_allclose(expit_all(x), expit_twin(x), rtol=1e-14, atol=1e-300)
    assert expit_all(np.array([-np.inf, 0.0, np.inf])).tolist() == [0.0, 0.5, 1.0]
    assert np.isnan(expit_all(np.array([np.nan]))).all()


@pytest.mark.parametrize("n", range(1, 12))
def test_a_row_has_the_same_digits_wherever_it_stands(n):
    # Rows that share an instruction and those that are left over at the end.
    x = np.random.default_rng(n).normal(size=n) * 5
    assert_array_equal(expit_all(x), [expit(value) for value in x])
    assert_array_equal(expit_all(np.repeat(x, 7)), np.repeat(expit_all(x), 7))


@given(e=floats(0.0, 1.0))
def test_log_1_plus_equals_the_librarys(e):
    # Below 1e-307 a number has fewer digits; `decay` gives none of those.
    assert_allclose(log_1_plus(e), np.log1p(e), rtol=1e-15, atol=1e-307)
