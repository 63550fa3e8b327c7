"""Rubin's rules by hand; imputations that keep what is known, its kinds and the effect."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from twoarm.diagnostics import (
    Absent,
    average_effect,
    identified,
    imputed,
    observation_weighted_effect,
    over_imputations,
    propensity,
    rubin,
)
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import Estimate, wald


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
def test_known_values_stay_and_new_ones_are_values_of_some_patient(seed):
    X, y, w, rng = patients(seed, n=120)
    holed = X.copy()
    hidden = rng.random(X.shape) < 0.2
    holed[hidden] = np.nan
    done = imputed(holed, w, y[:, None], rng=rng)
    np.testing.assert_array_equal(done[~hidden], X[~hidden])
    for k in range(X.shape[1]):
        assert set(done[hidden[:, k], k]) <= set(X[~hidden[:, k], k])


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


def levels(seed, n=900, share=0.79, columns=25):
    """A variable of six levels, most of it missing, among many columns (a kind of real cohort)."""
    rng = np.random.default_rng(seed)
    others = rng.normal(size=(n, columns))
    level = rng.choice(6, size=n, p=(0.45, 0.3, 0.15, 0.06, 0.03, 0.01))
    coded = (level[:, None] == np.arange(1, 6)).astype(float)
    w = (rng.random(n) < 1 / (1 + np.exp(-0.7 * others[:, 0] - 0.5 * (level == 2)))).astype(int)
    y = (rng.random(n) < 1 / (1 + np.exp(0.3 - 0.6 * others[:, 1] - 0.4 * w))).astype(float)
    holed = np.where((rng.random(n) < share)[:, None], np.nan, coded)
    sources = np.concatenate([np.arange(columns), np.full(5, columns)])
    return np.column_stack([others, coded]), np.column_stack([others, holed]), y, w, sources


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 2**20), st.floats(0.1, 0.79))
def test_a_variable_with_levels_gets_one_of_them(seed, share):
    _, holed, y, w, sources = levels(seed, n=300, share=share, columns=4)
    done = imputed(holed, w, y[:, None], rng=np.random.default_rng(seed), sources=sources)
    filled = np.isnan(holed[:, -1])
    np.testing.assert_array_equal(done[~filled], holed[~filled])
    assert set(done[filled, -5:].sum(axis=1)) <= {0.0, 1.0}
    known = {tuple(row) for row in holed[~filled, -5:]}
    assert {tuple(row) for row in done[filled, -5:]} <= known


def test_imputing_most_of_a_variable_does_not_run_away():
    # 79 % of a variable of six levels. Filled column by column, one in twenty had two of them;
    # filled from the own arm alone, rare levels decided about treatment (inflation 2.7 to 3.8).
    for seed in range(3):
        full, holed, y, w, sources = levels(seed)
        whole = average_effect(
            full, y, w, propensity=propensity(full, w).score, cross_fit=5, replicates=0
        )
        found = []
        for draw in range(3):
            rng = np.random.default_rng(draw)
            done = imputed(holed, w, y[:, None], rng=rng, sources=sources)
            score = propensity(done, w).score
            found.append(
                average_effect(done, y, w, propensity=score, cross_fit=5, replicates=0).aipw
            )
            assert identified(score, w, done).inflation < 2.6
        pooled = over_imputations(found)
        assert pooled.estimate == pytest.approx(whole.aipw.estimate, abs=whole.aipw.se)
        assert pooled.se < 2 * whole.aipw.se


def test_more_columns_than_known_patients_are_no_obstacle():
    rng = np.random.default_rng(7)
    X, w = rng.normal(size=(60, 40)), np.tile([0, 1], 30)
    holed = X.copy()
    holed[rng.random(60) < 0.5, 3] = np.nan
    done = imputed(holed, w, rng.integers(0, 2, (60, 2)).astype(float), rng=rng)
    assert np.isfinite(done).all()
    assert done[:, 3].std() < 2 * np.nanstd(holed[:, 3])


def test_a_data_set_without_an_average_leaves_no_pooled_one():
    told = Estimate(0.1, 0.05, 0.0, 0.2)
    assert over_imputations([told] * 5).estimate == pytest.approx(0.1)
    with pytest.raises(NotEstimable, match="1 of 3 completed data sets give none: no overlap"):
        over_imputations([told, Absent("no overlap"), told])
    with pytest.raises(NotEstimable, match="too few resamples"):
        over_imputations([told, wald(0.1)])


def test_outcomes_known_where_hardly_anybody_is_are_not_weighted_up():
    X, y, w, rng = patients(30, n=800)
    lost = rng.random(y.size) < 1 / (1 + np.exp(-4 * X[:, 0]))
    with pytest.raises(NotEstimable, match="depends so much on what was measured"):
        observation_weighted_effect(X, np.where(lost, np.nan, y), w, np.full(y.size, 0.5))
    few = rng.random(y.size) < 0.2
    decided = np.where(w == 1, 0.995, 0.005)
    with pytest.raises(NotEstimable, match="tells every treated patient from every control"):
        observation_weighted_effect(X, np.where(few, np.nan, y), w, decided)


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
        (
            lambda: imputed(
                [[np.nan, 1.0], [0.0, 1.0]] * 20,
                [0, 1] * 20,
                np.zeros((40, 1)),
                rng=None,
                sources=[0, 0],
            ),
            "missing in the same patients",
        ),
        (
            lambda: imputed(np.zeros((4, 2)), [0, 1] * 2, np.zeros((4, 1)), rng=None, sources=[0]),
            "one number a column",
        ),
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
