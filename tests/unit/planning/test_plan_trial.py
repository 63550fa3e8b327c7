from __future__ import annotations

import dataclasses
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis.strategies import booleans, floats, integers, none, one_of, tuples
from numpy.testing import assert_allclose

from twoarm.design import equal_looks, group_sequential, patients_per_arm
from twoarm.errors import ArgumentError, RunFolderError
from twoarm.planning import Settings, plan_trial, read_plan, to_json, typed_in

FEW = Settings(loss=0.0, trials=50, draws=200)
NUMBERS = {"benefit_mean": 0.08, "benefit_sd": 0.12, "slope": 0.25, "control_risk": 0.25}
ERRORS = (0.03, 0.2, 0.02)


@pytest.fixture(scope="module")
def plan():
    return plan_trial(typed_in(**NUMBERS, standard_errors=ERRORS), FEW)


def test_the_example_in_which_planning_on_predictions_has_a_power_of_a_third(plan):
    # R 4.2.2, power.prop.test: .224 predicted, .116 to expect; 71 and 248 an arm, 1773 screened
    row = plan.row("enriched", 0.15)
    assert (row.patients, row.screened) == (248, 1773)
    naive = next(each for each in plan.naive if each.threshold == 0.15)
    assert naive.patients == 71
    assert_allclose(naive.true_power, 0.32, atol=0.005)


def test_all_comers_are_planned_on_the_average(plan):
    row = plan.row("all-comers")
    assert row.patients == patients_per_arm(0.25, 0.33)
    assert row.randomised == row.screened == 2 * row.patients


def test_every_design_is_there_at_every_threshold(plan):
    kinds = {row.kind for row in plan.designs}
    assert len(kinds) == 5
    assert len(plan.designs) == 1 + 4 * 7
    assert plan.main[0].kind == "all-comers"
    frame = plan.to_frame()
    assert len(frame) == len(plan.designs)
    assert frame.loc[0, "patients"] == plan.designs[0].patients


def test_assurance_is_below_power_and_falls_with_the_haircut(plan):
    for row in (plan.row("all-comers"), plan.row("enriched", 0.15)):
        assert row.assurance < 0.8
        assert 0 < row.futile_haircut < 0.2
        assert 0 <= row.no_benefit < 0.1
    column = plan.haircut_designs.index("all-comers")
    chances = [row.assurance[column] for row in plan.haircuts]
    assert chances == sorted(chances, reverse=True)
    assert_allclose(chances[0], plan.row("all-comers").assurance)


def test_interim_looks_cost_what_the_boundaries_say(plan):
    looks = group_sequential(equal_looks(3), efficacy="obrien-fleming", futility="obrien-fleming")
    patients = plan.row("all-comers").patients
    row = plan.sequential[0]
    assert row.most == 2 * math.ceil(patients * looks.inflation)
    assert row.at_nothing < 2 * patients < row.most


def test_the_simulated_power_is_near_the_formula(plan):
    for row in plan.simulated:
        assert abs(row.power - row.formula) < 5 * max(row.power_se, 0.03)


def test_loss_and_cross_over_need_more_patients():
    plain = plan_trial(typed_in(**NUMBERS), FEW).row("all-comers")
    lost = plan_trial(typed_in(**NUMBERS), dataclasses.replace(FEW, loss=0.2)).row("all-comers")
    crossed = plan_trial(
        typed_in(**NUMBERS), dataclasses.replace(FEW, to_treatment=0.1, to_control=0.1)
    ).row("all-comers")
    assert lost.patients == plain.patients
    assert_allclose(lost.randomised, plain.randomised / 0.8, atol=3)
    assert_allclose(crossed.patients, plain.patients / 0.8**2, rtol=0.02)


def test_without_standard_errors_there_is_no_assurance():
    plan = plan_trial(typed_in(**NUMBERS), FEW)
    assert all(row.assurance is None and row.refuted is None for row in plan.designs)
    assert plan.haircuts == ()


def test_an_expected_harm_is_no_trial():
    plan = plan_trial(typed_in(**{**NUMBERS, "benefit_mean": -0.05, "slope": 0.0}), FEW)
    row = plan.row("all-comers")
    assert row.patients is None
    assert "5.0 points the other way" in row.reason


def test_the_plan_comes_back_from_its_file(plan, tmp_path):
    path = tmp_path / "design.json"
    path.write_text(to_json(plan), encoding="utf-8")
    assert to_json(read_plan(path)) == to_json(plan)
    json.loads(path.read_text(), parse_constant=pytest.fail)  # no NaN, no Infinity


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format_version": 1}', "no json"])
def test_a_file_that_is_no_plan_is_refused(tmp_path, text):
    path = tmp_path / "design.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RunFolderError, match="twoarm design"):
        read_plan(path)


def test_a_plan_of_another_format_says_so(plan, tmp_path):
    path = tmp_path / "design.json"
    path.write_text(to_json(dataclasses.replace(plan, format_version=7)), encoding="utf-8")
    with pytest.raises(RunFolderError, match="format 7"):
        read_plan(path)


@settings(max_examples=20, deadline=None)
@given(
    mean=floats(-0.5, 0.6),
    sd=floats(0.005, 0.5),
    slope=floats(0, 1),
    risk=floats(0.01, 0.99),
    errors=one_of(none(), tuples(floats(0, 0.2), floats(0, 0.5), floats(0, 0.1))),
    threshold=floats(-0.3, 0.9),
    desirable=booleans(),
    looks=integers(1, 6),
    loss=floats(0, 0.5),
)
def test_whatever_is_typed_in_gives_a_plan(
    mean, sd, slope, risk, errors, threshold, desirable, looks, loss
):
    known = typed_in(
        benefit_mean=mean,
        benefit_sd=sd,
        slope=slope,
        control_risk=risk,
        standard_errors=errors,
        threshold=threshold,
        desirable=desirable,
    )
    chosen = Settings(thresholds=(0.0, threshold), looks=looks, loss=loss, trials=3, draws=20)
    plan = plan_trial(known, chosen)
    for row in plan.designs:
        assert (row.patients is None) == bool(row.reason)
        for name in ("assurance", "fixed_power", "refuted", "no_benefit", "exact_power"):
            value = getattr(row, name)
            assert value is None or 0.0 <= value <= 1.0
    json.loads(to_json(plan), parse_constant=pytest.fail)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"power": 80.0}, "power must lie"),
        ({"alpha": 0.0}, "alpha must lie"),
        ({"power": 0.02}, "exceed half"),
        ({"thresholds": (15.0,)}, "0.15 for 15 points"),
        ({"thresholds": (0.1,) * 21}, "At most 20"),
        ({"fixed": 0}, "fixed must lie"),
        ({"rate": 0.0}, "rate must be"),
        ({"sites": 0}, "sites must be"),
        ({"loss": 1.0}, "loss must be"),
        ({"to_treatment": 0.7, "to_control": 0.4}, "less than 1"),
        ({"looks": 0}, "1 to 20 looks"),
        ({"haircut": 5.0}, "0.05 for 5 points"),
        ({"seed": -1}, "seed must be"),
        ({"opening_months": -1.0}, "opening_months"),
        ({"follow_up_months": float("nan")}, "follow_up_months"),
    ],
)
def test_settings_that_make_no_sense_are_refused(change, words):
    with pytest.raises(ArgumentError, match=words):
        Settings(**change)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"benefit_mean": 8.0}, "average benefit"),
        ({"benefit_sd": 0.0}, "sd must be"),
        ({"slope": 2.0}, "shrinkage slope"),
        ({"control_risk": 25.0}, "control_risk"),
        ({"standard_errors": (-0.1, 0.1, 0.1)}, "Standard errors"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(change, words):
    with pytest.raises(ArgumentError, match=words):
        typed_in(**{**NUMBERS, **change})
