"""Penalized logistic regression, against the conditions that mark its optimum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit as expit_twin

from twoarm.kernels.linear import penalized_logistic, standardise

# Of the gradient, in units of the total weight: the step that ends Newton's method is 1e-11.
OPTIMUM = 1e-9


def random_sample(seed, n, p):
    """A standardised design of p columns, outcomes of both classes, whole weights."""
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(p, n)) * 10.0 ** rng.integers(-3, 4, (p, 1))
    outcome = (rng.random(n) < expit_twin(rng.normal(size=n))).astype(np.float64)
    outcome[:4] = 0, 1, 0, 1
    weight = rng.integers(1, 4, n).astype(np.float64)
    standardise(design, weight)
    return design, outcome, weight


def fitted(design, outcome, weight, l1, l2, start=None):
    coefficient = np.zeros(design.shape[0] + 1) if start is None else start.copy()
    lp = np.empty(design.shape[1])
    converged = penalized_logistic(design, outcome, weight, l1, l2, coefficient, lp)
    return coefficient, lp, converged


def violation(design, outcome, weight, l1, l2, coefficient):
    """Give how far the subgradient stays away from zero, per unit of weight."""
    slopes = coefficient[1:]
    residual = weight * (outcome - expit_twin(coefficient[0] + slopes @ design))
    pull = design @ residual - l2 * slopes
    moved = abs(pull - l1 * np.sign(slopes))
    rested = np.maximum(abs(pull) - l1, 0.0)
    worst = np.where(slopes != 0, moved, rested).max(initial=0.0)
    return max(worst, abs(residual.sum())) / weight.sum()


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(1, 40))
def test_standardised_columns_have_mean_0_and_variance_1(seed, n):
    rng = np.random.default_rng(seed)
    given_columns = rng.normal(size=(3, n)) * np.array([[1e12], [1e-12], [1.0]]) + 1.0
    given_columns[2] = 7.25
    weight = rng.integers(0, 4, n).astype(np.float64)
    weight[0] = 1.0
    design = given_columns.copy()
    mean, scale = standardise(design, weight)
    assert_allclose(mean, np.average(given_columns, axis=1, weights=weight), rtol=1e-13)
    assert scale[2] == 0.0
    assert_array_equal(design[2], np.zeros(n))
    for j in np.flatnonzero(scale):
        assert_allclose(np.average(design[j], weights=weight), 0.0, atol=1e-3 if j == 1 else 1e-9)
        assert_allclose(np.average(design[j] ** 2, weights=weight), 1.0, rtol=1e-3)
        assert_allclose(design[j] * scale[j] + mean[j], given_columns[j], rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e-150, 1e-12, 1e12, 1e100])
def test_no_scale_makes_a_column_infinite(scale):
    design = np.array([[1.0, 2.0, 4.0, 1.0]]) * scale
    standardise(design, np.ones(4))
    assert np.isfinite(design).all()
    if scale > 1e-90:  # below, a column is called constant
        expected = (np.array([1.0, 2, 4, 1]) - 2) / np.sqrt(1.5)
        assert_allclose(design[0], expected, rtol=1e-12, atol=1e-15)


@settings(max_examples=150, deadline=None)  # the first call compiles
@given(
    seed=integers(0, 2**32 - 1),
    n=integers(20, 80),
    p=integers(1, 6),
    l1=sampled_from([0.0, 0.1, 1.0, 10.0, 1000.0]),
    l2=sampled_from([0.01, 1.0, 100.0]),
)
def test_the_fit_is_the_optimum(seed, n, p, l1, l2):
    design, outcome, weight = random_sample(seed, n, p)
    coefficient, lp, converged = fitted(design, outcome, weight, l1, l2)
    assert converged
    assert violation(design, outcome, weight, l1, l2, coefficient) < OPTIMUM
    assert_allclose(lp, coefficient[0] + coefficient[1:] @ design, rtol=0, atol=1e-10)
    if l1 == 1000.0:  # larger than any pull of 80 rows of weight 3
        assert_array_equal(coefficient[1:], np.zeros(p))


@settings(max_examples=50, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), l1=sampled_from([0.0, 1.0]))
def test_repeated_and_empty_columns_do_no_harm(seed, l1):
    design, outcome, weight = random_sample(seed, 60, 3)
    more = np.concatenate([design, design[:2], -design[:1], np.zeros((1, 60))])
    for l2 in (0.0, 1.0):
        coefficient, lp, _ = fitted(more, outcome, weight, l1, l2)
        assert violation(more, outcome, weight, l1, l2, coefficient) < OPTIMUM
        assert coefficient[-1] == 0.0
        if l2 == 0.0:  # the same predictions as without them
            assert_allclose(lp, fitted(design, outcome, weight, l1, l2)[1], rtol=0, atol=1e-6)


@pytest.mark.parametrize("l1", [0.0, 2.0])
def test_the_start_does_not_matter(l1):
    design, outcome, weight = random_sample(8, 60, 4)
    first, _, _ = fitted(design, outcome, weight, l1, 1.0)
    far = np.array([3.0, -4.0, 5.0, -6.0, 2.0])
    assert_allclose(fitted(design, outcome, weight, l1, 1.0, far)[0], first, rtol=0, atol=1e-9)


@pytest.mark.parametrize("l1", [0.0, 1e-9])
@pytest.mark.parametrize("seed", range(5))
def test_a_separated_sample_ends_in_a_finite_fit(seed, l1):
    design, outcome, weight = random_sample(seed, 30, 2)
    outcome = (design[0] + design[1] > 0).astype(np.float64)
    coefficient, lp, _ = fitted(design, outcome, weight, l1, 0.0)
    assert np.isfinite(coefficient).all()
    assert lp[outcome == 1].min() > lp[outcome == 0].max()


def test_more_columns_than_rows_need_a_penalty_only():
    design, outcome, weight = random_sample(2, 10, 25)
    coefficient, _, converged = fitted(design, outcome, weight, 0.0, 1.0)
    assert converged
    assert violation(design, outcome, weight, 0.0, 1.0, coefficient) < OPTIMUM
