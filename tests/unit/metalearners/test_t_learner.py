import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from twoarm.errors import ArgumentError
from twoarm.learners import Boosting, Forest, Logistic, Mean, Stack
from twoarm.metalearners import Predictors, TLearner, arm_seeds, fit_arms, replicate_arm
from twoarm.seeds import Stream


@pytest.fixture(scope="module")
def trial():
    rng = np.random.default_rng(8)
    X = np.column_stack([rng.normal(size=240), rng.integers(0, 2, 240), rng.normal(size=240)])
    w = np.tile([0, 1], 120)
    y = (rng.random(240) < 1 / (1 + np.exp(-0.5 - X[:, 0] - w * X[:, 1]))).astype(float)
    return X, y, w


LEARNERS = [Mean(), Logistic(), Forest(trees=20), Boosting(trees=20), Stack(inner_folds=3)]


@pytest.mark.parametrize("base", [Mean(), Logistic(), Boosting(trees=20)], ids=str)
def test_it_is_two_models_fitted_by_hand(trial, base):
    X, y, w = trial
    X = np.round(X, 1)  # few enough values that binning both arms together loses nothing
    learner = TLearner(base, desirable=True, seed=3).fit(X, y, treatment=w)
    effects = learner.effects(X)
    for arm, mu in enumerate((effects.mu0, effects.mu1)):
        own = w == arm
        model = clone(base).set_params(seed=arm_seeds(3, Stream.FULL_FIT)[arm])
        risk = model.fit(X[own], y[own]).predict_proba(X[own])[:, 1]
        np.testing.assert_allclose(mu[own], risk, atol=1e-12)
    np.testing.assert_array_equal(effects.benefit, effects.mu1 - effects.mu0)


def test_saturated_logistic_regression_gives_stratified_risk_differences(trial):
    X, y, w = trial
    x = X[:, [1]]
    effects = TLearner(Logistic(C=np.inf), desirable=False).fit(x, y, treatment=w).effects(x)
    for level in (0, 1):
        inside = x[:, 0] == level
        difference = y[inside & (w == 0)].mean() - y[inside & (w == 1)].mean()
        np.testing.assert_allclose(effects.benefit[inside], difference, atol=1e-9)


def test_swapping_the_arms_turns_the_sign(trial):
    X, y, w = trial
    for base in (Logistic(), LogisticRegression()):
        one = TLearner(base, desirable=True).fit(X, y, treatment=w).effects(X)
        other = TLearner(base, desirable=True).fit(X, y, treatment=1 - w).effects(X)
        np.testing.assert_allclose(one.benefit, -other.benefit, atol=1e-9)


def test_the_opposite_outcome_in_the_opposite_direction_is_the_same_benefit(trial):
    X, y, w = trial
    one = TLearner(Logistic(), desirable=True).fit(X, y, treatment=w).effects(X)
    other = TLearner(Logistic(), desirable=False).fit(X, 1 - y, treatment=w).effects(X)
    np.testing.assert_allclose(one.benefit, other.benefit, atol=1e-9)


def test_unknown_outcomes_are_predicted_and_not_learnt_from(trial):
    X, y, w = trial
    holes = y.copy()
    holes[:60] = np.nan
    learner = TLearner(Logistic(), desirable=True).fit(X, holes, treatment=w)
    kept = TLearner(Logistic(), desirable=True).fit(X[60:], y[60:], treatment=w[60:])
    np.testing.assert_allclose(learner.effects(X).benefit, kept.effects(X).benefit, atol=1e-9)


@pytest.mark.parametrize("base", LEARNERS[1:], ids=lambda base: type(base).__name__)
def test_the_kept_models_predict_what_a_replicate_predicts(trial, base):
    X, y, w = trial
    predictors = Predictors.from_matrix(X)
    everybody = np.ones(w.size, dtype=np.int64)
    seeds = (11, 12)
    kept = fit_arms((base, base), predictors, y, w, seeds=seeds)
    for arm in (0, 1):
        fit = replicate_arm(
            base,
            predictors.prepared(everybody),
            y,
            w,
            everybody,
            arm,
            wanted=everybody.astype(bool),
            seed=seeds[arm],
        )
        np.testing.assert_allclose(fit.risk, kept[arm].predict_proba(X)[:, 1], atol=1e-12)


def test_cross_fitted_predictions_come_from_models_that_have_not_seen_the_patient():
    rng = np.random.default_rng(4)
    X, y, w = rng.normal(size=(400, 3)), rng.integers(0, 2, 400).astype(float), np.tile([0, 1], 200)
    learner = TLearner(KNeighborsClassifier(1), desirable=True, seed=2)
    seen = learner.fit(X, y, treatment=w).effects(X)
    unseen = learner.cross_fitted(X, y, treatment=w, folds=5)
    own = np.where(w == 1, seen.mu1, seen.mu0)
    np.testing.assert_array_equal(own, y)  # the nearest neighbour of a patient who was seen
    own = np.where(w == 1, unseen.mu1, unseen.mu0)
    assert abs((own == y).mean() - 0.5) < 0.1  # a coin, to four standard errors


def test_arms_outcomes_and_shapes_are_checked(trial):
    X, y, w = trial
    learner = TLearner(Logistic(), desirable=True)
    with pytest.raises(ArgumentError, match="Treatment must be 0"):
        learner.fit(X, y, treatment=w + 1)
    with pytest.raises(ArgumentError, match="Treatment must be 0"):
        learner.fit(X, y, treatment=np.zeros_like(w))
    with pytest.raises(ArgumentError, match="outcome must be 0, 1"):
        learner.fit(X, y * 2, treatment=w)
    with pytest.raises(ArgumentError, match="same number of rows"):
        learner.fit(X[:10], y, treatment=w)


def test_the_whole_chain_finds_a_known_effect():
    rng = np.random.default_rng(0)
    n = 6000
    X, w = rng.normal(size=(n, 3)), rng.integers(0, 2, n)
    logit = -0.4 + X[:, 0] + w * (0.8 + 0.8 * X[:, 1])
    y = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(float)

    def risk(arm):
        return 1 / (1 + np.exp(0.4 - X[:, 0] - arm * (0.8 + 0.8 * X[:, 1])))

    truth = risk(1) - risk(0)
    effects = TLearner(Stack(), desirable=True).fit(X, y, treatment=w).effects(X)
    assert abs(effects.benefit.mean() - truth.mean()) < 0.03  # three standard errors
    assert np.corrcoef(effects.benefit, truth)[0, 1] > 0.95
    assert np.sqrt(np.mean((effects.benefit - truth) ** 2)) < 0.05
