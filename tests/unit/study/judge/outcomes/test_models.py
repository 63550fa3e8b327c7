"""What a run says of its outcome models and of the predicted benefit is what it shows of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from twoarm.diagnostics import Absent
from twoarm.metalearners import hajek_scores
from twoarm.metrics import benefit_slope
from twoarm.study.fit.tasks import cross_fit_folds
from twoarm.study.judge.answers import asked
from twoarm.study.judge.outcomes.discrimination import DISCRIMINATION
from twoarm.study.judge.outcomes.separation import SEPARATION
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.ranking.worth import WORTH


def test_the_auc_of_the_finding_is_the_one_to_quote(small_result):
    found = small_result.value(DISCRIMINATION)
    for name in ("control", "treated"):
        quoted, own = small_result.primary.arms[name].auc, getattr(found, name)
        assert own.auc == pytest.approx(quoted.headline)
        assert (own.low, own.high) == pytest.approx((quoted.ci.low, quoted.ci.high))


def test_an_arm_without_events_has_no_auc(small_evidence):
    plan = small_evidence.plan
    values = np.where(plan.cohort.treatment == 0, 0.0, plan.outcome("mrs_0_2"))
    outcomes = {**plan.cohort.outcomes, "mrs_0_2": values}
    cohort = dataclasses.replace(plan.cohort, outcomes=outcomes)
    other = dataclasses.replace(small_evidence, plan=dataclasses.replace(plan, cohort=cohort))
    answers = asked(other, (DISCRIMINATION, SEPARATION))
    assert answers.defects == ()
    assert isinstance(answers.of(DISCRIMINATION).control, Absent)
    assert "None is given for Failed thrombectomy only (no repeat of" in answers.findings[0].text
    assert "or none, have the event" in answers.of(SEPARATION).reason


def test_a_predictor_that_is_the_outcome_is_told_whatever_the_learner(small_evidence):
    plan = small_evidence.plan
    encoded = small_evidence.encoded.copy()
    encoded[:, 0] = np.nan_to_num(plan.outcome("mrs_0_2"))
    other = dataclasses.replace(small_evidence)
    vars(other)["encoded"] = encoded
    answers = asked(other, (SEPARATION,))
    assert answers.blocks["outcomes.mrs_0_2.separation"] == dict.fromkeys(
        ("control", "treated"), "complete"
    )
    assert [each.verdict for each in answers.findings] == ["questions"]


def test_the_worth_is_that_of_the_runs_own_cross_fits(small_result, small_evidence):
    own, plan = small_evidence.primary, small_evidence.plan
    slopes = []
    for repeat, (mu0, mu1) in enumerate(small_evidence.crossfit.mu[:, 0][:, :, own.known]):
        scores = hajek_scores(own.outcome, own.treatment, mu0, mu1, own.propensity)
        fold = cross_fit_folds(plan, repeat)[own.known]
        slopes.append(benefit_slope(scores, mu1 - mu0, fold=fold).slope)
    found = small_result.value(WORTH)
    assert found.cross_fits == len(slopes) == 2
    assert found.slope.estimate == pytest.approx(np.median([each.estimate for each in slopes]))
    shown = next(
        each for each in small_result.value(COMPARISON).compared.page.learners if each.name == "t"
    )
    assert shown.slope.estimate == pytest.approx(slopes[0].estimate)
    summary = small_result.summary()["outcomes"]["mrs_0_2"]["benefit"]["calibration_slope"]
    assert summary["estimate"] == found.slope.estimate
