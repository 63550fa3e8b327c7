"""Penalties averaged by their evidence."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import logsumexp

from twoarm.errors import ArgumentError, FitError
from twoarm.metalearners import PenalizedInteraction
from twoarm.metalearners.interactions import fit_interactions, fit_path, log_evidence
from twoarm.metalearners.penalized_interaction import AveragedInteractions

MAIN = 4.0


def trial(n, *, interaction, seed=8, columns=1):
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(n, columns)), rng.integers(0, 2, n)
    log_odds = -0.8 + X[:, 0] + w * (0.7 + interaction * X[:, 0])
    return X, (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int), w


def integral(X, y, w, penalty):
    """Integrate likelihood times prior over the four coefficients, on a grid about the mode."""
    z = ((X - X.mean(axis=0)) / X.std(axis=0))[:, 0]
    side = w - 0.5
    columns = [np.ones_like(z), side, z] + ([side * z] if np.isfinite(penalty) else [])
    design = np.column_stack(columns)
    strength = np.array([0.0, 0.0, MAIN, penalty][: design.shape[1]])
    fit = fit_interactions(X, y, w, penalty=penalty, main_penalty=MAIN)
    mode = np.r_[fit.intercept, fit.treatment, fit.main, fit.interaction][: design.shape[1]]
    risk = 1 / (1 + np.exp(-design @ mode))
    root = np.linalg.cholesky(
        np.linalg.inv((design.T * (risk * (1 - risk))) @ design + np.diag(strength))
    )
    steps = np.linspace(-6, 6, 17)
    points = np.array(list(product(steps, repeat=design.shape[1])))
    theta = mode + points @ root.T
    lp = theta @ design.T
    log_prior = -(theta**2 @ strength) / 2 + sum(np.log(each) / 2 for each in strength if each > 0)
    log_joint = lp @ y - np.logaddexp(0, lp).sum(axis=1) + log_prior
    volume = np.log(steps[1] - steps[0]) * design.shape[1] + np.log(np.diag(root)).sum()
    free = np.log(2 * np.pi) * design.shape[1] / 2  # Laplace's constant, a factor for each
    return logsumexp(log_joint) + volume - free


@pytest.mark.parametrize("penalty", [1.0, 20.0, np.inf])
def test_evidence_is_the_integral_over_the_coefficients(penalty):
    X, y, w = trial(150, interaction=0.8)
    fit = fit_interactions(X, y, w, penalty=penalty, main_penalty=MAIN)
    found = log_evidence(fit, X, y, w, main_penalty=MAIN)
    # Laplace's error is of order 1/n: 4 coefficients, 150 patients
    assert found == pytest.approx(integral(X, y, w, penalty), abs=0.05)


def test_a_very_strong_penalty_has_the_evidence_of_no_interaction():
    X, y, w = trial(150, interaction=0.8, columns=3)
    strong, none = (
        log_evidence(
            fit_interactions(X, y, w, penalty=each, main_penalty=MAIN), X, y, w, main_penalty=MAIN
        )
        for each in (1e9, np.inf)
    )
    assert strong == pytest.approx(none, abs=1e-5)


def test_a_column_that_does_not_vary_changes_nothing():
    X, y, w = trial(200, interaction=0.8, columns=2)
    wider = np.column_stack([X, np.full(200, 7.0)])
    one, other = (
        PenalizedInteraction(desirable=True, averaged=True).fit(each, y, treatment=w).effects(each)
        for each in (X, wider)
    )
    assert_allclose(one.benefit, other.benefit, atol=1e-10)


def test_weights_go_to_strong_penalties_without_interaction_and_to_weak_ones_with():
    def share_of_strong(interaction):
        for seed in range(9):
            X, y, w = trial(400, interaction=interaction, seed=seed, columns=3)
            learnt = PenalizedInteraction(desirable=True, averaged=True).fit(X, y, treatment=w)
            average = learnt.learnt_
            assert average.weights.sum() == pytest.approx(1)
            strong = [fit.penalty > 50 for fit in average.fits]
            yield average.weights[strong].sum()

    assert np.median(list(share_of_strong(0.0))) > 0.6
    assert np.median(list(share_of_strong(2.0))) < 0.05


def test_one_penalty_is_that_fit():
    X, y, w = trial(200, interaction=0.8)
    learner = PenalizedInteraction(desirable=True, averaged=True, penalties=[30.0])
    found = learner.fit(X, y, treatment=w).effects(X)
    mu0, mu1, _ = fit_interactions(X, y, w, penalty=30.0).arms(X)
    assert_allclose(found.mu0, mu0, atol=1e-12)
    assert_allclose(found.mu1, mu1, atol=1e-12)


def test_swapping_the_arms_turns_the_sign():
    X, y, w = trial(200, interaction=0.8, columns=3)
    one, other = (
        PenalizedInteraction(desirable=True, averaged=True).fit(X, y, treatment=arm).effects(X)
        for arm in (w, 1 - w)
    )
    assert_allclose(one.benefit, -other.benefit, atol=1e-8)


@pytest.mark.parametrize("settings", [{"penalties": [0.0, 1.0]}, {"main_penalty": 0.0}])
def test_no_penalty_has_no_evidence(settings):
    X, y, w = trial(100, interaction=0.0)
    with pytest.raises(ArgumentError, match="must be above 0"):
        PenalizedInteraction(desirable=True, averaged=True, **settings).fit(X, y, treatment=w)


def test_a_path_of_penalties_ends_where_single_fits_do():
    X, y, w = trial(150, interaction=0.8, columns=3)
    penalties = [np.inf, 100.0, 3.0, 1.0]
    path = fit_path(X, y, w, penalties, main_penalty=MAIN)
    assert [fit.penalty for fit in path] == penalties
    for fit in path:
        alone = fit_interactions(X, y, w, penalty=fit.penalty, main_penalty=MAIN)
        assert_allclose(fit.intercept, alone.intercept, atol=1e-10)
        assert_allclose(fit.main, alone.main, atol=1e-10)
        assert_allclose(fit.interaction, alone.interaction, atol=1e-10)
    mu0, mu1, _ = AveragedInteractions(path, np.array([0.0, 0.0, 1.0, 0.0])).arms(X)
    assert_allclose((mu0, mu1), path[2].arms(X)[:2], atol=1e-12)


def test_a_column_that_does_not_vary_leaves_the_evidence_as_it_is():
    X, y, w = trial(150, interaction=0.8, columns=2)
    more = np.column_stack([X, np.full(150, 7.0)])
    for penalty in (np.inf, 3.0):
        without, with_it = (
            log_evidence(
                fit_interactions(each, y, w, penalty=penalty, main_penalty=MAIN),
                each, y, w, main_penalty=MAIN,
            )
            for each in (X, more)
        )  # fmt: skip
        assert with_it == pytest.approx(without, abs=1e-8)


@pytest.mark.parametrize("event", [0, 1])
def test_patients_who_all_have_the_event_or_not_cannot_be_fitted(event):
    X, arm = np.arange(6.0)[:, None], np.tile([0, 1], 3)
    with pytest.raises(FitError, match="found"):
        fit_path(X, np.full(6, event), arm, [np.inf, 1.0])
