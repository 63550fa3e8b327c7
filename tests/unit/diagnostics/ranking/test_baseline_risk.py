"""Benefit by quarter of baseline risk: by hand, by its symmetries, and where there is little."""

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit

from twoarm.diagnostics import average_effect
from twoarm.diagnostics.ranking.by_risk.baseline_risk import baseline_risk
from twoarm.diagnostics.ranking.by_risk.blinded_risk import (
    blinded_risk,
    odds_ratio_trend,
    one_odds_ratio,
)
from twoarm.diagnostics.ranking.by_risk.risk_groups import Patients, risk_groups
from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Logistic
from twoarm.metalearners import TLearner, arm_scores
from twoarm.seeds import fold_numbers, generator

ITERATED = 1e-6  # regressions stop when a step is below 1e-11; sums in another order
SAME = 1e-12
CHANCE = 3.0  # standard errors, for a comparison with the truth
METHODS = ("aipw", "crude", "risk_model", "learner")


def cohort(seed, n=300, *, log_odds_ratio=-0.8, intercept=-0.5):
    """Give the arguments of `baseline_risk` for a trial with one odds ratio."""
    rng = generator(seed)
    X = np.column_stack([rng.normal(size=(n, 2)), rng.integers(0, 2, n)])
    w = rng.integers(0, 2, n)
    lp = intercept + X @ (1.0, 0.5, 0.4)
    y = (rng.random(n) < expit(lp + log_odds_ratio * w)).astype(float)
    return {
        "X": X,
        "outcome": y,
        "treatment": w,
        "mu0": expit(lp + 0.1 * X[:, 0]),
        "mu1": expit(lp + log_odds_ratio),
        "propensity": np.full(n, 0.5),
        "fold": fold_numbers(2 * w + y, 5, rng),
        "desirable": False,
        "randomised": True,
    }


def rows_of(arguments, rows):
    return {
        name: value[rows] if isinstance(value, np.ndarray) else value
        for name, value in arguments.items()
    }


def numbers(value):
    """Give every number in a value, None as NaN."""
    if isinstance(value, tuple):
        return [number for each in value for number in numbers(each)]
    return [math.nan if value is None else float(value)]


def by_hand():
    """Give two groups of 8: in controls 2 of 4 and 3 of 4 events, in treated 1 of 4 and 2 of 4."""
    event = np.array([1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 0, 0], dtype=float)
    arm = np.tile(np.repeat([False, True], 4), 2)
    half = np.full(16, 0.5)
    phi0, phi1 = arm_scores(event, arm, half, half, half)
    risk = np.repeat([0.25, 0.75], 8)
    patients = Patients(event, arm, half, half - 0.125, phi0, phi1, risk, None, randomised=True)
    return risk_groups(patients, [risk < 0.5, risk > 0.5])


def test_estimates_of_a_small_table():
    everybody, (low, high) = by_hand()
    assert (low.n, low.events, high.events) == ((4, 4), (2, 1), (3, 2))
    assert (low.lowest_risk, low.mean_risk, high.highest_risk) == (0.25, 0.25, 0.75)
    # Scores of the benefit are 1 and -1: in the first group five of eight are 1.
    assert low.aipw.benefit.estimate == pytest.approx(0.25)
    assert low.aipw.benefit.se == pytest.approx(math.sqrt(7.5 / 7 / 8))
    assert (low.untreated.estimate, low.treated.estimate) == pytest.approx((0.5, 0.25))
    assert low.crude.benefit.estimate == pytest.approx(2 / 4 - 1 / 4)
    assert low.crude.benefit.se == pytest.approx(math.sqrt(1 / 4 / 3 + 3 / 16 / 3))
    assert low.crude.odds_ratio.estimate == pytest.approx((1 / 3) / (2 / 2))
    assert low.crude.odds_ratio.se == pytest.approx(math.sqrt(1 + 1 / 3 + 1 / 2 + 1 / 2))
    assert high.crude.odds_ratio.estimate == pytest.approx((2 / 2) / (3 / 1))
    assert low.learner.benefit.estimate == pytest.approx(0.125)
    assert low.learner.odds_ratio.estimate == pytest.approx((3 / 5) / 1)
    assert math.isnan(low.learner.benefit.low)
    assert math.isnan(low.learner.odds_ratio.high)
    assert everybody.n == (8, 8)
    assert not everybody.aipw.benefit.excludes_zero
    assert low.risk_model is None
    assert all(each.share is None for each in (low.aipw, low.crude, low.learner))


def test_the_average_is_the_one_that_the_study_reports():
    arguments = cohort(3)
    found = baseline_risk(**arguments).everybody
    known = average_effect(
        arguments["X"],
        arguments["outcome"],
        arguments["treatment"],
        mu=(arguments["mu0"], arguments["mu1"]),
        propensity=arguments["propensity"],
        replicates=0,
    )
    for mine, other in ((found.aipw.benefit, known.aipw), (found.crude.benefit, known.crude)):
        assert_allclose((mine.estimate, mine.se), (-other.estimate, other.se), rtol=SAME)


@settings(deadline=None, max_examples=20)
@given(seed=integers(0, 2**32 - 1))
def test_counts_benefits_and_shares_add_up(seed):
    arguments = cohort(seed, log_odds_ratio=-2.0)
    found = baseline_risk(**arguments)
    size = np.array([sum(each.n) for each in found.groups])
    assert_array_equal(size, 75)
    assert_array_equal(np.sum([each.n for each in found.groups], axis=0), found.everybody.n)
    assert_array_equal(
        np.sum([each.events for each in found.groups], axis=0), found.everybody.events
    )
    bounds = [(each.lowest_risk, each.mean_risk, each.highest_risk) for each in found.groups]
    assert (np.diff(np.ravel(bounds)) >= 0).all()
    for method in METHODS:
        parts = [getattr(each, method) for each in found.groups]
        if any(each is None for each in parts):
            continue
        if method != "crude":
            mean = size @ [each.benefit.estimate for each in parts] / size.sum()
            whole = getattr(found.everybody, method).benefit.estimate
            assert mean == pytest.approx(whole, abs=SAME)
        if parts[0].share is not None:
            assert sum(each.share.estimate for each in parts) == pytest.approx(1.0)


@settings(deadline=None, max_examples=20)
@given(seed=integers(0, 2**32 - 1))
def test_the_order_of_the_rows_does_not_matter(seed):
    arguments = cohort(seed, 120)
    mixed = rows_of(arguments, generator(seed, 1).permutation(120))
    found, other = (numbers(astuple(baseline_risk(**each))) for each in (arguments, mixed))
    assert_allclose(found, other, rtol=ITERATED, atol=ITERATED)


@settings(deadline=None, max_examples=20)
@given(seed=integers(0, 2**32 - 1))
def test_swapped_arms_turn_the_signs(seed):
    arguments = cohort(seed, 200)
    swapped = arguments | {
        "treatment": 1 - arguments["treatment"],
        "mu0": arguments["mu1"],
        "mu1": arguments["mu0"],
        "propensity": 1 - arguments["propensity"],
    }
    found, other = baseline_risk(**arguments), baseline_risk(**swapped)
    close = {"rel": ITERATED, "abs": ITERATED}
    assert other.auc == found.auc
    assert other.odds_ratio.estimate == pytest.approx(1 / found.odds_ratio.estimate, **close)
    trends = found.odds_ratio_trend.estimate, other.odds_ratio_trend.estimate
    assert trends[1] == pytest.approx(1 / trends[0], **close)
    for group, mirrored in zip(found.groups, other.groups, strict=True):
        assert mirrored.n == group.n[::-1]
        assert mirrored.mean_risk == group.mean_risk
        for method in METHODS:
            one, two = getattr(group, method), getattr(mirrored, method)
            if one is None:
                assert two is None
                continue
            assert two.benefit.estimate == pytest.approx(-one.benefit.estimate, **close)
            if math.isfinite(one.benefit.low):
                assert two.benefit.low == pytest.approx(-one.benefit.high, **close)
            if one.odds_ratio is not None:
                inverse = 1 / one.odds_ratio.estimate
                assert two.odds_ratio.estimate == pytest.approx(inverse, **close)
            assert (one.share is None) == (two.share is None)
            if one.share is not None:
                assert two.share.estimate == pytest.approx(one.share.estimate, **close)


def test_an_outcome_and_its_absence_say_the_same():
    arguments = cohort(4)
    other = arguments | {
        "outcome": 1 - arguments["outcome"],
        "mu0": 1 - arguments["mu0"],
        "mu1": 1 - arguments["mu1"],
        "desirable": True,
    }
    found, again = (numbers(astuple(baseline_risk(**each))) for each in (arguments, other))
    assert_allclose(found, again, rtol=SAME)


def test_nobody_is_predicted_by_a_model_that_saw_him_or_the_arm():
    arguments = cohort(5)
    X, y, fold = (arguments[each] for each in ("X", "outcome", "fold"))
    risk = blinded_risk(X, y, fold)
    here = fold == 2
    direct = Logistic().fit(X[~here], y[~here]).predict_proba(X[here])[:, 1]
    assert_allclose(risk[here], direct, atol=1e-8)
    assert_array_equal(blinded_risk(X, np.where(here, 1 - y, y), fold)[here], risk[here])


def test_patients_alike_stay_together_and_groups_may_be_fewer():
    arguments = cohort(6, 400)
    few = arguments | {"X": arguments["X"][:, 2:]}
    found = baseline_risk(**few)
    assert (found.asked, len(found.groups)) == (4, 2)
    sizes = [sum(each.n) for each in found.groups]
    assert sorted(sizes) == sorted(np.bincount(few["X"][:, 0].astype(int)).tolist())
    assert all(each.lowest_risk == each.highest_risk for each in found.groups)


def test_without_a_predictor_there_is_one_group_and_its_risk_model_knows_the_arms_alone():
    found = baseline_risk(**(cohort(7) | {"X": np.ones((300, 1))}))
    assert len(found.groups) == 1
    assert found.odds_ratio_trend is None
    crude, model = found.everybody.crude, found.everybody.risk_model
    assert model.odds_ratio.estimate == pytest.approx(crude.odds_ratio.estimate, rel=ITERATED)
    assert model.odds_ratio.se == pytest.approx(crude.odds_ratio.se, rel=ITERATED)
    assert found.odds_ratio.estimate == pytest.approx(model.odds_ratio.estimate, rel=SAME)


def test_a_prognosis_that_is_wrong_way_round_is_left_out():
    arguments = cohort(8)
    wrong = 1 - arguments["mu1"]
    event, arm = arguments["outcome"], arguments["treatment"] == 1
    model = one_odds_ratio(wrong, event, arm)
    assert model.coefficient[1] == 0.0
    everybody = np.ones(300, dtype=bool)
    observed = [event[~arm].mean(), event[arm].mean()]
    for rows in (everybody, wrong > 0.5):
        assert_allclose(model.arm_risks(rows).risk, observed, atol=ITERATED)


def test_regressions_without_a_maximum_are_none():
    event, arm, risk = (
        np.tile([1.0, 0.0], 10),
        np.tile([True, False], 10),
        np.linspace(0.1, 0.9, 20),
    )
    assert one_odds_ratio(risk, event, arm) is None
    assert odds_ratio_trend(risk, event, arm) is None


def test_a_group_with_an_empty_cell_has_no_estimate_but_counts():
    arguments = cohort(9, 1200, log_odds_ratio=-1.5, intercept=-3.5)
    found = baseline_risk(**arguments)
    lowest, highest = found.groups[0], found.groups[-1]
    assert 0 in lowest.events
    assert lowest.aipw is lowest.crude is lowest.untreated is lowest.treated is None
    assert lowest.risk_model.benefit.low > 0
    assert found.everybody.aipw.benefit.excludes_zero
    phi0, phi1 = arm_scores(
        *(arguments[each] for each in ("outcome", "treatment", "mu0", "mu1", "propensity"))
    )
    risk = blinded_risk(*(arguments[each] for each in ("X", "outcome", "fold")))
    top = risk >= highest.lowest_risk
    share = (phi0 - phi1)[top].sum() / (phi0 - phi1).sum()
    assert highest.aipw.share.estimate == pytest.approx(share)


def test_shares_need_an_average_that_is_clear():
    nothing = baseline_risk(**cohort(1, log_odds_ratio=0.0))
    assert not nothing.everybody.aipw.benefit.excludes_zero
    assert all(getattr(each, method).share is None for each in nothing.groups for method in METHODS)


def test_a_learner_that_turns_the_average_round_has_no_shares():
    arguments = cohort(3, 1000)
    found = baseline_risk(**(arguments | {"mu0": arguments["mu1"], "mu1": arguments["mu0"]}))
    assert found.everybody.aipw.benefit.excludes_zero
    assert found.groups[-1].aipw.share is not None
    assert found.groups[-1].learner.share is None


def test_shares_of_a_harm_are_shares():
    found = baseline_risk(**cohort(3, 1000, log_odds_ratio=0.8))
    assert found.everybody.aipw.benefit.high < 0
    assert sum(each.aipw.share.estimate for each in found.groups) == pytest.approx(1.0)
    assert found.groups[-1].risk_model.share.estimate > 0


def test_the_crude_difference_stands_beside_in_trials_alone():
    found = baseline_risk(**(cohort(3) | {"randomised": False}))
    assert {each.crude for each in (*found.groups, found.everybody)} == {None}


@pytest.mark.parametrize("groups", [2, 3, 5])
def test_other_numbers_of_groups(groups):
    found = baseline_risk(**cohort(3), groups=groups)
    assert [sum(each.n) for each in found.groups] == [300 // groups] * groups


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.zeros(300)}, r"a row for each of the 300 patients; found shapes \(300,\)"),
        ({"X": np.zeros((299, 2))}, r"found shapes \(299, 2\)"),
        ({"X": np.full((300, 1), np.nan)}, "X must be complete"),
        ({"fold": np.zeros(300)}, "2 folds or more"),
        ({"fold": np.arange(299)}, r"and \(299,\)"),
        ({"outcome": np.full(300, 0.5)}, "Outcomes must be 0 or 1"),
        ({"treatment": np.zeros(300)}, "patients in both arms"),
        ({"mu1": np.full(300, 1.5)}, "Probabilities must lie in 0-1"),
        ({"mu0": np.full(300, np.nan)}, "`mu0` must be complete"),
        ({"propensity": np.ones(300)}, "strictly between 0 and 1"),
        ({"groups": 301}, "2 to 300 groups"),
    ],
)
def test_arguments_that_do_not_fit_are_named(change, message):
    with pytest.raises(ArgumentError, match=message):
        baseline_risk(**(cohort(3) | change))


def test_an_outcome_too_rare_to_predict_is_an_error():
    arguments = cohort(3)
    y = np.zeros(300)
    y[0] = 1
    with pytest.raises(FitError, match="events"):
        baseline_risk(**(arguments | {"outcome": y}))


def test_a_large_trial_with_one_odds_ratio_has_its_benefit_where_the_risk_is():
    """Like the trial of 30 510 patients with a published share of 61 % in the highest quarter."""
    rng = generator(30_510)
    n = 30_000
    X = rng.normal(size=(n, 6))
    w = (rng.random(n) < 1 / 3).astype(int)
    lp = -3.2 + X @ (0.9, 0.6, 0.4, 0.3, 0.2, 0.1)
    risk0, risk1 = expit(lp), expit(lp + math.log(0.8))
    y = (rng.random(n) < np.where(w == 1, risk1, risk0)).astype(float)
    fold = fold_numbers(2 * w + y, 5, rng)
    learner = TLearner(Logistic(), desirable=False).cross_fitted(X, y, treatment=w, folds=5)
    found = baseline_risk(
        X, y, w, mu0=learner.mu0, mu1=learner.mu1, propensity=np.full(n, 1 / 3), fold=fold,
        desirable=False, randomised=True,
    )  # fmt: skip
    top = lp >= np.quantile(lp, 0.75)
    true = (risk0 - risk1)[top].sum() / (risk0 - risk1).sum()
    highest = found.groups[-1]
    assert true == pytest.approx(0.60, abs=0.01)
    assert highest.risk_model.share.estimate == pytest.approx(true, abs=0.03)
    assert abs(highest.aipw.share.estimate - true) < CHANCE * highest.aipw.share.se
    for ratio, right in ((found.odds_ratio, 0.8), (found.odds_ratio_trend, 1.0)):
        assert abs(math.log(ratio.estimate / right)) < CHANCE * ratio.se


def test_scores_that_average_to_no_risk_are_no_number():
    """Four patients a cell; in the first cohort the treated's scores average to 1.25."""
    event, arm = np.tile([0.0, 1.0], 4), np.repeat([False, True], 4)
    half, phi0 = np.full(8, 0.5), np.full(8, 0.5)
    for phi1, told, benefit in ((1.25, False, -0.75), (1.75, False, None), (0.25, True, 0.25)):
        given = Patients(
            event, arm, half, half, phi0, np.full(8, phi1), half, None, randomised=False
        )
        everybody, _ = risk_groups(given, [np.ones(8, dtype=bool)])
        assert everybody.untreated.estimate == 0.5
        assert (everybody.treated is not None) == told
        found = None if everybody.aipw is None else everybody.aipw.benefit.estimate
        assert found == benefit
