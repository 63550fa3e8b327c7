"""Groups of a calibration that few events can carry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import integers
from numpy.testing import assert_allclose

from twoarm.metrics import calibration_groups, wilson


def sample(seed, n, share):
    rng = np.random.default_rng(seed)
    p = np.round(rng.beta(share * 4, (1 - share) * 4, n), 3)
    return (rng.random(n) < p).astype(int), p


@given(seed=integers(0, 10**6), n=integers(5, 400))
def test_groups_divide_the_patients_by_rising_risk(seed, n):
    y, p = sample(seed, n, 0.2)
    found = calibration_groups(y, p)
    assert found.n.sum() == n
    assert found.events.sum() == y.sum()
    assert (found.n > 0).all()
    assert (np.diff(found.predicted) > 0).all()
    assert found.predicted @ found.n == pytest.approx(p.sum())
    low, high = wilson(found.events / found.n, found.n)
    assert_allclose([found.low, found.high], [low, high])


def test_the_groups_are_those_cut_by_hand():
    p = np.array([0.05] * 20 + [0.5] * 4)
    y = np.array([1] + [0] * 19 + [1, 0, 1, 0])
    found = calibration_groups(y, p)  # p (1 - p) sums to 0.95 and 1.0: one group each
    assert found.n.tolist() == [20, 4]
    assert found.events.tolist() == [1, 2]
    assert_allclose(found.observed, [0.05, 0.5])


def test_the_number_of_groups_follows_the_rarer_outcome():
    for events, groups in ((4, 2), (12, 2), (15, 3), (25, 5), (200, 8)):
        n = 400
        p = np.linspace(0.3, 0.7, n)
        y = (np.arange(n) % max(1, n // events) == 0).astype(int)[:n]
        y[np.flatnonzero(y)[events:]] = 0
        assert calibration_groups(y, p).n.size == groups
        assert calibration_groups(1 - y, 1 - p).n.size == groups


def test_patients_with_one_risk_are_one_group():
    assert calibration_groups([0, 1, 0, 1], [0.5] * 4).n.tolist() == [4]
