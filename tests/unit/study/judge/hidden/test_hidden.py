"""Hidden confounding in a run: each measure is that of the arrays, in benefit direction."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from twoarm.diagnostics import (
    benefit_e_value,
    covariate_strengths,
    marginal_sensitivity,
    partial_r2,
    patient_bounds,
)
from twoarm.report.sections import hidden as hidden_section
from twoarm.study.judge.answers import asked
from twoarm.study.judge.hidden.e_value import E_VALUE
from twoarm.study.judge.hidden.partial_r2 import PARTIAL_R2
from twoarm.study.judge.hidden.rosenbaum import ROSENBAUM
from twoarm.study.judge.hidden.sensitivity import SENSITIVITY
from twoarm.study.plan.propensity import treatment_model

MEASURES = (E_VALUE, SENSITIVITY, ROSENBAUM, PARTIAL_R2)


@pytest.fixture(scope="module")
def arrays(small_result):
    """Give what the measures of the primary outcome are made of."""
    plan, effects = small_result.plan, small_result.effects["mrs_0_2"]
    model = treatment_model(plan.cohort)
    y, w = plan.outcome("mrs_0_2"), plan.cohort.treatment
    return y, w, effects.mu0, effects.mu1, model


def with_file(evidence, **changes):
    plan = evidence.plan
    study = dataclasses.replace(plan.study, file=plan.file.model_copy(update=changes))
    return dataclasses.replace(evidence, plan=dataclasses.replace(plan, study=study))


def with_desirable(evidence, desirable):
    first, *others = evidence.plan.file.outcomes
    own = first.model_copy(update={"desirable": desirable})
    return with_file(evidence, outcomes=(own, *others))


def with_treatment_model(evidence, model):
    """The same with another model of treatment in the place where it is kept."""
    other = dataclasses.replace(evidence)
    vars(other)["treatment"] = model
    return other


def test_the_e_value_stands_beside_the_strongest_measured_covariate(small_result, arrays):
    y, w, mu0, mu1, model = arrays
    found = small_result.value(E_VALUE)
    direct = benefit_e_value(y, w, mu0, mu1, model.propensity.score, desirable=True, threshold=0.15)
    assert found.to_zero.estimate == pytest.approx(direct.to_zero.estimate)
    assert found.to_threshold.limit == pytest.approx(direct.to_threshold.limit)
    strongest = covariate_strengths(model.X, y, w, names=model.names)[0]
    assert found.measured == strongest
    text = next(f.text for f in small_result.findings if f.name == "E-value")
    title = small_result.plan.file.column_title(strongest.name)
    assert f"{title} ({strongest.with_treatment:.1f} with treatment" in text


def test_the_curve_bounds_the_average_and_counts_patients(small_result, arrays):
    y, w, mu0, mu1, model = arrays
    curve, score = small_result.value(SENSITIVITY), model.propensity.score
    direct = marginal_sensitivity(y, w, score, strengths=curve.strength)
    np.testing.assert_allclose(curve.low, direct.low)
    np.testing.assert_allclose(curve.high, direct.high)
    for strength, share in zip(curve.strength, curve.share, strict=True):
        low = patient_bounds(mu0, mu1, score, strength, desirable=True).low
        assert share == (low >= 0.15).mean()
    assert 1.0 <= curve.to_threshold <= curve.to_zero


def test_of_a_harm_every_measure_asks_how_it_could_be_explained_away(small_result, small_evidence):
    """The outcome turned round: the benefit that was found is a harm, and as hard to explain."""
    answers = asked(with_desirable(small_evidence, False), MEASURES)
    turned, straight = answers.of, small_result.value
    np.testing.assert_allclose(turned(SENSITIVITY).low, -straight(SENSITIVITY).high)
    np.testing.assert_allclose(turned(SENSITIVITY).share, straight(SENSITIVITY).share)
    assert turned(SENSITIVITY).to_zero == straight(SENSITIVITY).to_zero > 1.0
    assert turned(E_VALUE).benefit == pytest.approx(-straight(E_VALUE).benefit)
    assert turned(E_VALUE).to_zero == straight(E_VALUE).to_zero
    assert turned(ROSENBAUM).treated_better == straight(ROSENBAUM).control_better
    assert turned(ROSENBAUM).tipping == straight(ROSENBAUM).tipping
    assert turned(PARTIAL_R2).estimate == pytest.approx(-straight(PARTIAL_R2).estimate)
    own = {each.name: each for each in small_result.findings}
    for each in answers.findings:
        assert each.verdict == own[each.name].verdict
        assert re.sub("harm", "benefit", each.text).replace("lose", "gain") == own[each.name].text
    assert small_result.summary()["hidden_confounding"]["effect"] == "benefit"
    assert dict(answers.blocks)["hidden_confounding.effect"] == "harm"


def test_a_measure_that_cannot_be_computed_is_absent_with_its_reason(
    small_result, small_evidence, answered
):
    model = small_evidence.treatment
    twice = dataclasses.replace(
        model, X=np.column_stack([model.X, model.X[:, 0]]), names=(*model.names, "again")
    )
    answers = asked(with_treatment_model(small_evidence, twice), MEASURES)
    assert answers.defects == ()
    assert "Drop columns" in answers.of(PARTIAL_R2).reason
    result = answered(small_result, PARTIAL_R2, answers.of(PARTIAL_R2))
    summary = result.summary()
    assert summary["hidden_confounding"]["partial_r2"] is None
    assert "Drop columns" in summary["absent"]["hidden_confounding.partial_r2"]


def test_where_the_arms_share_nobody_there_is_no_measure(small_result, small_evidence, answered):
    model = small_evidence.treatment
    apart = np.where(small_evidence.plan.cohort.treatment == 1, 0.999, 0.001)
    decided = dataclasses.replace(
        model, propensity=dataclasses.replace(model.propensity, score=apart)
    )
    answers = asked(with_treatment_model(small_evidence, decided), MEASURES)
    assert answers.defects == ()
    for each in MEASURES:
        assert "tells every treated patient from every control" in answers.of(each).reason
    result = answered(small_result, ROSENBAUM, answers.of(ROSENBAUM))
    tables = hidden_section.section(result).written
    assert "tells every treated patient" in tables["rosenbaum"].note


def test_partial_r2_sees_every_measured_column(small_result, arrays):
    y, w, _, _, model = arrays
    direct = partial_r2(model.X, y, w, names=model.names)
    assert small_result.value(PARTIAL_R2).robustness == pytest.approx(direct.robustness)
    block = small_result.summary()["hidden_confounding"]["partial_r2"]
    assert {each["column"] for each in block["benchmarks"]} == {
        each.name for each in direct.leading
    }


def test_no_measure_of_hidden_confounding_supports_anything(small_result):
    names = {"E-value", "marginal sensitivity", "Rosenbaum bounds", "partial R2"}
    assert {each.name for each in MEASURES} == names
    findings = [each for each in small_result.findings if each.name in names]
    assert {each.name for each in findings} == names
    assert {each.verdict for each in findings} <= {"cannot tell", "questions"}


def test_where_treatment_was_drawn_by_lot_the_block_is_absent(small_result, small_evidence):
    trial = small_evidence.plan.file.target_trial.model_copy(update={"control_by": "randomised"})
    answers = asked(with_file(small_evidence, target_trial=trial), MEASURES)
    assert answers.findings == answers.defects == ()
    summary = dataclasses.replace(small_result, answers=answers).summary()
    assert summary["hidden_confounding"] is None
    assert "by lot" in summary["absent"]["hidden_confounding"]


def test_the_table_shows_all_measures_in_words(small_result):
    tables = hidden_section.section(small_result).written
    table = tables["hidden_confounding"]
    found = small_result.value
    to_zero = {row[0]: row[2] for row in table.rows}
    assert to_zero["E-value of the estimate"] == found(E_VALUE).to_zero.estimate
    assert to_zero["Marginal sensitivity"] == found(SENSITIVITY).to_zero
    assert to_zero["Rosenbaum bounds"] == found(ROSENBAUM).tipping
    assert to_zero["Robustness value"] == found(PARTIAL_R2).robustness
    assert len(tables["sensitivity"].rows) == found(SENSITIVITY).strength.size
    assert not any("=" in str(row[4]) for row in table.rows)  # columns are named in words
