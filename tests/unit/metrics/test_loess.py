"""Local regression: exact where it must be; R's values stand in tests/reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose

from twoarm.errors import ArgumentError
from twoarm.metrics import loess


@settings(max_examples=30, deadline=None)
@given(seed=integers(0, 2**32 - 1), degree=integers(1, 2), n=integers(12, 200))
def test_a_polynomial_of_the_degree_passes_as_it_is(seed, degree, n):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    coefficient = rng.normal(size=degree + 1)
    y = np.polynomial.polynomial.polyval(x, coefficient)
    assert_allclose(loess(x, y, degree=degree, span=0.5), y, atol=1e-7)


@settings(max_examples=20, deadline=None)
@given(seed=integers(0, 2**32 - 1))
def test_order_and_units_of_x_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    x, y = np.round(rng.random(50), 2), rng.integers(0, 2, 50)
    order = rng.permutation(50)
    smooth = loess(x, y)
    assert_allclose(loess(x[order], y[order]), smooth[order], atol=1e-9)
    assert_allclose(loess(100 * x - 7, y), smooth, atol=1e-8)


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (np.arange(9), {"span": 1.2}, r"span in \(0, 1\]"),
        (np.arange(9), {"degree": 3}, "degree 1 or 2; found 0.75 and 3"),
        (np.arange(3), {}, "needs 3 points at least"),
        (np.repeat([0.0, 1.0], [9, 1]), {}, "share the value 0"),
    ],
)
def test_what_cannot_be_smoothed_is_refused(x, options, message):
    with pytest.raises(ArgumentError, match=message):
        loess(x, np.ones(x.size), **options)
