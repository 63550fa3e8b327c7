import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import logit

from twoarm.errors import ArgumentError
from twoarm.learners import Boosting, Logistic, Mean
from twoarm.metalearners import PenalizedInteraction, RiskModel, SLearner, TLearner
from twoarm.metalearners.interactions import fit_interactions


def trial(n, *, interaction, seed=8):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=n), rng.integers(0, 2, n), rng.normal(5, 3, size=n)])
    w = rng.integers(0, 2, n)
    log_odds = -0.8 + X[:, 0] + w * (0.7 + interaction * X[:, 0])
    return X, (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int), w


def test_s_is_one_model_asked_twice():
    X, y, w = trial(300, interaction=0.5)
    model = Logistic().fit(np.column_stack([X, w]), y)
    effects = SLearner(Logistic(), desirable=True).fit(X, y, treatment=w).effects(X)
    for arm, mu in enumerate((effects.mu0, effects.mu1)):
        asked = np.column_stack([X, np.full(300, arm)])
        np.testing.assert_allclose(mu, model.predict_proba(asked)[:, 1], atol=1e-10)


def test_an_additive_s_learner_has_one_odds_ratio():
    X, y, w = trial(300, interaction=0.5)
    effects = SLearner(Logistic(), desirable=True).fit(X, y, treatment=w).effects(X)
    assert np.ptp(logit(effects.mu1) - logit(effects.mu0)) < 1e-9


@pytest.mark.parametrize("base", [Mean(), Logistic(), Boosting(trees=20)], ids=str)
def test_a_risk_model_has_one_odds_ratio_whatever_its_base(base):
    X, y, w = trial(300, interaction=0.5)
    effects = RiskModel(base, desirable=True).fit(X, y, treatment=w).effects(X)
    assert np.ptp(logit(effects.mu1) - logit(effects.mu0)) < 1e-6


def test_a_risk_model_without_prognosis_is_the_difference_of_the_arms():
    X, y, w = trial(300, interaction=0.5)
    effects = RiskModel(Mean(), desirable=True).fit(X, y, treatment=w).effects(X)
    np.testing.assert_allclose(effects.benefit, y[w == 1].mean() - y[w == 0].mean(), atol=1e-9)


def test_a_risk_model_finds_the_odds_ratio_of_a_cohort_whose_treatment_was_chosen():
    rng = np.random.default_rng(2)
    n = 20_000
    X = rng.normal(size=(n, 2))
    w = (rng.random(n) < 1 / (1 + np.exp(-1.5 * X[:, 0]))).astype(int)
    y = (rng.random(n) < 1 / (1 + np.exp(0.5 - 1.5 * X[:, 0] - 0.7 * w))).astype(int)
    effects = RiskModel(Logistic(), desirable=True).fit(X, y, treatment=w).effects(X)
    found = (logit(effects.mu1) - logit(effects.mu0))[0]
    assert found == pytest.approx(0.7, abs=0.12)  # three standard errors


def objective(theta, X, y, w, penalty, main_penalty):
    """The model of van Klaveren et al. written down once more, arms coded -1/2 and 1/2."""
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    p = z.shape[1]
    a, d, b, g = theta[0], theta[1], theta[2 : 2 + p], theta[2 + p :]
    lp = a + z @ b + (w - 0.5) * (d + z @ g)
    loss = np.sum(np.logaddexp(0, lp) - y * lp)
    return loss + penalty / 2 * g @ g + main_penalty / 2 * b @ b


@pytest.mark.parametrize(("penalty", "main_penalty"), [(0.0, 0.0), (30.0, 0.0), (30.0, 5.0)])
def test_coefficients_are_those_of_a_general_optimiser(penalty, main_penalty):
    X, y, w = trial(300, interaction=0.8)
    fit = fit_interactions(X, y, w, penalty=penalty, main_penalty=main_penalty)
    best = minimize(
        objective, np.zeros(8), args=(X, y, w, penalty, main_penalty), options={"gtol": 1e-7}
    )
    found = np.r_[fit.intercept, fit.treatment, fit.main, fit.interaction]
    np.testing.assert_allclose(found, best.x, atol=1e-5)
    assert objective(found, X, y, w, penalty, main_penalty) <= best.fun + 1e-9


def test_without_penalties_it_is_a_logistic_regression_in_each_arm():
    X, y, w = trial(300, interaction=0.8)
    mu0, mu1, _ = fit_interactions(X, y, w, penalty=0.0, main_penalty=0.0).arms(X)
    both = TLearner(Logistic(C=np.inf), desirable=True).fit(X, y, treatment=w).effects(X)
    np.testing.assert_allclose(mu0, both.mu0, atol=1e-6)
    np.testing.assert_allclose(mu1, both.mu1, atol=1e-6)


def test_an_infinite_penalty_leaves_main_effects_alone():
    X, y, w = trial(300, interaction=0.8)
    mu0, _, effect = fit_interactions(X, y, w, penalty=np.inf, main_penalty=0.0).arms(X)
    one = SLearner(Logistic(C=np.inf), desirable=True).fit(X, y, treatment=w).effects(X)
    np.testing.assert_allclose(mu0, one.mu0, atol=1e-6)
    np.testing.assert_allclose(effect, one.benefit, atol=1e-6)


def test_a_column_that_does_not_vary_changes_nothing():
    X, y, w = trial(300, interaction=0.8)
    with_it = np.column_stack([X, np.full(300, 7.0)])
    plain = PenalizedInteraction(desirable=True).fit(X, y, treatment=w).effects(X)
    same = PenalizedInteraction(desirable=True).fit(with_it, y, treatment=w).effects(with_it)
    np.testing.assert_allclose(plain.benefit, same.benefit, atol=1e-10)


def test_units_of_the_predictors_do_not_matter():
    X, y, w = trial(300, interaction=0.8)
    scaled = X * [1000.0, 1.0, 0.01] + [5.0, -2.0, 0.0]
    one = PenalizedInteraction(desirable=True).fit(X, y, treatment=w).effects(X)
    other = PenalizedInteraction(desirable=True).fit(scaled, y, treatment=w).effects(scaled)
    np.testing.assert_allclose(one.benefit, other.benefit, atol=1e-9)


def test_the_penalty_is_large_without_interaction_and_small_with_a_strong_one():
    def penalties(interaction):
        for seed in range(9):
            X, y, w = trial(400, interaction=interaction, seed=seed)
            yield PenalizedInteraction(desirable=True).fit(X, y, treatment=w).learnt_.penalty

    without, strong = (list(penalties(interaction)) for interaction in (0.0, 2.0))
    assert np.median(without) >= 100
    assert max(strong) <= 50


def test_events_all_on_one_side_of_a_predictor_still_give_finite_risks():
    x = np.r_[np.linspace(0, 1, 40), np.linspace(0, 1, 40)]
    w = np.repeat([0, 1], 40)
    y = (x > 0.5).astype(int)
    effects = (
        PenalizedInteraction(desirable=True).fit(x[:, None], y, treatment=w).effects(x[:, None])
    )
    assert np.isfinite(effects.benefit).all()
    assert abs(effects.benefit).max() < 0.1


@pytest.mark.parametrize(
    "settings", [{"penalties": []}, {"penalties": [-1.0]}, {"main_penalty": np.nan}]
)
def test_penalties_are_checked(settings):
    X, y, w = trial(100, interaction=0.0)
    with pytest.raises(ArgumentError, match="Penalties must be numbers, 0 or larger"):
        PenalizedInteraction(desirable=True, **settings).fit(X, y, treatment=w)
