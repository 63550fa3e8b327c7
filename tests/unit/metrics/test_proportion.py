"""Shares and their differences: against SciPy, and against the paper's own table."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import integers
from scipy.stats import binomtest

from twoarm.errors import ArgumentError
from twoarm.metrics import newcombe, wilson


@given(n=integers(1, 400), k=integers(0, 400))
def test_wilson_is_that_of_scipy(n, k):
    k = min(k, n)
    expected = binomtest(k, n).proportion_ci(method="wilson")
    low, high = wilson(k / n, n)
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), abs=1e-12)


# Newcombe RG. Stat Med 1998;17:873-890, Table II, method 10: events and patients of both groups
TABLE = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0),
    ((10, 10), (0, 10), 0.6075, 1.0),
]


@pytest.mark.parametrize(("first", "second", "low", "high"), TABLE)
def test_newcombe_gives_the_table_of_the_paper(first, second, low, high):
    found = newcombe((second[0], first[0]), (second[1], first[1]))
    assert found.estimate == pytest.approx(first[0] / first[1] - second[0] / second[1])
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)


def test_the_interval_turns_with_the_groups():
    one, other = newcombe((3, 9), (10, 12)), newcombe((9, 3), (12, 10))
    assert one.estimate == pytest.approx(-other.estimate)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


def test_nobody_and_impossible_numbers_are_refused():
    for events, n in (((0, 0), (0, 5)), ((6, 0), (5, 5)), ((-1, 0), (5, 5))):
        with pytest.raises(ArgumentError):
            newcombe(events, n)
    for share, n in ((1.2, 5), (0.5, 0), (np.array([0.1, -0.1]), 5)):
        with pytest.raises(ArgumentError):
            wilson(share, n)
