"""Boundaries and ordinal sizes against R; make_trial_design_values.R made the values."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from twoarm.design import group_sequential, ordinal_patients_per_arm, ordinal_power

VALUES = json.loads(
    Path(__file__).with_name("trial_design_values.json").read_text(encoding="utf-8")
)
SPENDING = {
    "asOF": "obrien-fleming",
    "bsOF": "obrien-fleming",
    "asP": "pocock",
    "bsP": "pocock",
}
RPACT = 5e-6  # rpact integrates by 501 points and stops at 1e-6; 4 digits are asked


def name_of(made):
    return f"{len(made['information'])}-{made['alpha_spending']}-{made['power']}"


@pytest.mark.parametrize("made", VALUES["sequential"], ids=name_of)
def test_efficacy_boundaries_and_sizes_equal_those_of_rpact(made):
    found = group_sequential(
        _shares(made), efficacy=SPENDING[made["alpha_spending"]], power=made["power"]
    )
    assert_allclose(found.efficacy, made["efficacy"], atol=RPACT)
    assert_allclose(found.alpha_spent, made["spent"], atol=1e-7)
    assert_allclose(found.inflation, made["inflation"], atol=RPACT)
    assert_allclose(found.expected_at_effect, made["size_at_effect"], atol=RPACT)
    assert_allclose(found.expected_at_nothing, made["size_at_nothing"], atol=RPACT)
    assert_allclose(found.power, made["power"], atol=1e-9)


@pytest.mark.parametrize("made", VALUES["sequential"], ids=name_of)
def test_futility_boundaries_and_sizes_equal_those_of_rpact(made):
    found = group_sequential(
        _shares(made),
        efficacy=SPENDING[made["alpha_spending"]],
        futility=SPENDING[made["beta_spending"]],
        power=made["power"],
    )
    assert_allclose(found.efficacy, made["efficacy_with_futility"], atol=RPACT)
    assert_allclose(found.futility[:-1], made["futility"], atol=RPACT)
    assert_allclose(found.futility[-1], found.efficacy[-1])
    assert_allclose(found.inflation, made["inflation_futility"], atol=RPACT)
    assert_allclose(found.expected_at_effect, made["size_at_effect_futility"], atol=RPACT)
    assert_allclose(found.expected_at_nothing, made["size_at_nothing_futility"], atol=RPACT)


def _shares(made):
    return [*made["information"][:-1], 1.0]


@pytest.mark.parametrize("made", VALUES["ordinal"], ids=lambda made: f"{made['odds_ratio']:.2f}")
def test_ordinal_sizes_equal_those_of_hmisc(made):
    # Hmisc::posamsize gives the total, not rounded
    arm = ordinal_patients_per_arm(made["control"], made["odds_ratio"], power=made["power"])
    assert arm == math.ceil(made["n"] / 2)
    exact = ordinal_power(made["n"] / 2, made["control"], made["odds_ratio"])
    assert_allclose(exact, made["power"], atol=1e-6)


def test_whiteheads_example_needs_187_patients():
    # Whitehead 1993, section 3: log odds ratio 0.887, two-sided 5 %, power 90 %
    assert ordinal_patients_per_arm([0.2, 0.5, 0.2, 0.1], math.exp(0.887), power=0.9) == 94
