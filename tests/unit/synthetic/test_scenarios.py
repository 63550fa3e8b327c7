from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.errors import ArgumentError
from twoarm.synthetic import SCENARIOS, draw_covariates, find_scenario
from twoarm.synthetic.outcomes import ArmPredictors, mrs_at_most_given_sich, sich_probability
from twoarm.synthetic.patients import Patients

NAMES = {
    "paper-like": "A",
    "paper-like-sharp": "A-sharp",
    "moderate": "M",
    "confounded": "B",
    "confounded-null": "N",
    "no-effect": "Z",
    "one-odds-ratio": "H",
}


@pytest.mark.parametrize(("name", "letter"), NAMES.items())
def test_names_and_letters_mean_the_same_in_any_case(name, letter):
    found = find_scenario(name)
    assert (found.name, found.letter) == (name, letter)
    for spelling in (letter, letter.lower(), letter.upper(), name.upper(), found):
        assert find_scenario(spelling) is found


def test_there_are_seven():
    assert [scenario.name for scenario in SCENARIOS] == list(NAMES)


def test_an_unknown_name_gets_the_allowed_ones_and_the_nearest():
    with pytest.raises(ArgumentError) as caught:
        find_scenario("paperlike")
    assert "nearest is 'paper-like'" in str(caught.value)
    assert all(name in str(caught.value) for name in NAMES)


def test_an_empty_name_is_an_argument_error():
    with pytest.raises(ArgumentError):
        find_scenario("")


def test_an_arm_is_0_or_1():
    with pytest.raises(ArgumentError, match="found 2"):
        find_scenario("A").arm(2)


def test_cut_points_rise():
    for scenario in SCENARIOS:
        for arm in (0, 1):
            assert (np.diff(scenario.arm(arm).cut_points) > 0).all()


def test_a_scenario_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        find_scenario("A").eta_factor = 2.0


def test_sharp_multiplies_both_covariate_effects():
    assert find_scenario("A-sharp").eta_factor == 1.25
    assert {find_scenario(letter).eta_factor for letter in "AMBNZH"} == {1.0}


def test_no_effect_has_equal_arms():
    world = find_scenario("Z")
    assert world.treated == world.control == find_scenario("M").control
    assert world.unmeasured_weight == 0


def test_one_odds_ratio_adds_one_at_every_cut_point():
    world = find_scenario("H")
    steps = np.subtract(world.treated.cut_points, world.control.cut_points)
    assert_allclose(steps, 1.0, atol=1e-12)
    assert world.treated.slopes == world.control.slopes
    assert world.treated.sich_intercept == world.control.sich_intercept
    assert world.control == find_scenario("M").control
    assert world.unmeasured_weight == 0


@pytest.mark.parametrize("sich", [0, 1])
def test_one_odds_ratio_holds_for_every_patient_with_and_without_haemorrhage(sich):
    # With haemorrhage integrated out the odds ratio is not constant: it is a mixture.
    patients = Patients.from_frame(draw_covariates(500, seed=3))
    arms = [ArmPredictors.of(patients, find_scenario("H"), arm) for arm in (0, 1)]
    for grade in range(6):
        at_most = [mrs_at_most_given_sich(arm, 0.0, sich, grade) for arm in arms]
        control, treated = (np.log(share) - np.log1p(-share) for share in at_most)
        assert_allclose(treated - control, 1.0, atol=1e-9)
    assert_allclose(sich_probability(arms[1], 0.0), sich_probability(arms[0], 0.0))
