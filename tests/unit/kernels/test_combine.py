"""Weights of a stack's members, against SciPy and against the conditions that mark an optimum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from scipy.optimize import nnls as scipy_nnls
from scipy.special import expit, logit

from twoarm.kernels.combine import TRIM, combined, convex_loglik, discrete, nnls, trimmed_logit

# Of the gradient, in units of the total weight: steps end at 1e-11, and weights are of order 1.
OPTIMUM = 1e-8
SLSQP = 1e-6  # in units of the total weight: how well the library's optimiser finds the minimum

kinds = sampled_from(["random", "duplicates", "collinear", "constant", "near", "all the same"])


def random_members(seed, n_members, kind, n=40):
    """Out-of-fold predictions (members, rows), outcomes and weights."""
    rng = np.random.default_rng(seed)
    outcome = rng.integers(0, 2, n).astype(np.float64)
    outcome[:2] = 0, 1
    weight = rng.integers(1, 4, n).astype(np.float64)
    signal = rng.uniform(0, 2, (n_members, 1)) * (outcome - 0.5)
    logits = signal + rng.normal(size=(n_members, n))
    if kind == "duplicates":
        logits[n_members // 2 :] = logits[0]
    if kind == "collinear" and n_members > 2:
        logits[-1] = 0.5 * (logits[0] + logits[1])
    if kind == "constant":
        logits[0] = logit(np.average(outcome, weights=weight))
        logits[-1] = 0.3
    if kind == "near":
        logits = logits[:1] + 1e-9 * rng.normal(size=logits.shape)
    if kind == "all the same":
        logits[:] = 0.2
    return expit(logits), outcome, weight


def deviance(weights, risks, outcome, weight):
    lp = weights @ np.log(np.clip(risks, TRIM, 1 - TRIM) / (1 - np.clip(risks, TRIM, 1 - TRIM)))
    return (weight * (np.logaddexp(0, lp) - outcome * lp)).sum() / weight.sum()


def slope_of_deviance(weights, risks, outcome, weight):
    logits = logit(np.clip(risks, TRIM, 1 - TRIM))
    return logits @ (weight * (expit(weights @ logits) - outcome)) / weight.sum()


@settings(max_examples=150, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n_members=integers(1, 8), kind=kinds)
def test_convex_weights_meet_the_conditions_of_the_optimum(seed, n_members, kind):
    risks, outcome, weight = random_members(seed, n_members, kind)
    weights = convex_loglik(risks, outcome, weight)
    assert (weights >= 0).all()
    assert_allclose(weights.sum(), 1.0, rtol=0, atol=1e-12)
    slope = slope_of_deviance(weights, risks, outcome, weight)
    lowest = slope.min()
    assert (slope[weights > 1e-6] - lowest < OPTIMUM).all()


@settings(max_examples=40, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n_members=integers(1, 8), kind=kinds)
def test_convex_weights_are_not_beaten_by_slsqp(seed, n_members, kind):
    risks, outcome, weight = random_members(seed, n_members, kind)
    weights = convex_loglik(risks, outcome, weight)
    library = minimize(
        deviance,
        np.full(n_members, 1 / n_members),
        args=(risks, outcome, weight),
        jac=slope_of_deviance,
        method="SLSQP",
        bounds=[(0, 1)] * n_members,
        constraints={"type": "eq", "fun": lambda a: a.sum() - 1, "jac": np.ones_like},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    ours = deviance(weights, risks, outcome, weight)
    assert ours <= library.fun + 1e-12
    assert_allclose(ours, library.fun, rtol=0, atol=SLSQP)


@settings(max_examples=150, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n_members=integers(1, 8), kind=kinds)
def test_least_squares_weights_predict_as_scipys(seed, n_members, kind):
    risks, outcome, weight = random_members(seed, n_members, kind)
    raw = nnls(risks, outcome, weight)
    root = np.sqrt(weight)
    expected, _ = scipy_nnls((risks * root).T, outcome * root)
    assert (raw >= 0).all()
    assert_allclose(raw @ risks, expected @ risks, rtol=0, atol=1e-7)
    if kind == "random":  # elsewhere several sets of weights are equally good
        assert_allclose(raw, expected, rtol=0, atol=1e-8)


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n_members=integers(1, 8))
def test_weights_of_rows_are_repeated_rows(seed, n_members):
    risks, outcome, weight = random_members(seed, n_members, "random")
    rows = np.repeat(np.arange(outcome.size), weight.astype(int))
    ones = np.ones(rows.size)
    again = np.ascontiguousarray(risks[:, rows])
    for combine in (convex_loglik, nnls, discrete):
        found, expected = combine(risks, outcome, weight), combine(again, outcome[rows], ones)
        assert_allclose(found, expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("combine", [convex_loglik, nnls, discrete])
def test_one_member_gets_everything(combine):
    risks, outcome, weight = random_members(1, 1, "random")
    found = combine(risks, outcome, weight)
    assert found / found.sum() == 1.0


def test_members_that_cannot_help_get_nothing():
    outcome = np.tile([0.0, 1.0], 20)
    good = np.where(outcome == 1, 0.7, 0.3)
    risks = np.stack([1 - good, good, np.full(40, 0.5)])
    assert_allclose(convex_loglik(risks, outcome, np.ones(40)), [0, 1, 0], rtol=0, atol=1e-12)
    assert_array_equal(discrete(risks, outcome, np.ones(40)), [0, 1, 0])


def test_least_squares_gives_nothing_if_every_member_points_the_wrong_way():
    outcome = np.array([1.0, 0.0, 0.0, 0.0])
    assert_array_equal(nnls(np.array([[0.0, 0.3, 0.4, 0.2]]), outcome, np.ones(4)), [0.0])


def test_the_first_of_equal_members_is_the_best_one():
    outcome = np.array([0.0, 1.0, 1.0])
    risks = np.array([[0.5, 0.5, 0.5], [0.2, 0.9, 0.8], [0.2, 0.9, 0.8]])
    assert_array_equal(discrete(risks, outcome, np.ones(3)), [0, 1, 0])
    assert_array_equal(convex_loglik(risks, outcome, np.ones(3)), [0, 1, 0])


@settings(max_examples=60, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n_members=integers(1, 8))
def test_the_best_member_has_the_smallest_brier_score(seed, n_members):
    risks, outcome, weight = random_members(seed, n_members, "random")
    scores = [np.average((outcome - risk) ** 2, weights=weight) for risk in risks]
    assert np.flatnonzero(discrete(risks, outcome, weight)).tolist() == [np.argmin(scores)]


def test_combined_probabilities_are_mean_logits_or_mean_probabilities():
    risks = np.array([[0.2, 0.0, 1.0], [0.6, 0.5, 0.9], [np.nan, np.nan, np.nan]])
    weights = np.array([0.25, 0.75, 0.0])  # a member without weight is not read
    kept = np.clip(risks[:2], TRIM, 1 - TRIM)
    assert_allclose(combined(weights, risks, True), expit(weights[:2] @ logit(kept)), rtol=1e-14)
    assert_allclose(combined(weights, risks, False), weights[:2] @ risks[:2], rtol=1e-14)


@pytest.mark.parametrize("risk", [0.0, 1e-300, 0.0005, 0.5, 0.9995, 1.0])
def test_logits_are_trimmed(risk):
    assert_allclose(trimmed_logit(risk), logit(np.clip(risk, 0.001, 0.999)), rtol=1e-12)
