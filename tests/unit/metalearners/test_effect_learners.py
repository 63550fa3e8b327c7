import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Logistic
from twoarm.metalearners import (
    DRLearner,
    RLearner,
    Sample,
    XLearner,
    cross_fitted_nuisances,
    dr_scores,
)
from twoarm.metalearners.effect_models import arms_about, default_effect_model, fit_effect
from twoarm.metalearners.nuisances import Role, cross_fitted_propensity
from twoarm.metalearners.r import residual_target
from twoarm.metalearners.sample import out_of_fold, sample_folds
from twoarm.metalearners.x import imputed_effects
from twoarm.seeds import Stream

PATH = (0, int(Stream.FULL_FIT))


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(12)
    X = rng.normal(size=(500, 3))
    w = (rng.random(500) < 1 / (1 + np.exp(-0.5 * X[:, 0]))).astype(int)
    risk = 1 / (1 + np.exp(0.4 - 0.7 * X[:, 0] - w * (0.5 + 0.6 * X[:, 1])))
    return Sample(X, (rng.random(500) < risk).astype(int), w)


def least_squares(X, target, weight=None):
    design = np.column_stack([np.ones(len(X)), X])
    root = np.ones(len(X)) if weight is None else np.sqrt(weight)
    beta = np.linalg.lstsq(design * root[:, None], target * root, rcond=None)[0]
    return design @ beta


def fitted(learner, sample):
    model = learner(Logistic(), desirable=True, effect_model=LinearRegression())
    effects = model.fit(sample.X, sample.outcome, treatment=sample.treatment).effects(sample.X)
    return effects.benefit


def test_dr_is_least_squares_of_the_scores(sample):
    nuisances = cross_fitted_nuisances(sample, Logistic(), seed_path=PATH)
    e, w, y = nuisances.propensity, sample.treatment, sample.outcome
    phi = nuisances.mu1 - nuisances.mu0
    phi = phi + w * (y - nuisances.mu1) / e - (1 - w) * (y - nuisances.mu0) / (1 - e)
    expected = least_squares(sample.X, phi)
    np.testing.assert_allclose(fitted(DRLearner, sample), expected, atol=1e-10)


def test_the_mean_dr_effect_of_a_linear_model_is_the_aipw_estimate(sample):
    nuisances = cross_fitted_nuisances(sample, Logistic(), seed_path=PATH)
    phi = dr_scores(
        sample.outcome, sample.treatment, nuisances.mu0, nuisances.mu1, nuisances.propensity
    )
    assert fitted(DRLearner, sample).mean() == pytest.approx(phi.mean(), abs=1e-10)


def test_r_is_least_squares_of_residual_on_residual(sample):
    fold = sample_folds(sample, 5, *PATH, Role.FOLDS)
    everybody = np.ones(500, dtype=bool)
    m = out_of_fold(Logistic(), sample.prepared, sample.outcome, everybody, fold, *PATH, Role.MEAN)
    e = cross_fitted_propensity(sample, None, fold, PATH)
    design = np.column_stack([np.ones(500), sample.X])
    surprise = sample.treatment - e
    beta = np.linalg.lstsq(design * surprise[:, None], sample.outcome - m, rcond=None)[0]
    np.testing.assert_allclose(fitted(RLearner, sample), design @ beta, atol=1e-10)


def test_x_is_two_regressions_averaged_by_the_propensity(sample):
    X, y, w = sample.X, sample.outcome, sample.treatment
    mu = [Logistic().fit(X[w == arm], y[w == arm]).predict_proba(X)[:, 1] for arm in (0, 1)]
    e = Logistic().fit(X, w).predict_proba(X)[:, 1]
    design = np.column_stack([np.ones(500), X])
    slopes = [
        np.linalg.lstsq(design[w == arm], target[w == arm], rcond=None)[0]
        for arm, target in ((0, mu[1] - y), (1, y - mu[0]))
    ]
    expected = e * (design @ slopes[0]) + (1 - e) * (design @ slopes[1])
    np.testing.assert_allclose(fitted(XLearner, sample), expected, atol=1e-9)


def test_predictions_out_of_fold_are_those_of_models_fitted_by_hand(sample):
    fold = np.arange(500) % 3
    treated = sample.treatment == 1
    found = out_of_fold(Logistic(), sample.prepared, sample.outcome, treated, fold, 0, 7)
    for number in range(3):
        learnt = treated & (fold != number)
        model = Logistic().fit(sample.X[learnt], sample.outcome[learnt])
        expected = model.predict_proba(sample.X[fold == number])[:, 1]
        np.testing.assert_allclose(found[fold == number], expected, atol=1e-10)


def test_predictions_that_are_no_numbers_are_a_fit_error(sample):
    class Broken(Logistic):
        def predict_proba(self, X):
            return super().predict_proba(X) * np.nan

    with pytest.raises(FitError, match="not finite"):
        out_of_fold(
            make_pipeline(Broken()),
            sample.prepared,
            sample.outcome,
            np.ones(500, dtype=bool),
            np.arange(500) % 2,
            0,
        )


def test_folds_are_even_over_arms_and_outcomes_and_do_not_know_their_names(sample):
    fold = sample_folds(sample, 5, 1, 2)
    for arm in (0, 1):
        for outcome in (0, 1):
            inside = (sample.treatment == arm) & (sample.outcome == outcome)
            assert np.ptp(np.bincount(fold[inside], minlength=5)) <= 1
    for renamed in (
        Sample(sample.X, 1 - sample.outcome, sample.treatment),
        Sample(sample.X, sample.outcome, 1 - sample.treatment),
    ):
        np.testing.assert_array_equal(sample_folds(renamed, 5, 1, 2), fold)


def test_propensities_stay_away_from_0_and_1():
    x = np.r_[np.linspace(-9, -4, 100), np.linspace(4, 9, 100)]
    w = np.repeat([0, 1], 100)
    y = np.tile([0, 1], 100)
    found = cross_fitted_nuisances(
        Sample(x[:, None], y, w), Logistic(), Logistic(C=1e3), seed_path=(0,)
    )
    assert found.propensity.min() == 0.01
    assert found.propensity.max() == 0.99


@given(st.floats(0, 1), st.floats(0.01, 0.99), st.floats(-1, 1))
def test_risks_about_a_mean_average_to_it_or_end_at_0_or_1(mean, propensity, effect):
    mu0, mu1, same = arms_about(np.array([mean]), np.array([propensity]), np.array([effect]))
    assert same == effect
    assert 0 <= mu0 <= 1
    assert 0 <= mu1 <= 1
    if 0 < mu0 < 1 and 0 < mu1 < 1:
        assert mu1 - mu0 == pytest.approx(effect, abs=1e-12)
        assert (1 - propensity) * mu0 + propensity * mu1 == pytest.approx(mean, abs=1e-12)


def test_the_weighted_target_has_the_r_loss(sample):
    rng = np.random.default_rng(0)
    y, w = sample.outcome.astype(float), sample.treatment
    m, e, t = rng.uniform(0.2, 0.8, 500), rng.uniform(0.2, 0.8, 500), rng.normal(size=500)
    target, weight = residual_target(y, w, m, e)
    loss = np.sum(((y - m) - (w - e) * t) ** 2)
    assert np.sum(weight * (target - t) ** 2) == pytest.approx(loss)


def test_imputed_effects_have_the_sign_of_treated_minus_control():
    seen, other = np.array([1.0, 1.0]), np.array([0.2, 0.9])
    np.testing.assert_allclose(imputed_effects(seen, other, treated=True), [0.8, 0.1])
    np.testing.assert_allclose(imputed_effects(seen, other, treated=False), [-0.8, -0.1])


def test_weights_reach_the_last_step_of_a_pipeline():
    rng = np.random.default_rng(3)
    X, target, weight = rng.normal(size=(80, 2)), rng.normal(size=80), rng.uniform(0.1, 1, 80)
    model = make_pipeline(StandardScaler(), LinearRegression())
    found = fit_effect(model, X, target, weight=weight, seed=0).predict(X)
    np.testing.assert_allclose(found, least_squares(X, target, weight), atol=1e-10)


def test_an_effect_model_without_weights_is_refused_by_the_r_learner(sample):
    learner = RLearner(Logistic(), desirable=True, effect_model=KNeighborsRegressor())
    with pytest.raises(ArgumentError, match="must take `sample_weight`"):
        learner.fit(sample.X, sample.outcome, treatment=sample.treatment)


def test_the_effect_model_given_is_copied_and_used(sample):
    given_model = Ridge(alpha=1e12)
    learner = DRLearner(Logistic(), desirable=True, effect_model=given_model)
    learner.fit(sample.X, sample.outcome, treatment=sample.treatment)
    assert learner.effects(sample.X).benefit.std() < 1e-6
    assert not hasattr(given_model, "coef_")


def test_the_default_effect_model_shrinks_noise_to_the_mean_and_keeps_signal():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(400, 10)) * np.logspace(-2, 2, 10)
    noise = rng.normal(size=400)
    spread = default_effect_model().fit(X, noise).predict(X).std()
    assert spread < 0.5 * least_squares(X, noise).std()
    signal = noise + 3 * X[:, 0] / 0.01
    found = default_effect_model().fit(X, signal).predict(X)
    assert np.corrcoef(found, X[:, 0])[0, 1] > 0.98
