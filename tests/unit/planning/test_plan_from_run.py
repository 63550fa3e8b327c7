from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.design import calibrated
from twoarm.diagnostics import Absent, marginal_sensitivity, treatment_odds_ratio
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.planning import Settings, plan_from_run
from twoarm.planning.from_run import known_from_run
from twoarm.seeds import generator
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.plan.propensity import treatment_model

FEW = Settings(trials=30, draws=100)


@pytest.fixture
def estimable(small_result, answered):
    """The small run, had its slope been known well enough."""
    found = small_result.value(HETEROGENEITY)
    slope = dataclasses.replace(
        found.slope, estimate=0.4, se=0.3, low=-0.2, high=1.0, estimable=True
    )
    value = {"mrs_0_2": dataclasses.replace(found, slope=slope)}
    return answered(small_result, HETEROGENEITY, value)


def test_average_slope_and_haircut_are_the_runs(estimable):
    known = known_from_run(estimable)
    found = estimable.value(HETEROGENEITY)
    assert known.prior.average == found.average
    assert (known.prior.slope, known.no_ranking) == (0.4, "")
    assert_allclose(known.slope_se, 1.2 / (2 * 1.959964))
    assert_allclose(known.model.values.std(ddof=1), found.sd_crossfit)
    assert_allclose(np.sqrt(known.prior.covariance[1][1]), known.slope_se)
    cut = known.haircut
    assert cut.odds_ratio >= 1.0
    assert_allclose(cut.value, max(found.average - cut.low, 0.0))


def test_the_haircut_is_the_bound_at_the_strongest_covariates_odds_ratio(estimable):
    cut, plan = known_from_run(estimable).haircut, estimable.plan
    model = treatment_model(plan.cohort)
    column = model.X[:, model.names.index(cut.covariate)]
    y = plan.outcome("mrs_0_2")
    assert cut.odds_ratio == treatment_odds_ratio(column, plan.cohort.treatment)
    bounds = marginal_sensitivity(
        y, plan.cohort.treatment, model.propensity.score, strengths=cut.odds_ratio
    )
    assert_allclose(cut.low, bounds.low[0])


def test_an_uncertain_slope_leaves_the_trial_of_everybody(small_result, answered):
    found = small_result.value(HETEROGENEITY)
    slope = dataclasses.replace(found.slope, estimate=0.4, se=0.7, estimable=False)
    value = {"mrs_0_2": dataclasses.replace(found, slope=slope)}
    plan = plan_from_run(answered(small_result, HETEROGENEITY, value), FEW)
    assert [row.kind for row in plan.designs] == ["all-comers"]
    assert "standard error of 0.70" in plan.basis.no_ranking
    assert plan.naive == ()


def test_another_outcome_is_planned_in_everybody(small_result):
    plan = plan_from_run(small_result, FEW, outcome="death")
    assert {row.kind for row in plan.designs} == {"all-comers"}
    assert "primary outcome alone" in plan.basis.no_ranking
    assert not plan.basis.desirable


def test_an_outcome_that_the_run_does_not_have_is_refused(small_result):
    with pytest.raises(ArgumentError, match="no outcome 'mrs_0_1'; it has mrs_0_2"):
        plan_from_run(small_result, FEW, outcome="mrs_0_1")


def test_arms_that_do_not_tell_the_average_are_no_plan(small_result, answered):
    values = small_result.answers.values
    effects = values[AVERAGE_EFFECT.name]["mrs_0_2"]
    untold = dataclasses.replace(
        effects, ate=dataclasses.replace(effects.ate, aipw=Absent("the arms do not overlap"))
    )
    result = answered(small_result, AVERAGE_EFFECT, {"mrs_0_2": untold})
    result = answered(result, HETEROGENEITY, {"mrs_0_2": Absent("the arms do not overlap")})
    with pytest.raises(NotEstimable, match="do not overlap"):
        plan_from_run(result, FEW)


def test_the_model_is_run_in_worlds_whose_truth_is_known(estimable):
    plan = plan_from_run(estimable, FEW)
    truths = {row.truth for row in plan.simulated}
    assert {"world A", "world M", "world B", "world N", "world Z", "world H"} <= truths
    nothing = [row for row in plan.simulated if row.truth == "world Z"]
    assert nothing
    assert all(row.true_benefit == 0.0 for row in nothing)
    assert plan.no_simulation == ""


def test_the_whole_scale_stands_beside_the_dichotomy(estimable):
    plan = plan_from_run(estimable, FEW)
    row = plan.ordinal[0]
    assert (row.kind, row.column) == ("all-comers", "mrs90")
    assert row.odds_ratio > 1.0
    assert row.patients < row.patients_dichotomy


def test_the_same_seed_gives_the_same_plan(estimable):
    assert plan_from_run(estimable, FEW) == plan_from_run(estimable, FEW)


def test_calibration_recovers_a_linear_truth():
    # benefit 0.05 + 0.3 (t - mean), control risk 0.3 - 0.2 (t - mean), scores with noise
    rng = generator(5)
    t = rng.normal(0.1, 0.1, 20_000)
    centred = t - t.mean()
    scores = 0.05 + 0.3 * centred + rng.normal(0, 1, t.size)
    control = 0.3 - 0.2 * centred + rng.normal(0, 0.5, t.size)
    found = calibrated(
        scores, control, t, average=0.05, slope=0.3, slope_se=0.07, spread=float(t.std(ddof=1))
    ).prior
    assert_allclose([found.control_risk, found.control_slope], [0.3, -0.2], atol=0.15)
    se = np.sqrt(np.diag(found.covariance))
    assert_allclose(
        se, [1 / 20_000**0.5, 0.07, 0.5 / 20_000**0.5, 0.5 / 20_000**0.5 / 0.1], rtol=0.05
    )


def test_a_wider_spread_of_one_model_weakens_what_a_point_of_it_says():
    rng = generator(6)
    t = rng.normal(0.1, 0.05, 500)
    scores, control = t + rng.normal(0, 1, 500), 0.3 + t + rng.normal(0, 0.5, 500)
    one, two = (
        calibrated(
            scores, control, t, average=0.1, slope=0.5, slope_se=0.2, spread=scale * t.std(ddof=1)
        )
        for scale in (1.0, 2.0)
    )
    assert_allclose(two.prior.control_slope, one.prior.control_slope / 4)
    assert_allclose(two.model.values.std(), 2 * one.model.values.std())


def test_predictions_that_are_the_same_for_all_are_no_ranking():
    with pytest.raises(NotEstimable, match="the same benefit"):
        calibrated(
            np.zeros(20), np.zeros(20), np.full(20, 0.1), average=0.1, slope=1.0, slope_se=0.1,
            spread=0.1,
        )  # fmt: skip
    with pytest.raises(ArgumentError, match="10 patients or more"):
        calibrated(
            np.zeros(5), np.zeros(5), np.zeros(5), average=0.1, slope=1.0, slope_se=0.1, spread=0.1
        )
