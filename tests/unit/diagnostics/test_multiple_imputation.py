"""Rubin's rules by hand; imputations that keep what is known, its kinds and the effect."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from twoarm.diagnostics import average_effect, imputed, observation_weighted_effect, rubin
from twoarm.errors import ArgumentError


def test_rubins_rules_by_hand():
    # Estimates 1, 2, 4 with variances 1, 2, 3: mean 7/3, U = 2, B = 7/3 (sum of squares 14/3 over
    # 2), T = 2 + 4/3 * 7/3 = 46/9, df = 2 (1 + 2 / (28/9))^2 = 2 (46/28)^2.
    found = rubin([1.0, 2.0, 4.0], [1.0, 2.0, 3.0])
    assert found.estimate.estimate == pytest.approx(7 / 3)
    assert (found.within, found.between) == pytest.approx((2, 7 / 3))
    assert found.estimate.se**2 == pytest.approx(46 / 9)
    assert found.df == pytest.approx(2 * (46 / 28) ** 2)
    reach = student.ppf(0.975, found.df) * math.sqrt(46 / 9)
    assert found.estimate.high - found.estimate.estimate == pytest.approx(reach)


def test_equal_imputations_leave_the_plain_interval():
    found = rubin([0.3] * 20, [0.01] * 20).estimate
    assert found.se == pytest.approx(0.1)
    assert found.high == pytest.approx(0.3 + 1.959964 * 0.1, abs=1e-6)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=20), st.floats(0.001, 1))
def test_the_total_variance_is_never_below_the_mean_variance(estimates, variance):
    found = rubin(estimates, [variance] * len(estimates))
    assert found.estimate.se**2 >= variance - 1e-12


def patients(seed, n=600, share=0.0):
    """Patients of a trial; X[:, 0] decides on the outcome, and is hidden by outcome and arm."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=n), rng.integers(0, 2, n), rng.integers(0, 4, n)])
    w = rng.integers(0, 2, n)
    risk = 1 / (1 + np.exp(-(1.5 * X[:, 0] + 0.5 * X[:, 1] + 0.8 * w - 0.5)))
    y = (rng.random(n) < risk).astype(float)
    return X, y, w, rng


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**20))
def test_known_values_stay_and_new_ones_are_values_of_the_same_arm(seed):
    X, y, w, rng = patients(seed, n=120)
    holed = X.copy()
    hidden = rng.random(X.shape) < 0.2
    holed[hidden] = np.nan
    done = imputed(holed, w, y[:, None], rng=rng)
    np.testing.assert_array_equal(done[~hidden], X[~hidden])
    for arm in (0, 1):
        for k in range(X.shape[1]):
            known = set(X[(w == arm) & ~hidden[:, k], k])
            assert set(done[(w == arm) & hidden[:, k], k]) <= known


def test_nothing_missing_is_nothing_changed():
    X, y, w, rng = patients(1, n=60)
    np.testing.assert_array_equal(imputed(X, w, y[:, None], rng=rng), X)


def test_two_imputations_differ_and_a_seed_repeats_one():
    X, y, w, _ = patients(2)
    X[::4, 0] = np.nan
    first, second, again = (
        imputed(X, w, y[:, None], rng=np.random.default_rng(seed)) for seed in (1, 2, 1)
    )
    assert np.abs(first - second).max() > 0
    np.testing.assert_array_equal(first, again)
    # The columns of one imputation must not share their draws.
    X[::4, 1] = np.nan
    both = imputed(X, w, y[:, None], rng=np.random.default_rng(1))
    assert abs(np.corrcoef(both[::4, 0], both[::4, 1])[0, 1]) < 0.4


def test_it_restores_the_relation_with_the_outcome_that_a_median_dilutes():
    X, y, w, rng = patients(3, n=3000)
    holed = X.copy()
    hidden = rng.random(len(y)) < 0.4
    holed[hidden, 0] = np.nan
    truth = np.corrcoef(X[:, 0], y)[0, 1]
    draws = [imputed(holed, w, y[:, None], rng=np.random.default_rng(k)) for k in range(5)]
    found = np.mean([np.corrcoef(each[:, 0], y)[0, 1] for each in draws])
    filled = np.where(hidden, np.nanmedian(holed[:, 0]), X[:, 0])
    assert found == pytest.approx(truth, abs=0.03)
    assert np.corrcoef(filled, y)[0, 1] < truth - 0.05


def test_an_effect_by_complete_cases_is_off_and_by_imputation_is_not():
    # Hidden depending on arm and outcome: treated without the event are hidden most.
    errors = {"imputed": [], "complete": []}
    for seed in range(4):
        X, y, w, rng = patients(10 + seed, n=2000)
        truth = average_effect(X, y, w, replicates=0).aipw.estimate
        hidden = rng.random(y.size) < np.where((w == 1) & (y == 0), 0.6, 0.1)
        holed = X.copy()
        holed[hidden, 0] = np.nan
        done = imputed(holed, w, y[:, None], rng=rng)
        kept = ~hidden
        for name, part in (("imputed", (done, y, w)), ("complete", (X[kept], y[kept], w[kept]))):
            errors[name].append(average_effect(*part, replicates=0).aipw.estimate - truth)
    assert abs(np.mean(errors["imputed"])) < 0.015
    assert np.mean(errors["complete"]) > 0.08


def test_weights_for_unknown_outcomes_undo_a_loss_that_depends_on_what_is_known():
    crude, weighted, truths = [], [], []
    for seed in range(4):
        X, y, w, rng = patients(20 + seed, n=4000)
        truths.append(average_effect(X, y, w, replicates=0).aipw.estimate)
        lost = rng.random(y.size) < 1 / (1 + np.exp(-(2 * X[:, 0] * (2 * w - 1) - 1)))
        seen = np.where(lost, np.nan, y)
        kept = ~lost
        crude.append(y[kept & (w == 1)].mean() - y[kept & (w == 0)].mean())
        found = observation_weighted_effect(X, seen, w, np.full(y.size, 0.5), seed=seed)
        weighted.append(found.estimate)
        assert found.low < found.estimate < found.high
    assert np.mean(weighted) == pytest.approx(np.mean(truths), abs=0.02)
    assert abs(np.mean(crude) - np.mean(truths)) > 0.08


def test_weights_by_hand_without_predictors():
    # Constant X: means of the known outcomes of each arm, whatever the share known.
    y = np.array([1.0, 0.0, np.nan, 1.0] * 30 + [0.0, 0.0, 1.0, np.nan] * 30)
    w = np.repeat([1, 0], 120)
    found = observation_weighted_effect(np.zeros((240, 1)), y, w, np.full(240, 0.5), cross_fit=3)
    assert found.estimate == pytest.approx(2 / 3 - 1 / 3, abs=0.01)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: rubin([1.0], [1.0]), "at least 2"),
        (lambda: rubin([1.0, 2.0], [1.0, -1.0]), "0 or more"),
        (lambda: imputed(np.zeros((4, 1)), [0, 1], np.zeros((4, 1)), rng=None), "same number"),
        (
            lambda: imputed(np.full((40, 1), np.nan), [0, 1] * 20, np.zeros((40, 1)), rng=None),
            "known in 10 patients of each arm",
        ),
        (
            lambda: observation_weighted_effect(
                np.zeros((4, 1)), [0, 1, 0, 1], [0, 1] * 2, [0.5] * 4
            ),
            "Every outcome is known",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, problem):
    with pytest.raises(ArgumentError, match=problem):
        call()
