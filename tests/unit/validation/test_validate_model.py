"""A model of one synthetic world in patients of another."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from jsonschema.validators import validator_for
from numpy.testing import assert_allclose
from scipy.special import expit, logit

from twoarm.calculator.compact import compact_content
from twoarm.diagnostics import Absent
from twoarm.errors import ArgumentError, ModelFileError
from twoarm.metrics import auc
from twoarm.modelfile import model_card, parse_model, patients_of, predict_patients
from twoarm.validation import validate_model
from twoarm.validation.adapting import adapted_content, next_version
from twoarm.validation.decision import ARMS, common_form, updated_log_odds
from twoarm.validation.record import validation_content

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "validation.schema.json"
DAY = dt.date(2026, 3, 1)


def only(arm):
    return lambda rows: [row for row in rows if row["arm"] == str(arm)]


def first(n):
    return lambda rows: rows[:n]


def drifted(rows):
    """Every control and treated patient dies in three of four that did not."""
    alive = [row for row in rows if row["mrs90"] != "6"]
    for row in alive[: 3 * len(alive) // 4]:
        row["mrs90"] = "6"


def test_measures_are_those_of_the_patients_with_numbers(validated):
    arm = validated.outcomes["mrs_0_2"].learners["recommended"].arms["treated"]
    site, model = validated.site, validated.model
    rows = site.treatment == 1
    y = site.outcome("mrs_0_2")[rows]
    p = model.recommended_risks(site.coded)["mrs_0_2"][1, rows]
    assert (arm.n, arm.events) == (y.size, int(y.sum()))
    assert arm.discrimination.auc.estimate == pytest.approx(auc(y, p))
    assert arm.calibration.ratio.estimate == pytest.approx(y.mean() / p.mean())
    assert arm.expected.brier == pytest.approx((p * (1 - p)).mean())
    assert site.usable.sum() + sum(n for _, n in site.without) == len(site.cohort)


def test_the_development_is_quoted_of_the_learner_that_it_speaks_of(validated):
    learners = validated.outcomes["mrs_0_2"].learners
    assert learners["study"].arms["treated"].expected.headline is not None
    assert learners["study"].arms["treated"].expected.between.low < 1.0
    assert learners["recommended"].arms["treated"].expected.headline is None


def test_a_frame_has_a_row_for_each_outcome_learner_and_arm(validated):
    frame = validated.to_frame()
    assert len(frame) == 4 * 2 * 2
    assert {"auc", "auc_low", "observed_over_expected", "slope", "expected_auc"} <= set(frame)


def test_the_record_is_plain_and_lists_what_is_absent(validated):
    content = validation_content(validated, version="1", adapted=None)
    text = json.dumps(content, allow_nan=False)
    assert json.loads(text) == content
    assert content["case_mix"]["membership"] is None
    assert "give its run" in content["absent"]["case_mix.membership"]
    benefit = content["outcomes"]["death"]["learners"]["study"]["benefit"]
    assert benefit["difference"]["low"] < benefit["difference"]["high"]


def test_the_record_follows_the_published_schema(validated, site_of, model):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    kind = validator_for(schema)
    kind.check_schema(schema)
    one_arm, few = validate_model(model, site_of(only(0))), validate_model(model, site_of(first(6)))
    for found in (validated, one_arm, few):
        kind(schema).validate(validation_content(found, version="1", adapted=None))


def test_an_update_of_both_arms_keeps_every_odds_ratio():
    rng = np.random.default_rng(0)
    log_odds, X = rng.normal(size=(2, 20)), rng.normal(size=(20, 3))
    for chosen, slope, columns in (
        ("intercept", 1.0, [0, 0, 0]),
        ("slope", 0.6, [0, 0, 0]),
        ("refit", 0.6, [0.1, -0.2, 0.3]),
    ):
        test = type(
            "Test", (), {"chosen": chosen, "intercept": 0.4, "slope": slope,
                         "coefficients": np.array(columns, float)},
        )  # fmt: skip
        after = updated_log_odds(common_form(test), log_odds, X)
        assert_allclose(after[1] - after[0], log_odds[1] - log_odds[0], atol=1e-12)


def test_a_drifted_place_gets_a_new_model_that_loads_everywhere(site_of, model):
    found = validate_model(model, site_of(drifted))
    learner = found.outcomes["death"].learners["recommended"]
    assert learner.decision.scope == "both arms alike"
    assert "odds ratio between the treatments stays as it was" in learner.decision.text
    content = adapted_content(found, day=DAY)
    adapted = parse_model(json.loads(json.dumps(content)))
    assert content["version"] == "1.1"
    assert content["derived"]["parent"] == model.content["digest"]
    assert content["derived"]["data"] == found.site.cohort.digest
    assert content["expires"] == model.content["expires"]
    assert content["uncertainty"] is None
    # what was predicted moves as decided
    before = model.risks(found.site.coded, "death")
    after = adapted.risks(found.site.coded, "death")
    form = found.outcomes["death"].learners["study"].decision.form
    X = model.encoding.encode(found.site.coded)
    assert_allclose(after, expit(updated_log_odds(form, logit(before), X)), atol=1e-9)
    # and the place is now right on average, which it was not
    again = validate_model(adapted, found.site)
    for arm in ARMS:
        off = [
            abs(np.log(each.outcomes["death"].learners["recommended"].arms[arm]
                       .calibration.ratio.estimate))
            for each in (found, again)
        ]  # fmt: skip
        assert off[1] < off[0]
    vector = content["test_vectors"][0]["cells"]
    predicted = predict_patients(adapted, patients_of(adapted, [vector]))
    assert not predicted.usable[0] or np.isnan(predicted.recommended.low["death"][0])
    card = model_card(content)
    assert "Adapted to other patients" in card
    assert "No range: the model was adapted" in card
    assert compact_content(content, adapted.codebook)["recalibration"] == content["recalibration"]


def test_an_edited_update_is_refused(site_of, model):
    content = adapted_content(validate_model(model, site_of(drifted)), day=DAY)
    edited = json.loads(json.dumps(content))
    edited["recalibration"][0]["study"]["death"]["intercept"][0] += 0.5
    with pytest.raises(ModelFileError, match="test vectors"):
        parse_model(edited)
    edited = json.loads(json.dumps(content))
    edited["derived"]["patients"] = 40_000
    with pytest.raises(ModelFileError, match="digest"):
        parse_model(edited)


def test_an_adapted_model_can_be_adapted_again(site_of, model):
    first = adapted_content(validate_model(model, site_of(drifted)), day=DAY)
    # the file it was adapted to is refused; the same patients back to what they were are another
    found = validate_model(parse_model(first), site_of())
    second = adapted_content(found, day=DAY)
    assert second["version"] == "1.2"
    assert len(second["recalibration"]) == 2
    assert second["derived"]["grandparents"] == [model.content["digest"]]
    parse_model(json.loads(json.dumps(second)))


def test_a_benefit_is_not_updated_on_few_patients_and_it_says_how_many(validated):
    asked = [
        learner.decision for _, _, learner in validated.parts() if learner.decision.benefit_asked
    ]
    assert asked  # world B differs from A in the control arm alone
    for decision in asked:
        assert decision.scope != "each arm"
        assert decision.benefit_needs > 200
        assert f"It takes {decision.benefit_needs} in each" in decision.text


@pytest.mark.parametrize(("arm", "here"), [(0, "control"), (1, "treated")])
def test_one_arm_says_what_can_be_checked_and_refuses_the_benefit(site_of, model, arm, here):
    found = validate_model(model, site_of(only(arm)))
    assert found.site.arms == (arm,)
    labels = model.content["labels"]
    assert f"Every patient here had {labels[here]}" in found.cannot[0]
    assert "cannot; nothing here speaks for or against them" in found.cannot[0]
    for _, _, learner in found.parts():
        assert list(learner.arms) == [here]
        assert not isinstance(learner.arms[here].calibration, Absent)
        assert isinstance(learner.benefit, Absent)
        assert learner.decision.form is None
        assert "with one arm the benefit cannot be checked" in learner.decision.text
    assert not found.updated
    with pytest.raises(ArgumentError, match="Nothing is updated"):
        adapted_content(found, day=DAY)
    json.dumps(validation_content(found, version="1", adapted=None), allow_nan=False)


def test_unknown_outcomes_are_named_and_the_rest_goes_on(site_of, model):
    def without(rows):
        for row in rows:
            row["mrs90"] = ""

    found = validate_model(model, site_of(without))
    assert list(found.outcomes) == ["sich"]
    assert "'mrs90' is unknown in all 390 patients" in found.site.unknown["death"]
    assert any("cannot be checked" in text for text in found.cannot)


def test_no_outcome_at_all_leaves_the_case_mix(site_of, model):
    def without(rows):
        return [{k: v for k, v in row.items() if k not in ("mrs90", "sich")} for row in rows]

    found = validate_model(model, site_of(without))
    assert not found.outcomes
    assert any("No outcome is known" in text for text in found.cannot)
    assert np.isfinite(found.case_mix.difference).all()


def test_versions_count_up():
    assert [next_version(each) for each in ("1.0", "1.9", "2", "x.y")] == [
        "1.1", "1.10", "2.1", "x.y.1",
    ]  # fmt: skip
