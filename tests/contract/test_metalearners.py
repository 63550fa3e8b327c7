"""One contract for all metalearners: a new one adds a line."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression

from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Boosting, Logistic, Stack
from twoarm.metalearners import (
    DRLearner,
    PenalizedInteraction,
    Predictors,
    RiskModel,
    RLearner,
    SLearner,
    TLearner,
    XLearner,
    metalearner,
)

OVER_A_BASE = {
    "t": TLearner,
    "s": SLearner,
    "x": XLearner,
    "r": RLearner,
    "dr": DRLearner,
    "risk": RiskModel,
}
NO_BASE = {
    "penalized interaction": lambda base, **settings: PenalizedInteraction(**settings),
    "averaged interaction": lambda base, **settings: PenalizedInteraction(
        averaged=True, main_penalty=10.0, **settings
    ),
}
LEARNERS = {**OVER_A_BASE, **NO_BASE}

each_learner = pytest.mark.parametrize("learner", LEARNERS.values(), ids=LEARNERS)
each_over_a_base = pytest.mark.parametrize("learner", OVER_A_BASE.values(), ids=OVER_A_BASE)
ROUNDING = 1e-8  # Newton's method stops at steps of 1e-11


def trial(n, seed=8):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=n), rng.integers(0, 2, n), rng.normal(size=n)])
    w = (rng.random(n) < 1 / (1 + np.exp(-0.4 * X[:, 0]))).astype(int)
    y = (rng.random(n) < 1 / (1 + np.exp(-0.5 - X[:, 0] - w * X[:, 1]))).astype(float)
    return X, y, w


X, Y, W = trial(300)


@each_learner
def test_swapping_the_arms_turns_the_sign_and_swaps_the_risks(learner):
    one = learner(Logistic(), desirable=True).fit(X, Y, treatment=W).effects(X)
    other = learner(Logistic(), desirable=True).fit(X, Y, treatment=1 - W).effects(X)
    assert one.benefit.std() > 0
    assert_allclose(one.benefit, -other.benefit, atol=ROUNDING)
    assert_allclose(one.mu0, other.mu1, atol=ROUNDING)


@each_learner
def test_the_opposite_outcome_has_the_opposite_effect(learner):
    one = learner(Logistic(), desirable=True).fit(X, Y, treatment=W).effects(X)
    opposite = learner(Logistic(), desirable=True).fit(X, 1 - Y, treatment=W).effects(X)
    assert_allclose(one.benefit, -opposite.benefit, atol=ROUNDING)
    unwanted = learner(Logistic(), desirable=False).fit(X, 1 - Y, treatment=W).effects(X)
    assert_allclose(one.benefit, unwanted.benefit, atol=ROUNDING)


@each_learner
@pytest.mark.parametrize("desirable", [True, False])
def test_risks_are_probabilities_and_differ_by_the_benefit(learner, desirable):
    effects = learner(Logistic(), desirable=desirable).fit(X, Y, treatment=W).effects(X)
    risks = np.array([effects.mu0, effects.mu1])
    assert risks.min() >= 0
    assert risks.max() <= 1
    inside = ((risks > 0) & (risks < 1)).all(axis=0)
    assert inside.mean() > 0.9
    difference = risks[1] - risks[0] if desirable else risks[0] - risks[1]
    assert_allclose(difference[inside], effects.benefit[inside], atol=1e-12)


@each_learner
def test_patients_without_an_outcome_are_predicted_and_not_learnt_from(learner):
    holes = Y.copy()
    holes[:60] = np.nan
    with_them = learner(Logistic(), desirable=True, seed=3).fit(X, holes, treatment=W)
    without = learner(Logistic(), desirable=True, seed=3).fit(X[60:], Y[60:], treatment=W[60:])
    assert_allclose(with_them.effects(X).benefit, without.effects(X).benefit, atol=ROUNDING)
    unseen = learner(Logistic(), desirable=True).cross_fitted(X, holes, treatment=W, folds=4)
    assert np.isfinite(unseen.benefit).all()


@each_learner
def test_a_patients_own_outcome_does_not_reach_the_cross_fitted_prediction(learner, monkeypatch):
    def folds_of_the_row(strata, folds, _):
        return np.arange(len(strata)) % folds

    monkeypatch.setattr(metalearner, "fold_numbers", folds_of_the_row)
    patient = 17
    changed = Y.copy()
    changed[patient] = 1 - Y[patient]
    make = learner(Logistic(), desirable=True)
    before = make.cross_fitted(X, Y, treatment=W, folds=5)
    after = make.cross_fitted(X, changed, treatment=W, folds=5)
    same_fold = np.arange(W.size) % 5 == patient % 5
    for name in ("mu0", "mu1", "benefit"):
        one, other = getattr(before, name), getattr(after, name)
        assert_allclose(one[same_fold], other[same_fold], atol=1e-14)
    assert (before.benefit[~same_fold] != after.benefit[~same_fold]).any()


@each_learner
def test_cross_fitted_effects_are_those_of_a_fit_without_the_fold(learner, monkeypatch):
    monkeypatch.setattr(metalearner, "fold_numbers", lambda strata, *_: np.arange(len(strata)) % 2)
    base = Logistic()
    found = learner(base, desirable=True).cross_fitted(X, Y, treatment=W, folds=2)
    odd, even = np.arange(W.size) % 2 == 1, np.arange(W.size) % 2 == 0
    alone = learner(base, desirable=True).fit(X[odd], Y[odd], treatment=W[odd]).effects(X[even])
    correlation = np.corrcoef(found.benefit[even], alone.benefit)[0, 1]
    assert correlation > 0.9  # seeds of inner folds differ, patients do not


@each_learner
def test_a_refit_is_a_fresh_fit_to_those_patients_and_leaves_the_learner_as_it_is(learner):
    make = learner(Logistic(), desirable=False, seed=4).fit(X, Y, treatment=W)
    before = make.effects(X).benefit
    learnt, wanted = np.arange(W.size) % 3 > 0, np.arange(W.size) % 5 == 0
    outcome = np.where(np.arange(W.size) < 20, np.nan, Y)
    found = make.refitted(
        Predictors.from_matrix(X), outcome, W, learnt=learnt, wanted=wanted, seed=9
    )
    fresh = learner(Logistic(), desirable=False, seed=9)
    fresh.fit(X[learnt], outcome[learnt], treatment=W[learnt])
    for name in ("mu0", "mu1", "benefit"):
        expected = getattr(fresh.effects(X[wanted]), name)
        assert_allclose(getattr(found, name)[wanted], expected, atol=ROUNDING)
        assert np.isnan(getattr(found, name)[~wanted]).all()
    assert make.seed == 4
    assert_array_equal(make.effects(X).benefit, before)


@each_learner
def test_a_refit_without_patients_of_an_arm_is_a_fit_error(learner):
    make = learner(Logistic(), desirable=True)
    with pytest.raises(FitError):
        make.refitted(Predictors.from_matrix(X), Y, W, learnt=W == 1, wanted=W == 0, seed=1)


@each_learner
@pytest.mark.parametrize("base", [Logistic(), Boosting(trees=10)], ids=["logistic", "boosting"])
def test_the_same_call_gives_the_same_bytes(learner, base):
    one, other = (learner(base, desirable=True, seed=5) for _ in range(2))
    first = one.fit(X, Y, treatment=W).effects(X)
    second = other.fit(X, Y, treatment=W)
    assert_array_equal(first.benefit, second.effects(X).benefit)
    crossed = [each.cross_fitted(X, Y, treatment=W, folds=3).benefit for each in (one, other)]
    assert_array_equal(*crossed)
    assert_array_equal(first.benefit, second.effects(X).benefit)  # cross-fitting leaves no trace


@each_over_a_base
@pytest.mark.parametrize(
    "base",
    [LogisticRegression(), Stack(["mean", "logistic"], inner_folds=3)],
    ids=["scikit-learn", "stack"],
)
def test_any_base_learner_will_do(learner, base):
    make = learner(base, desirable=True, seed=1)
    assert np.isfinite(make.fit(X, Y, treatment=W).effects(X).benefit).all()
    assert np.isfinite(make.cross_fitted(X, Y, treatment=W, folds=3).benefit).all()


@each_learner
def test_one_effect_for_all_is_found_the_better_the_more_patients(learner):
    def error(n):
        squared = []
        for seed in range(3):
            rng = np.random.default_rng([n, seed])
            x, w = rng.normal(size=(n, 3)), rng.integers(0, 2, n)
            y = (rng.random(n) < 0.3 + 0.25 * w).astype(float)
            effects = learner(Logistic(), desirable=True, seed=seed).fit(x, y, treatment=w)
            squared.append(np.mean((effects.effects(x).benefit - 0.25) ** 2))
        return np.sqrt(np.mean(squared))

    # With one slope an arm and parameter the error falls as one over the root of n, to a seventh.
    assert error(20_000) < min(0.02, error(400) / 2.5)


@each_learner
def test_a_treatment_drawn_by_lot_that_does_nothing_has_no_mean_benefit(learner):
    means = []
    for seed in range(5):
        x, y, _ = trial(1000, seed)
        w = np.random.default_rng([seed, 1]).integers(0, 2, 1000)
        effects = learner(Logistic(), desirable=True, seed=seed)
        means.append(effects.cross_fitted(x, y, treatment=w, folds=5).benefit.mean())
    standard_error = np.sqrt(4 * 0.25 / 1000 / 5)  # of a difference of two halves, five times
    assert abs(np.mean(means)) < 3 * standard_error


@each_learner
def test_arms_outcomes_and_shapes_are_checked(learner):
    make = learner(Logistic(), desirable=True)
    for call in (make.fit, make.cross_fitted):
        with pytest.raises(ArgumentError, match="Treatment must be 0"):
            call(X, Y, treatment=W + 1)
        with pytest.raises(ArgumentError, match="Treatment must be 0"):
            call(X, Y, treatment=np.zeros_like(W))
        with pytest.raises(ArgumentError, match="outcome must be 0, 1"):
            call(X, Y * 2, treatment=W)
        with pytest.raises(ArgumentError, match="same number of rows"):
            call(X[:10], Y, treatment=W)
        holed = X.copy()
        holed[4, 1] = np.nan
        with pytest.raises(ArgumentError, match=r"finite predictors; column 1"):
            call(holed, Y, treatment=W)


@each_over_a_base
def test_an_outcome_that_nobody_has_is_a_fit_error(learner):
    with pytest.raises(FitError, match="events"):
        learner(Logistic(), desirable=True).fit(X, np.zeros_like(Y), treatment=W)
