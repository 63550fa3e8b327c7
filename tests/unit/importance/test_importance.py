import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoarm.errors import ArgumentError
from twoarm.importance import partial_dependence, permutation_importance


def test_independent_normal_variables_share_as_their_squared_slopes():
    x = np.random.default_rng(0).normal(size=(4000, 3))
    shares = permutation_importance(lambda rows: rows @ [3.0, 1.0, 0.0], x, repeats=10)
    np.testing.assert_allclose(shares, [0.9, 0.1, 0.0], atol=0.01)


def test_a_benefit_that_depends_on_nothing_has_no_importance():
    x = np.random.default_rng(0).normal(size=(50, 2))
    np.testing.assert_array_equal(permutation_importance(lambda rows: rows[:, 0] * 0, x), [0, 0])


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**20), scale=st.floats(0.1, 10))
def test_shares_sum_to_one_and_ignore_the_benefits_scale_and_shift(seed, scale):
    rng = np.random.default_rng(seed)
    x, slope = rng.normal(size=(60, 4)), rng.normal(size=4)
    one = permutation_importance(lambda rows: rows @ slope, x, repeats=3, seed=seed)
    two = permutation_importance(lambda rows: scale * (rows @ slope) + 1, x, repeats=3, seed=seed)
    assert one.sum() == pytest.approx(1)
    np.testing.assert_allclose(one, two, rtol=1e-6)


def test_more_repeats_begin_with_the_fewer():
    x = np.random.default_rng(1).normal(size=(80, 2))
    seen = []

    def benefit(rows):
        seen.append(rows.copy())
        return rows[:, 0]

    permutation_importance(benefit, x, repeats=1, seed=4)
    first = list(seen)
    seen.clear()
    permutation_importance(benefit, x, repeats=3, seed=4)
    for one, two in zip(first, seen, strict=False):
        np.testing.assert_array_equal(one, two)


def test_no_repeat_is_an_error():
    with pytest.raises(ArgumentError, match="At least one repeat"):
        permutation_importance(lambda rows: rows[:, 0], np.zeros((3, 1)), repeats=0)


def test_partial_dependence_of_an_additive_benefit_is_its_own_part():
    x = np.random.default_rng(2).normal(size=(500, 2))
    curve = partial_dependence(lambda rows: 0.2 * rows[:, 0] + np.sin(rows[:, 1]), x, 0)
    expected = 0.2 * curve.values + np.sin(x[:, 1]).mean()
    np.testing.assert_allclose(curve.benefit, expected, atol=1e-12)
    assert curve.values.size == 25
    assert curve.values.min() > x[:, 0].min()


def test_partial_dependence_follows_each_level_of_a_variable_with_few():
    x = np.column_stack([np.repeat([0.0, 1.0, 2.0], 4), np.arange(12.0)])
    curve = partial_dependence(lambda rows: rows[:, 0] ** 2, x, 0)
    np.testing.assert_array_equal(curve.values, [0, 1, 2])
    np.testing.assert_array_equal(curve.benefit, [0, 1, 4])


def test_missing_values_are_no_point_of_the_curve():
    x = np.array([[np.nan], [1.0], [2.0]])
    curve = partial_dependence(lambda rows: rows[:, 0], x, 0)
    np.testing.assert_array_equal(curve.values, [1, 2])
