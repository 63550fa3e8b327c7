"""The benefit in groups of one variable."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import integers
from numpy.testing import assert_allclose

from twoarm.errors import ArgumentError
from twoarm.importance import group_contrasts, value_groups
from twoarm.metrics import newcombe


def sample(seed, n=120):
    rng = np.random.default_rng(seed)
    w, y = rng.integers(0, 2, n), rng.integers(0, 2, n)
    return y, w, rng.normal(0.1, 0.5, n), rng.normal(0.1, 0.2, n), rng.integers(-1, 3, n)


@given(seed=integers(0, 10**6), n=integers(40, 200))
def test_groups_are_what_a_reader_counts_by_hand(seed, n):
    y, w, phi, t, group = sample(seed, n)
    for k, found in enumerate(group_contrasts(y, w, phi, t, group, desirable=True)):
        own = group == k
        for arm in (0, 1):
            assert found.n[arm] == (own & (w == arm)).sum()
            assert found.events[arm] == y[own & (w == arm)].sum()
        assert found.predicted == pytest.approx(t[own].mean())
        if found.adjusted is not None:
            half = 1.959963984540054 * phi[own].std(ddof=1) / np.sqrt(own.sum())
            assert found.adjusted.estimate == pytest.approx(phi[own].mean())
            assert found.adjusted.high - found.adjusted.estimate == pytest.approx(half)
        if found.crude is not None:
            expected = newcombe(found.events, found.n)
            assert (found.crude.low, found.crude.high) == (expected.low, expected.high)


def test_an_outcome_to_be_avoided_turns_the_crude_difference():
    y, w, phi, t, group = sample(5)
    good = group_contrasts(y, w, phi, t, group, desirable=True)
    bad = group_contrasts(1 - y, w, phi, t, group, desirable=False)
    for one, other in zip(good, bad, strict=True):
        assert_allclose(
            [one.crude.estimate, one.crude.low, one.crude.high],
            [other.crude.estimate, other.crude.low, other.crude.high],
            atol=1e-12,
        )


def test_nothing_is_adjusted_where_an_arm_has_nobody_with_the_event_or_nobody_without():
    w = np.repeat([0, 1], 4)
    (none,) = group_contrasts([0] * 4 + [0, 1, 0, 1], w, [0.1] * 8, [0.1] * 8, [0] * 8,
                              desirable=True)  # fmt: skip
    assert none.adjusted is None
    assert none.crude.estimate == pytest.approx(0.5)
    (empty,) = group_contrasts([0, 1], [1, 1], [0.1] * 2, [0.1] * 2, [0, 0], desirable=True)
    assert empty.crude is None
    (beyond,) = group_contrasts([0, 1] * 2, [0, 0, 1, 1], [2.0] * 4, [0.1] * 4, [0] * 4,
                                desirable=True)  # fmt: skip
    assert beyond.adjusted is None


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(ArgumentError, match="one outcome, arm, score"):
        group_contrasts([0, 1], [0, 1], [0.1], [0.1, 0.2], [0, 0], desirable=True)


@given(seed=integers(0, 10**6), groups=integers(2, 6))
def test_values_are_cut_in_order_and_equal_ones_stay_together(seed, groups):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 12, 50).astype(float)
    values[rng.random(50) < 0.1] = np.nan
    number = value_groups(values, groups)
    assert (number[np.isnan(values)] == -1).all()
    known = ~np.isnan(values)
    assert set(number[known]) == set(range(number.max() + 1))
    order = np.argsort(values[known], kind="stable")
    assert (np.diff(number[known][order]) >= 0).all()
    for value in np.unique(values[known]):
        assert np.unique(number[values == value]).size == 1


def test_different_values_make_groups_of_equal_size():
    assert np.bincount(value_groups(np.arange(20.0), 4)).tolist() == [5, 5, 5, 5]
