"""Outcomes that treatment cannot change: a run of their own, apart from the study's outcomes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.diagnostics import Absent, average_effect
from twoarm.errors import StudyFileError
from twoarm.report.sections.hidden.negative_controls import controls_table
from twoarm.seeds import Stream, integer
from twoarm.study import make_plan
from twoarm.study.fit.tasks import array_specs
from twoarm.study.judge.hidden.negative_controls import (
    NEGATIVE_CONTROL,
    negative_controls,
    plan_of_control,
)
from twoarm.study.plan.propensity import treatment_model


@pytest.fixture(scope="module")
def runs(small_result):
    return small_result.answers.each(NEGATIVE_CONTROL)


def test_they_are_no_outcomes_and_take_no_part_in_the_bootstrap(small_result, runs):
    plan = small_result.plan
    assert set(runs) == {each.name for each in plan.file.negative_controls}
    assert all(run.spec.name == name for name, run in runs.items())
    assert set(runs).isdisjoint(small_result.outcomes)
    assert set(runs).isdisjoint(small_result.summary()["outcomes"])
    assert not any(name in spec.name for spec in array_specs(plan) for name in runs)


def test_no_model_of_its_run_sees_the_control_or_what_it_names(small_result, runs):
    assert runs["premrs_above_0"].removed == ("premrs",)
    assert runs["glucose_above_7_1"].removed == ("dm", "glucose_mmol")
    assert runs["neg_control"].removed == ()
    plan = small_result.plan
    own = plan_of_control(plan, runs["glucose_above_7_1"].spec, 1)
    left = [each.column for each in own.predictors.codebook]
    assert left == [
        p.column for p in plan.cohort.codebook if p.column not in ("dm", "glucose_mmol")
    ]
    assert not {"dm", "glucose_mmol"} & set(treatment_model(own.cohort).names)
    assert own.predictors.coded.shape[1] == len(left)


def test_columns_of_the_propensity_can_be_removed_too(small_result):
    plan = small_result.plan
    spec = plan.file.negative_controls[0].model_copy(update={"remove": ("smoke",)})
    own = plan_of_control(plan, spec, 1)
    assert "smoke" not in treatment_model(own.cohort).names
    assert "smoke" in treatment_model(plan.cohort).names


def test_the_effect_is_aipw_of_one_cross_fit_in_benefit_direction(small_result, runs):
    from twoarm.study.judge.hidden.negative_controls import _cross_fitted

    plan = small_result.plan
    for position, run in enumerate(runs.values()):
        seed = integer(plan.seed, Stream.NEGATIVE_CONTROL, position)
        own = plan_of_control(plan, run.spec, seed)
        model, mu = treatment_model(own.cohort), _cross_fitted(own)
        direct = average_effect(
            model.X,
            plan.outcome(run.spec.name),
            plan.cohort.treatment,
            mu=tuple(mu),
            propensity=model.propensity.score,
        ).aipw
        sign = 1.0 if run.spec.desirable else -1.0
        assert run.effect.effect.estimate == pytest.approx(sign * direct.estimate, rel=1e-12)
        assert run.effect.effect.se == pytest.approx(direct.se, rel=1e-12)


def test_the_share_is_judged_by_a_permutation_test(runs, small_result):
    for run in runs.values():
        assert run.share.permuted.draws == min(19, small_result.replicates)
        assert 1 / (run.share.permuted.draws + 1) <= run.share.p <= 1
        assert 0 <= run.share.raw <= 1


def test_a_control_that_treatment_does_reach_is_found(small):
    """A column that follows the arm in most patients must question the comparison."""
    study, cohort = small
    rng = np.random.default_rng(5)
    planted = np.where(rng.random(len(cohort)) < 0.8, cohort.treatment, 1 - cohort.treatment)
    outcomes = {**cohort.outcomes, "neg_control": planted.astype(float)}
    plan = make_plan(study, dataclasses.replace(cohort, outcomes=outcomes), executor="serial")
    spec = plan.file.negative_controls[0]
    file = plan.file.model_copy(update={"outcomes": (plan.file.outcomes[0], spec)})
    only = dataclasses.replace(plan, study=dataclasses.replace(study, file=file))
    (found,) = negative_controls(only).values()
    assert found.effect.effect.estimate == pytest.approx(0.6, abs=0.15)
    assert found.effect.detects
    assert NEGATIVE_CONTROL.finding(found, study).verdict == "questions"
    assert found.share.raw > found.share.permuted.high
    assert found.share.p == 1 / (found.share.permuted.draws + 1)


def test_what_cannot_be_fitted_is_absent_with_its_reason(small_result, small, answered):
    study, cohort = small
    values = np.full(len(cohort), np.nan)
    values[np.flatnonzero(cohort.treatment == 0)[:4]] = [0, 0, 1, 1]
    values[np.flatnonzero(cohort.treatment == 1)[:4]] = [0, 0, 1, 1]
    outcomes = {**cohort.outcomes, "neg_control": values}
    plan = make_plan(study, dataclasses.replace(cohort, outcomes=outcomes), executor="serial")
    runs = negative_controls(plan)
    found = runs["neg_control"]
    assert found.n == 8
    summary = answered(small_result, NEGATIVE_CONTROL, runs).summary()
    parts = {"effect": found.effect, "ranking": found.ranking, "share_at_threshold": found.share}
    for part, value in parts.items():
        is_null = summary["negative_controls"]["neg_control"][part] is None
        assert is_null == isinstance(value, Absent)
        path = f"negative_controls.neg_control.{part}"
        assert summary["absent"].get(path) == (value.reason if is_null else None)
    assert any(isinstance(value, Absent) for value in parts.values())


def test_an_interim_summary_has_no_negative_controls(interim):
    summary = interim.summary()
    assert summary["negative_controls"] is None
    assert "interim" in summary["absent"]["negative_controls"]
    assert "interim" in summary["absent"]["hidden_confounding"]


def test_the_table_says_what_a_null_does_not_exclude(small_result, runs):
    table = controls_table(small_result.plan.file, tuple(runs.values()))
    assert len(table.rows) == len(runs)
    assert "does not exclude confounding by factors unrelated to this outcome" in table.note
    assert "14.3 % of studies" in table.note  # 1 - 0.95^3
    assert table.rows[2][1] == "Diabetes, Glucose"


def test_findings_of_controls_are_among_those_of_the_run(small_result, runs):
    names = [each.name for each in small_result.findings]
    assert names.count("negative control") == len(runs)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('remove = ["dm"]', 'remove = ["dmm"]', "no predictor or propensity column: 'dmm'"),
        ('role = "negative_control"\nremove', 'remove', "'remove' belongs to a negative control"),
        ('column = "neg_control"', 'column = "gpi"', "measured after the decision"),
    ],
)  # fmt: skip
def test_a_study_file_that_contradicts_itself_is_refused(study_text, tmp_path, old, new, said):
    assert old in study_text
    path = tmp_path / "study.toml"
    path.write_text(study_text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StudyFileError, match=said):
        load_study(path)


def test_a_predictor_may_be_a_control_and_an_eligibility_rule_may_read_it(small):
    study, cohort = small
    assert "premrs" in {each.column for each in cohort.codebook}
    assert not any("known only after the decision" in str(each) for each in cohort.notices)
    values = cohort.outcomes["premrs_above_0"]
    column = [each.column for each in cohort.codebook].index("premrs")
    np.testing.assert_array_equal(values, (cohort.predictors[:, column] >= 1).astype(float))
    assert read_cohort(study).outcomes["glucose_above_7_1"].mean() == pytest.approx(
        0.547, abs=0.001
    )
