"""The ranking test: who is ranked by whom, and how often it rejects."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit

from twoarm.cohort import load_study
from twoarm.diagnostics.ranking.heterogeneity_ranking import (
    RankingTest,
    finding,
    ranking_test,
)
from twoarm.diagnostics.ranking.heterogeneity_refits import Refits
from twoarm.diagnostics.ranking.ranking_draws import (
    PriorityTask,
    ScoresTask,
    ranking_draws,
    ranking_folds,
    scoring_folds,
)
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.learners import Logistic, Mean, over_folds
from twoarm.metalearners import Predictors, TLearner
from twoarm.metrics import Estimate, Rate, benefit_slope, wald

CONVERGED = 1e-6


def refits(seed, n=200, *, interaction=0.0, desirable=True, learner=None):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2))
    w = rng.integers(0, 2, n)
    y = (rng.random(n) < expit(-0.5 + 0.7 * X[:, 0] + interaction * w * X[:, 1])).astype(float)
    predictors = Predictors.from_matrix(X)
    base = Logistic() if learner is None else learner
    return Refits(TLearner(base, desirable=desirable), predictors, y, w, Logistic(), predictors)


def test_a_fold_is_ranked_by_the_folds_before_it():
    given = refits(1)
    fold = np.stack([np.arange(200) % 4, np.arange(200) // 50])
    X, y, w = given.predictors.coded, given.outcome, given.treatment
    for split, priority in over_folds(fold, PriorityTask(given, fold, 1)):
        here, past = split.held, fold[split.repeat] < split.number
        if split.number == 0:
            assert np.isnan(priority).all()
            continue
        before = TLearner(Logistic(), desirable=True).fit(X[past], y[past], treatment=w[past])
        assert_allclose(priority, before.effects(X[here]).benefit, atol=CONVERGED)


def test_scores_come_from_all_other_folds():
    given = refits(1)
    X, y, w = given.predictors.coded, given.outcome, given.treatment
    for split, (mu0, mu1, propensity) in over_folds(np.arange(200) % 4, ScoresTask(given, 1)):
        here = split.held
        others = TLearner(Logistic(), desirable=True).fit(X[~here], y[~here], treatment=w[~here])
        assert_allclose(mu0, others.effects(X[here]).mu0, atol=CONVERGED)
        assert_allclose(mu1, others.effects(X[here]).mu1, atol=CONVERGED)
        chance = Logistic().fit(X[~here], w[~here]).predict_proba(X[here])[:, 1]
        assert_allclose(propensity, chance, atol=CONVERGED)


def test_draws_differ_in_their_folds_and_share_their_scores():
    given = refits(1)
    made = ranking_draws(given, folds=5, draws=3, seed=1)
    assert made.scores.shape == (200,)
    assert np.isnan(made.priority[made.fold == 0]).all()
    assert np.isfinite(made.priority[made.fold > 0]).all()
    assert (made.fold[0] != made.fold[1]).any()
    fewer = ranking_draws(given, folds=5, draws=2, seed=1)  # a draw depends on its number alone
    assert_array_equal(fewer.priority, made.priority[:2])
    counts = np.bincount(2 * given.treatment + given.outcome.astype(int))
    scored = scoring_folds(given, 5, 1)
    for k in range(5):
        kind = (2 * given.treatment + given.outcome.astype(int))[scored == k]
        assert np.abs(np.bincount(kind, minlength=4) - counts / 5).max() < 1


def test_what_differs_is_found_and_what_is_ranked_the_same_is_not():
    found = ranking_test(refits(2, 1000, interaction=1.5), draws=4, seed=1)
    assert found.rate.low > 0
    assert found.rate.p < 1e-6
    assert found.slope.low > 0
    assert found.difference.low > 0
    assert found.draws_above == len(found.draws) == 4
    nothing = ranking_test(refits(2, 200, interaction=1.5, learner=Mean()), draws=2, seed=1)
    assert (nothing.rate.estimate, nothing.rate.p, nothing.draws_above) == (0.0, 1.0, 0)
    assert np.isnan([nothing.slope.estimate, nothing.difference.estimate]).all()


def test_slope_and_difference_are_means_with_the_error_of_one_draw():
    given = refits(2, 300, interaction=1.0)
    whole = ranking_test(given, draws=2, seed=1)
    made = ranking_draws(given, folds=5, draws=2, seed=1)
    slopes = [
        benefit_slope(made.scores[fold > 0], benefit[fold > 0], fold=fold[fold > 0]).slope
        for benefit, fold in zip(made.priority, made.fold, strict=True)
    ]
    assert_allclose(whole.slope.estimate, np.mean([each.estimate for each in slopes]))
    assert_allclose(whole.slope.se**2, np.mean([each.se**2 for each in slopes]))


@pytest.mark.seconds
def test_it_rejects_no_more_than_it_should_without_a_difference():
    tests = [ranking_test(refits(100 + k), draws=4, seed=k) for k in range(200)]
    below = [
        [each.excludes_zero for each in (one.rate, one.slope, one.difference)] for one in tests
    ]
    rejected = np.mean(below, axis=0)
    assert (rejected < 0.12).all()  # 4 standard errors above 5 %


def test_folds_of_the_test_are_drawn_without_a_look_at_the_outcome():
    given = refits(5)
    other = dataclasses.replace(given, outcome=np.roll(given.outcome, 7))
    fold = ranking_folds(given, 5, 4)
    assert_array_equal(fold, ranking_folds(other, 5, 4))
    counts = [np.bincount(fold[given.treatment == arm]) for arm in (0, 1)]
    assert np.ptp(counts, axis=1).max() <= 1


def test_a_first_fold_without_events_teaches_with_the_next():
    given = refits(5)
    drawn = ranking_folds(given, 5, 4)
    rare = given.outcome.copy()
    rare[(drawn == 0) & (given.treatment == 0)] = 0.0
    few = dataclasses.replace(given, outcome=rare)
    fold = ranking_folds(few, 5, 4)
    assert_array_equal(fold, np.maximum(drawn - 1, 0))
    assert np.isfinite(ranking_test(few, draws=2, seed=4).rate.p)


def test_no_draw_where_nobody_could_teach_both_arms():
    given = refits(1)
    outcome = given.outcome.copy()
    outcome[given.treatment == 0] = 0.0
    outcome[np.flatnonzero(given.treatment == 0)[0]] = 1.0
    with pytest.raises(NotEstimable, match="too few patients have the event"):
        ranking_folds(replace(given, outcome=outcome), 5, 4)


def test_names_of_outcomes_unknown_outcomes_and_executors():
    given = refits(3, interaction=1.0)
    found = ranking_test(given, seed=4, executor="serial").rate
    assert ranking_test(given, seed=4, workers=2).rate == found
    harm = Refits(
        TLearner(Logistic(), desirable=False),
        given.predictors,
        1 - given.outcome,
        given.treatment,
        Logistic(),
        given.predictors,
    )
    turned = ranking_test(harm, seed=4).rate
    assert_allclose((turned.estimate, turned.se), (found.estimate, found.se), atol=1e-4)
    some = given.outcome.copy()
    some[:20] = np.nan
    keep = np.isfinite(some)
    left_out = Predictors.from_matrix(given.predictors.coded[keep])
    both = [
        ranking_test(one, seed=4).rate
        for one in (
            Refits(given.learner, given.predictors, some, given.treatment, Logistic(),
                   given.predictors),
            Refits(given.learner, left_out, some[keep], given.treatment[keep], Logistic(),
                   left_out),
        )
    ]  # fmt: skip
    assert_array_equal(np.isfinite([one.p for one in both]), True)
    assert_allclose(both[0].estimate, both[1].estimate, atol=1e-5)


def test_too_many_folds_are_refused():
    with pytest.raises(ArgumentError, match="201 folds for 200 patients"):
        ranking_test(refits(1), folds=201, seed=1)


def test_no_draw_at_all_is_refused():
    with pytest.raises(ArgumentError, match="one draw of folds at least; found 0"):
        ranking_test(refits(1), draws=0, seed=1)


def test_scores_without_spread_are_told():
    none = Estimate(0.0, 0.0, 0.0, 0.0)
    test = RankingTest(Rate(0.0, 0.0, 0.0, 0.0, "autoc", 1.0), (none, none), wald(np.nan), none)
    found = finding(test, load_study("rescue-stenting"))
    assert found.verdict == "cannot tell"
    assert "no ranking to test" in found.text


def test_the_finding_says_what_the_test_says_and_its_power():
    study = load_study("rescue-stenting")

    def said(estimate, se):
        value = Rate(estimate, se, estimate - 1.96 * se, estimate + 1.96 * se, "autoc", 0.5)
        draws = (wald(0.4, 0.1), wald(0.1, 0.1), wald(-0.4, 0.1))
        found = finding(RankingTest(value, draws, wald(1.0, 0.5), wald(np.nan)), study)
        return found.verdict, found.text

    verdict, text = said(0.05, 0.05)
    assert verdict == "cannot tell"
    assert "is not shown. This is the mean over 3 draws of folds; alone, 1 of them" in text
    assert "those ranked first gain 14 points more than the average (AUTOC)" in text
    assert said(0.2, 0.05)[0] == "supports"
    assert said(-0.2, 0.05)[0] == "questions"
    assert said(0.0, 0.0)[0] == "cannot tell"
    assert "no ranking to test" in said(0.0, 0.0)[1]
