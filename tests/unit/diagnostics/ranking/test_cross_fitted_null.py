"""The share to quote beside the same cross-fit where one odds ratio holds for everybody."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.special import expit

from twoarm.diagnostics.ranking.heterogeneity_crossfit_null import cross_fitted_null
from twoarm.diagnostics.ranking.heterogeneity_nulls import SameEffectTask, same_effect_risk
from twoarm.diagnostics.ranking.heterogeneity_refits import Refits
from twoarm.errors import FitError
from twoarm.learners import Logistic
from twoarm.metalearners import Predictors, TLearner

THRESHOLD = 0.15


def refits(n=160, *, interaction=0.0, desirable=True, seed=3):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2))
    w = np.tile([0, 1], n // 2)
    risk = expit(-0.5 + 0.7 * X[:, 0] + w * (0.5 + interaction * X[:, 1]))
    y = (rng.random(n) < risk).astype(float)
    y[:4] = np.nan  # not known: they take no part
    predictors = Predictors.from_matrix(X)
    learner = TLearner(Logistic(), desirable=desirable)
    return Refits(learner, predictors, y, w, Logistic(), predictors)


def null(made, benefit=None, **options):
    found = np.full((2, int(made.known.sum())), 0.1) if benefit is None else benefit
    given = {"threshold": THRESHOLD, "folds": 4, "draws": 6, "seed": 5} | options
    return cross_fitted_null(made, found, **given)


def test_shares_are_of_the_given_cross_fits_and_bands_of_the_drawn_ones():
    made = refits()
    benefit = np.random.default_rng(1).normal(0.1, 0.2, (3, int(made.known.sum())))
    found = null(made, benefit)
    assert found.share == (benefit >= THRESHOLD).mean()
    assert found.losing == (benefit <= -THRESHOLD).mean()
    shares = (found.benefit >= np.float32(THRESHOLD)).mean(axis=1)
    band = found.gaining_band
    assert (band.draws, band.failed) == (6, 0)
    assert (band.mean, band.low, band.high) == pytest.approx(
        (shares.mean(), *np.quantile(shares, (0.025, 0.975)))
    )
    losing = (found.benefit <= -THRESHOLD).mean(axis=1)
    assert found.losing_band.mean == pytest.approx(losing.mean())


def test_the_outline_is_the_mean_histogram_of_the_draws():
    found = null(refits())
    counts = np.histogram(found.benefit.astype(float), found.edges)[0]
    np.testing.assert_allclose(found.spread, counts / counts.sum(), atol=2e-3)
    assert found.spread.sum() == pytest.approx(1.0)
    assert np.diff(found.edges) == pytest.approx(0.01)


def test_nobody_is_predicted_by_a_model_that_has_seen_him():
    """Every draw by hand: outcomes of the null's draw, models of the other folds."""
    made = refits()
    found = null(made, folds=int(made.known.sum()) // 3, draws=1)
    drawn = SameEffectTask(made, same_effect_risk(made), 5)
    known = np.flatnonzero(made.known)
    in_sample = drawn(0)
    assert np.abs(found.benefit[0] - in_sample).max() > 0.01  # not the models of everybody
    alone = made.known.copy()
    alone[known[0]] = False
    outcome = drawn.outcome(0)
    wanted = ~alone & made.known
    out = made.effects(alone, wanted, seed=1, outcome=outcome).benefit[known[0]]
    assert found.benefit[0, 0] == pytest.approx(out, abs=0.05)


def test_draws_have_the_outcomes_of_the_null_and_each_depends_on_its_number_alone():
    made = refits()
    found = null(made, draws=6)
    assert_array_equal(null(made, draws=3).benefit, found.benefit[:3])
    again = null(made, draws=6, executor="serial")
    assert_array_equal(again.benefit, found.benefit)
    assert np.abs(null(made, seed=6).benefit - found.benefit).max() > 0.01


def test_differing_benefit_exceeds_the_band_and_one_odds_ratio_does_not():
    shares = {}
    for interaction in (0.0, 2.0):
        made = refits(600, interaction=interaction, seed=11)
        own = null(made, draws=1)  # for the patients
        alone = [made.known & (np.arange(made.known.size) % 4 != k) for k in range(4)]
        benefit = np.full(made.known.size, np.nan)
        for learnt in alone:
            wanted = made.known & ~learnt
            benefit[wanted] = made.effects(learnt, wanted, seed=1).benefit[wanted]
        found = null(made, benefit[made.known][None], draws=40)
        assert own.benefit.shape[1] == made.known.sum()
        shares[interaction] = (found.losing, found.losing_band.high)
    assert shares[2.0][0] > shares[2.0][1]
    assert shares[0.0][0] <= shares[0.0][1]


def test_a_draw_that_fails_is_counted_and_too_many_leave_no_band(monkeypatch):
    made = refits()
    drawn = Refits.effects

    def fails(self, learnt, wanted, *, seed, outcome=None, treatment=None):
        if outcome is not None and int(np.nansum(outcome)) % 2:
            raise FitError("an odd number of events")
        return drawn(self, learnt, wanted, seed=seed, outcome=outcome, treatment=treatment)

    monkeypatch.setattr(Refits, "effects", fails)
    found = null(made, draws=12, executor="serial")
    failed = int(np.isnan(found.benefit).any(axis=1).sum())
    assert 0 < failed < 12
    assert found.gaining_band.failed == failed
    assert (found.gaining_band.low is None) == (failed > 0.2 * 12)


def test_without_draws_there_is_a_share_and_no_band():
    found = null(refits(), draws=0)
    assert found.share == 0.0
    assert found.gaining_band.low is None
    assert found.edges.size == found.spread.size == 0
    assert found.benefit.shape == (0, 156)
