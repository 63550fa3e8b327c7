"""Hidden confounding in a run: each measure is that of the arrays, in benefit direction."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from twoarm.study.files.summary import summary_of
from twoarm.study.hidden import hidden

from twoarm.diagnostics import (
    benefit_e_value,
    covariate_strengths,
    marginal_sensitivity,
    partial_r2,
    patient_bounds,
)
from twoarm.report.sections import hidden as hidden_section
from twoarm.study.plan.propensity import treatment_model


@pytest.fixture(scope="module")
def arrays(small_result):
    """Give what the measures of the primary outcome are made of."""
    plan, effects = small_result.plan, small_result.effects["mrs_0_2"]
    model = treatment_model(plan.cohort)
    y, w = plan.outcome("mrs_0_2"), plan.cohort.treatment
    return y, w, effects.mu0, effects.mu1, model


def with_desirable(plan, desirable):
    own = plan.file.primary.model_copy(update={"desirable": desirable})
    others = plan.file.outcomes[1:]
    file = plan.file.model_copy(update={"outcomes": (own, *others)})
    return dataclasses.replace(plan, study=dataclasses.replace(plan.study, file=file))


def test_the_e_value_stands_beside_the_strongest_measured_covariate(small_result, arrays):
    y, w, mu0, mu1, model = arrays
    found = small_result.diagnostics.hidden.e_value
    direct = benefit_e_value(y, w, mu0, mu1, model.propensity.score, desirable=True, threshold=0.15)
    assert found.to_zero.estimate == pytest.approx(direct.to_zero.estimate)
    assert found.to_threshold.limit == pytest.approx(direct.to_threshold.limit)
    strongest = covariate_strengths(model.X, y, w, names=model.names)[0]
    assert found.measured == strongest
    text = next(f.text for f in small_result.diagnostics.findings if f.name == "E-value")
    title = small_result.plan.file.column_title(strongest.name)
    assert f"{title} ({strongest.with_treatment:.1f} with treatment" in text


def test_the_curve_bounds_the_average_and_counts_patients(small_result, arrays):
    y, w, mu0, mu1, model = arrays
    curve, score = small_result.diagnostics.hidden.curve, model.propensity.score
    direct = marginal_sensitivity(y, w, score, strengths=curve.strength)
    np.testing.assert_allclose(curve.low, direct.low)
    np.testing.assert_allclose(curve.high, direct.high)
    for strength, share in zip(curve.strength, curve.share, strict=True):
        low = patient_bounds(mu0, mu1, score, strength, desirable=True).low
        assert share == (low >= 0.15).mean()
    assert 1.0 <= curve.to_threshold <= curve.to_zero


def test_a_harmful_outcome_is_turned_into_a_benefit(small_result, arrays):
    _, _, mu0, mu1, model = arrays
    plan, score = with_desirable(small_result.plan, False), model.propensity.score
    turned = hidden(plan, model.X, model.names, np.stack([mu0, mu1]), score)
    straight = small_result.diagnostics.hidden
    np.testing.assert_allclose(turned.curve.low, -straight.curve.high)
    assert turned.curve.to_zero == 1.0
    assert turned.e_value.benefit == pytest.approx(-straight.e_value.benefit)
    assert turned.rosenbaum.treated_better == straight.rosenbaum.control_better
    verdicts = {each.name: each.verdict for each in turned.findings}
    assert set(verdicts.values()) == {"questions"}


def test_a_measure_that_cannot_be_computed_is_absent_with_its_reason(small_result, arrays):
    _, _, mu0, mu1, model = arrays
    plan = small_result.plan
    apart = np.where(plan.cohort.treatment == 1, 0.999, 0.001)
    doubled = np.column_stack([model.X, model.X[:, 0]])
    found = hidden(plan, doubled, (*model.names, "again"), np.stack([mu0, mu1]), apart)
    assert found.rosenbaum is None
    assert "share no patients" in found.errors["rosenbaum"]
    assert found.partial_r2 is None
    assert "Drop columns" in found.errors["partial_r2"]
    judged = dataclasses.replace(small_result.diagnostics, hidden=found)
    summary = summary_of(dataclasses.replace(small_result, causal=judged))
    assert summary["hidden_confounding"]["rosenbaum"] is None
    assert "share no patients" in summary["absent"]["hidden_confounding.rosenbaum"]
    tables = hidden_section.section(dataclasses.replace(small_result, causal=judged)).written
    assert "share no patients" in tables["rosenbaum"].note


def test_partial_r2_sees_every_measured_column(small_result, arrays):
    y, w, _, _, model = arrays
    direct = partial_r2(model.X, y, w, names=model.names)
    assert small_result.diagnostics.hidden.partial_r2.robustness == pytest.approx(direct.robustness)
    block = summary_of(small_result)["hidden_confounding"]["partial_r2"]
    assert {each["column"] for each in block["benchmarks"]} == {
        each.name for each in direct.leading
    }


def test_no_measure_of_hidden_confounding_supports_anything(small_result):
    findings = small_result.diagnostics.hidden.findings
    names = {"E-value", "marginal sensitivity", "Rosenbaum bounds", "partial R2"}
    assert {each.name for each in findings} == names
    assert {each.verdict for each in findings} <= {"cannot tell", "questions"}


def test_where_treatment_was_drawn_by_lot_the_block_is_absent(small_result):
    trial = small_result.plan.file.target_trial.model_copy(update={"control_by": "randomised"})
    file = small_result.plan.file.model_copy(update={"target_trial": trial})
    study = dataclasses.replace(small_result.plan.study, file=file)
    result = dataclasses.replace(
        small_result, plan=dataclasses.replace(small_result.plan, study=study)
    )
    summary = summary_of(result)
    assert summary["hidden_confounding"] is None
    assert "by lot" in summary["absent"]["hidden_confounding"]


def test_the_table_shows_all_measures_in_words(small_result):
    tables = hidden_section.section(small_result).written
    table = tables["hidden_confounding"]
    found = small_result.diagnostics.hidden
    to_zero = {row[0]: row[2] for row in table.rows}
    assert to_zero["E-value of the estimate"] == found.e_value.to_zero.estimate
    assert to_zero["Marginal sensitivity"] == found.curve.to_zero
    assert to_zero["Rosenbaum bounds"] == found.rosenbaum.tipping
    assert to_zero["Robustness value"] == found.partial_r2.robustness
    assert len(tables["sensitivity"].rows) == found.curve.strength.size
    assert not any("=" in str(row[4]) for row in table.rows)  # columns are named in words
