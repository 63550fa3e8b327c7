"""Share above the threshold, its shrinkage and its nulls."""

from __future__ import annotations

import pickle
from dataclasses import asdict, astuple, replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal, assert_equal
from scipy.special import expit, ndtr
from sklearn.dummy import DummyClassifier

from twoarm.cohort import load_study
from twoarm.diagnostics.ranking.heterogeneity import finding, heterogeneity
from twoarm.diagnostics.ranking.heterogeneity_chain import ChainRepeat, ChainTask
from twoarm.diagnostics.ranking.heterogeneity_nulls import (
    NoEffectTask,
    SameEffectTask,
    propensity_strata,
    same_effect_risk,
)
from twoarm.diagnostics.ranking.heterogeneity_refits import Refits, Work
from twoarm.diagnostics.ranking.heterogeneity_summary import band, bounded, summarise_chain
from twoarm.diagnostics.ranking.threshold_shares import bands
from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Logistic, Mean
from twoarm.metalearners import (
    PenalizedInteraction,
    Predictors,
    TLearner,
    dr_scores,
    hajek_scores,
)

SMALL = {"threshold": 0.15, "folds": 3, "repeats": 2, "half_samples": 4, "draws": 4, "seed": 7}
CONVERGED = 1e-6  # the members iterate to 1e-10; differences of risks add up


def cohort(seed, n=120, *, log_odds_ratio=0.3, interaction=0.0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    w = rng.integers(0, 2, n)
    lp = -0.9 + X @ (0.8, 0.5, 0.3) + w * (log_odds_ratio + interaction * X[:, 2])
    return X, (rng.random(n) < expit(lp)).astype(float), w


def refits(X, y, w, *, learner=None, desirable=True):
    predictors = Predictors.from_matrix(X)
    chosen = TLearner(Logistic(), desirable=desirable) if learner is None else learner
    return Refits(chosen, predictors, y, w, Logistic(), predictors)


def numbers(value):
    def flat(item):
        return [x for each in item for x in flat(each)] if isinstance(item, tuple) else [item]

    return np.array([np.nan if x is None else x for x in flat(astuple(value))], dtype=float)


def test_any_executor_gives_the_same():
    one = heterogeneity(refits(*cohort(1)), executor="serial", **SMALL)
    other = heterogeneity(refits(*cohort(1)), executor="threads", workers=2, **SMALL)
    assert_equal(asdict(one), asdict(other))  # NaN equals NaN here
    another = heterogeneity(refits(*cohort(1)), **{**SMALL, "seed": 8})
    assert another.average != one.average


def test_the_tasks_can_travel():
    given = refits(*cohort(1))
    for task in (
        ChainTask(given, 3, 1),
        NoEffectTask(given, propensity_strata(given, 1), 1),
        SameEffectTask(given, same_effect_risk(given), 1),
    ):
        there = pickle.loads(pickle.dumps(task))
        item = (Work.HALF_SAMPLE, 2) if isinstance(task, ChainTask) else 2
        here, back = task(item), there(item)
        if isinstance(here, ChainRepeat):
            here, back = here.benefit, back.benefit
        assert_array_equal(here, back)


def test_a_refit_is_the_learner_fitted_to_those_patients():
    X, y, w = cohort(2)
    learnt = np.arange(120) < 80
    for learner in (
        TLearner(Logistic(), desirable=False),
        PenalizedInteraction(desirable=False, seed=5),
    ):
        found = refits(X, y, w, learner=learner).effects(learnt, ~learnt, seed=5)
        direct = learner.fit(X[learnt], y[learnt], treatment=w[learnt]).effects(X[~learnt])
        assert_allclose(found.benefit[~learnt], direct.benefit, atol=CONVERGED)
        assert_allclose(found.mu0[~learnt], direct.mu0, atol=CONVERGED)
        assert np.isnan(found.benefit[learnt]).all()


def test_nobody_is_predicted_by_a_model_that_saw_him():
    X, y, w = cohort(3)
    given = refits(X, y, w)
    before = ChainTask(given, 4, 1)((Work.REPEAT, 0))
    changed = y.copy()
    alike = np.flatnonzero((w == 1) & (y == 1))
    other = np.flatnonzero((w == 1) & (y == 0))
    changed[[alike[0], other[0]]] = 0, 1  # trade outcomes: folds may move, but only theirs
    after = ChainTask(replace(given, outcome=changed), 4, 1)((Work.REPEAT, 0))
    assert (before.benefit != after.benefit).any()
    memory = ChainTask(replace(given, learner=TLearner(Memory(), desirable=True)), 4, 1)
    assert_allclose(memory((Work.REPEAT, 0)).benefit, 0.0, atol=1e-12)


class Memory(DummyClassifier):
    """Knows the outcomes of the patients it was fitted to, and says 0.5 of all others."""

    def fit(self, X, y, sample_weight=None):
        self.seen_ = {tuple(row): label for row, label in zip(np.asarray(X), y, strict=True)}
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X):
        risk = np.array([self.seen_.get(tuple(row), 0.5) for row in np.asarray(X)], dtype=float)
        return np.stack([1 - risk, risk], axis=1)


def test_memory_would_show_in_sample():
    X, y, w = cohort(3)
    everybody = np.ones(120, dtype=bool)
    given = refits(X, y, w, learner=TLearner(Memory(), desirable=True))
    assert np.ptp(given.effects(everybody, everybody, seed=1).benefit) > 0.5


def test_one_repeat_says_what_its_parts_say():
    X, y, w = cohort(4, 200)
    found = ChainTask(refits(X, y, w), 5, 3)((Work.REPEAT, 1))
    assert_array_equal(found.rows, np.arange(200))
    assert_allclose(found.slope * found.centred.var(ddof=1), found.covariance, atol=1e-10)
    assert abs(found.centred.mean()) < 1e-12
    assert found.benefit.std() > found.centred.std()


def test_half_samples_are_halves_of_both_arms():
    X, y, w = cohort(5, 121)
    y[:7] = np.nan
    task = ChainTask(refits(X, y, w), 3, 2)
    seen = np.zeros(121)
    for number in range(8):
        rows = task((Work.HALF_SAMPLE, number)).rows
        assert np.isfinite(y[rows]).all()
        for arm in (0, 1):
            assert (w[rows] == arm).sum() == ((w == arm) & np.isfinite(y)).sum() // 2
        seen[rows] += 1
    assert seen[7:].std() > 0


def test_patients_without_an_outcome_take_no_part():
    X, y, w = cohort(6)
    missing = y.copy()
    missing[::10] = np.nan
    keep = np.isfinite(missing)
    with_them = heterogeneity(refits(X, missing, w), **SMALL)
    without = heterogeneity(refits(X[keep], y[keep], w[keep]), **SMALL)
    assert_allclose(numbers(with_them), numbers(without), atol=CONVERGED)


def test_names_of_outcomes_do_not_matter():
    X, y, w = cohort(7)
    good = ChainTask(refits(X, y, w), 3, 2)((Work.REPEAT, 0))
    bad = ChainTask(refits(X, 1 - y, w, desirable=False), 3, 2)((Work.REPEAT, 0))
    for name in ("benefit", "centred", "average", "slope", "se", "covariance"):
        assert_allclose(getattr(bad, name), getattr(good, name), atol=CONVERGED, rtol=1e-5)


def test_hajek_scores():
    rng = np.random.default_rng(1)
    y, w = rng.integers(0, 2, 50).astype(float), np.tile([0, 1], 25)
    mu0, mu1 = rng.random((2, 50))
    half = np.full(50, 0.5)
    assert_allclose(hajek_scores(y, w, mu0, mu1, half), dr_scores(y, w, mu0, mu1, half), atol=1e-12)
    e = rng.uniform(0.2, 0.8, 50)
    nothing = np.zeros(50)  # without a model: the weighted means of Hajek
    expected = np.average(y, weights=w / e) - np.average(y, weights=(1 - w) / (1 - e))
    assert_allclose(hajek_scores(y, w, nothing, nothing, e).mean(), expected, atol=1e-12)


def test_arms_are_permuted_within_strata_only():
    X, y, w = cohort(8)
    given = refits(X, y, w, learner=TLearner(Mean(), desirable=True))
    crude = y[w == 1].mean() - y[w == 0].mean()
    alone = NoEffectTask(given, np.arange(120), 1)(0)  # each patient a stratum of his own
    assert_allclose(alone, crude, atol=1e-12)
    together = [NoEffectTask(given, np.zeros(120, dtype=int), 1)(k)[0] for k in range(400)]
    assert abs(np.mean(together)) < 4 * np.std(together) / 20
    se = np.sqrt(y.var(ddof=1) * (1 / (w == 1).sum() + 1 / (w == 0).sum()))
    assert_allclose(np.std(together), se, rtol=0.15)


def test_strata_are_fifths_of_the_propensity():
    X, y, w = cohort(9)
    y[:5] = np.nan
    strata = propensity_strata(refits(X, y, w), 1)
    assert (strata[:5] == -1).all()
    assert_array_equal(np.bincount(strata[5:]), [23] * 5)


def test_the_same_effect_keeps_the_events_of_each_arm():
    X, y, w = cohort(10)
    given = refits(X, y, w, learner=TLearner(Mean(), desirable=True))
    risk = same_effect_risk(given)
    for arm in (0, 1):
        assert_allclose(risk[w == arm].sum(), y[w == arm].sum(), atol=1e-5)
    drawn = [SameEffectTask(given, risk, 1)(k)[0] for k in range(400)]
    crude = y[w == 1].mean() - y[w == 0].mean()
    assert abs(np.mean(drawn) - crude) < 4 * np.std(drawn) / 20
    # One odds ratio for all: the predictors move both arms alike on the logit scale.
    logit = np.log(risk / (1 - risk))
    design = np.column_stack([np.ones(120), w, X])
    residual = logit - design @ np.linalg.lstsq(design, logit, rcond=None)[0]
    assert_allclose(residual, 0.0, atol=1e-8)


@pytest.fixture(scope="module")
def one_odds_ratio():
    """The simulation of a constant odds ratio, 400 patients, 12 predictors: nobody gains 0.15."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(400, 12))
    w = rng.integers(0, 2, 400)
    lp = -0.9 + X[:, :4] @ (0.8, 0.5, 0.5, 0.3) + 0.272 * w
    y = (rng.random(400) < expit(lp)).astype(float)
    given = refits(X, y, w, learner=TLearner(Logistic(C=np.inf), desirable=True))
    return heterogeneity(
        given, threshold=0.15, folds=5, repeats=3, half_samples=30, draws=60, seed=1
    )


def test_a_share_made_of_noise_is_no_more_than_the_same_effect_makes(one_odds_ratio):
    found = one_odds_ratio
    assert found.raw > 0.12  # nobody has it
    assert found.same_effect.low < found.raw < found.same_effect.high
    assert found.shrunk.estimate < 0.5 * found.crossfit
    assert found.sd_shrunk < 0.5 * found.sd_crossfit
    assert found.slope.low < found.slope.estimate < found.slope.high < 1
    assert found.slope.estimable
    assert 0 <= found.shrunk.low <= found.shrunk.estimate <= found.shrunk.high <= 1


def test_what_differs_is_seen():
    X, y, w = cohort(11, 1500, log_odds_ratio=0.2, interaction=2.0)
    found = heterogeneity(
        refits(X, y, w), threshold=0.15, folds=5, repeats=2, half_samples=10, draws=20, seed=1
    )
    assert found.raw > found.same_effect.high
    assert 0.8 < found.slope.estimate < 1.2
    base = -0.9 + X @ (0.8, 0.5, 0.3)
    truth = expit(base + 0.2 + 2.0 * X[:, 2]) - expit(base)
    assert abs(found.shrunk.estimate - (truth >= 0.15).mean()) < 0.08
    assert_allclose(found.sd_deconvolved, truth.std(), rtol=0.15)


def test_the_same_for_everybody_is_not_estimable():
    given = refits(*cohort(12), learner=TLearner(Mean(), desirable=True))
    found = heterogeneity(given, **SMALL)
    assert not found.slope.estimable
    assert np.isnan(found.shrunk.estimate)
    assert np.isnan(found.deconvolved.estimate)
    assert found.sd_shrunk is None


class Broken(DummyClassifier):
    """Gives no number."""

    def predict_proba(self, X):
        return np.full((len(X), 2), np.nan)


def test_a_learner_that_cannot_be_fitted_says_so():
    given = refits(*cohort(13), learner=TLearner(Broken(), desirable=True))
    assert ChainTask(given, 3, 1)((Work.REPEAT, 0)) is None
    with pytest.raises(FitError):
        heterogeneity(given, **SMALL)
    with pytest.raises(ArgumentError, match="found folds=1"):
        heterogeneity(given, **{**SMALL, "folds": 1})


def repeat(centred, *, average, slope, se, covariance):
    centred = np.asarray(centred, float)
    return ChainRepeat(
        np.arange(centred.size), centred, centred + 0.1, average, slope, se, covariance
    )


def test_the_chain_by_hand():
    found = summarise_chain(
        [
            repeat([-0.1, 0.1], average=0.2, slope=0.4, se=0.3, covariance=0.01),
            repeat([-0.2, 0.2], average=0.1, slope=0.6, se=0.2, covariance=0.03),
        ],
        0.15,
    )
    assert_allclose((found.slope, found.se, found.average), (0.5, 0.25, 0.15))
    assert_allclose(found.crossfit, 0.5)  # 0, 0.2; -0.1, 0.3
    assert_allclose(found.shrunk, 0.5)
    assert_allclose(found.sd_deconvolved, np.sqrt(0.02))
    assert_allclose(found.deconvolved, 0.5)
    assert_allclose(found.sd_shrunk, 0.5 * (0.1 + 0.2) / 2 * np.sqrt(2))


def test_an_uncertain_slope_shrinks_nothing_but_a_half_sample():
    uncertain = [repeat([-0.1, 0.1], average=0.2, slope=0.4, se=0.51, covariance=0.01)]
    assert summarise_chain(uncertain, 0.15).shrunk is None
    assert summarise_chain(uncertain, 0.15).slope == 0.4
    assert summarise_chain(uncertain, 0.15, always=True).shrunk is not None


def test_bands_and_intervals_count_what_failed():
    shares = [np.array([0.0, 0.2]), np.array([0.2, 0.2]), np.array([0.0, 0.0])]
    found = band([*shares, *shares, None], 0.15)
    assert (found.mean, found.draws, found.failed) == (0.5, 7, 1)
    assert found.low == pytest.approx(0.0)
    assert band([*shares, None], 0.15).mean is None
    assert bounded(0.95, [0.8, 0.9, 1.0], (0, 1)).high == 1.0
    assert_allclose(bounded(0.5, [0.8, 0.9, 1.0], (0, 1)).low, 0.5 - 1.96 * 0.1, atol=1e-4)
    assert np.isnan(bounded(0.5, [0.8, None, None], (0, 1)).low)
    assert np.isnan(bounded(None, [0.8, 0.9], (0, 1)).estimate)


def test_the_finding_says_no_more_than_the_bands(one_odds_ratio):
    study = load_study("rescue-stenting")
    few = replace(one_odds_ratio, same_effect=replace(one_odds_ratio.same_effect, draws=99))
    for raw in (0.01, 0.99):
        rough = finding(replace(few, raw=raw), study)
        assert rough.verdict == "cannot tell"
        assert "too few to compare" in rough.text
    many = replace(one_odds_ratio.same_effect, draws=200, failed=0)
    one_odds_ratio = replace(one_odds_ratio, same_effect=many)
    noise = finding(one_odds_ratio, study)
    assert noise.verdict == "questions"
    assert "this is no more than that" in noise.text
    more = finding(replace(one_odds_ratio, raw=0.99), study)
    assert more.verdict == "cannot tell"
    assert "99 % of the patients are predicted to gain 15 points or more" in more.text
    unknown = replace(
        one_odds_ratio,
        same_effect=band([None, None], 0.15),
        slope=replace(one_odds_ratio.slope, estimable=False, se=0.69),
    )
    assert finding(unknown, study).verdict == "cannot tell"
    assert "could not be computed" in finding(unknown, study).text
    assert "has a standard error of 0.69" in finding(unknown, study).text


def test_shrinkage_that_collapsed_is_said_to_be_the_average_alone(one_odds_ratio):
    whole = replace(one_odds_ratio.shrunk, estimate=1.0)
    nothing = replace(one_odds_ratio.losing, shrunk=replace(one_odds_ratio.shrunk, estimate=0.0))
    collapsed = replace(
        one_odds_ratio, average=0.201, sd_shrunk=0.004, shrunk=whole, losing=nothing
    )
    text = finding(collapsed, load_study("rescue-stenting")).text
    assert "nearly the same for all, a benefit of 20.1 points: that 100 % would then gain" in text
    assert "no more than that average does" in text
    apart = replace(collapsed, sd_shrunk=0.03)
    text = finding(apart, load_study("rescue-stenting")).text
    assert "100 % are predicted to gain that much, 0 % to lose it." in text


def test_who_loses_is_who_gains_with_every_benefit_turned_round():
    chains = [
        repeat([-0.3, -0.1, 0.4], average=0.05, slope=0.9, se=0.3, covariance=0.08),
        repeat([-0.2, 0.0, 0.2], average=-0.02, slope=0.7, se=0.2, covariance=0.03),
    ]
    turned = summarise_chain([one.turned for one in chains], 0.15)
    # Benefits -0.2, 0.0, 0.5 and -0.1, 0.1, 0.3; shrunk 0.015 + 0.8 (...).
    assert_allclose(turned.crossfit, 1 / 6)
    assert_allclose(turned.shrunk, 1 / 6)
    assert_allclose(turned.deconvolved, ndtr((-0.015 - 0.15) / np.sqrt(0.055)))
    drawn = [np.array([-0.2, 0.2, 0.3, 0.0]), None, np.array([-0.15, -0.3, 0.0, 0.0])] * 4
    gaining, losing = bands(drawn[:1] * 9 + drawn[2:3] * 9, 0.15)
    assert (gaining.mean, losing.mean) == (0.25, 0.375)
    assert bands(drawn, 0.15)[1].mean is None  # a third failed


def test_who_loses_is_counted_as_who_gains_is():
    """As in a trial in which harm and benefit nearly cancel out: the average shows little."""
    X, y, w = cohort(14, 1200, log_odds_ratio=0.0, interaction=2.5)
    found = heterogeneity(
        refits(X, y, w), threshold=0.15, folds=4, repeats=1, half_samples=2, draws=2, seed=1
    )
    base = -0.9 + X @ (0.8, 0.5, 0.3)
    truth = expit(base + 2.5 * X[:, 2]) - expit(base)
    for side, share in ((found, truth >= 0.15), (found.losing, truth <= -0.15)):
        assert share.mean() > 0.2
        assert_allclose((side.crossfit, side.shrunk.estimate), share.mean(), atol=0.05)
        assert side.raw > side.same_effect.high
    text = finding(found, load_study("rescue-stenting")).text
    assert f"{100 * found.losing.raw:.0f} % are predicted to lose 15 points or more." in text
