from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from twoarm.errors import ArgumentError
from twoarm.synthetic import (
    OUTCOMES,
    SCENARIOS,
    benefit,
    conditional_risks,
    draw_covariates,
    generate,
    identified_risks,
    propensity,
    risks,
)

PATIENTS = draw_covariates(200, seed=11).set_index(np.arange(1000, 1200))
LETTERS = [scenario.letter for scenario in SCENARIOS]
QUADRATURE = 2e-7  # below half the last digit of the truth file


def twin(scenario, arm, weight_of):
    """Average over U on a fine grid, patients weighted by `weight_of(U)`."""
    grid = np.linspace(-9, 9, 721)
    total, mass = np.zeros((len(PATIENTS), 4)), np.zeros((len(PATIENTS), 1))
    for u in grid:
        weight = np.exp(-(u**2) / 2) * np.reshape(weight_of(u), (-1, 1))
        total += weight * risks(PATIENTS, scenario, arm, u).to_numpy()
        mass += weight
    return total / mass


def columns_of(frame, arm):
    return frame[[f"mu{arm}_{outcome}" for outcome in OUTCOMES]]


@pytest.mark.seconds
@pytest.mark.parametrize("letter", ["A", "M", "B"])
@pytest.mark.parametrize("arm", [0, 1])
def test_conditional_risks_equal_their_twin(letter, arm):
    found = columns_of(conditional_risks(PATIENTS, letter), arm)
    assert_allclose(found, twin(letter, arm, lambda u: 1.0), rtol=0, atol=QUADRATURE)


@pytest.mark.seconds
@pytest.mark.parametrize("letter", ["M", "B"])
@pytest.mark.parametrize("arm", [0, 1])
def test_identified_risks_equal_their_twin(letter, arm):
    def chosen(u):
        stented = propensity(PATIENTS, letter, u)
        return stented if arm else 1 - stented

    found = columns_of(identified_risks(PATIENTS, letter), arm)
    assert_allclose(found, twin(letter, arm, chosen), rtol=0, atol=QUADRATURE)


@pytest.mark.parametrize("letter", ["A", "A-sharp", "Z", "H"])
def test_all_three_agree_where_nothing_is_unmeasured(letter):
    conditional = conditional_risks(PATIENTS, letter)
    assert_array_equal(conditional, identified_risks(PATIENTS, letter))
    for arm in (0, 1):
        assert_array_equal(columns_of(conditional, arm), risks(PATIENTS, letter, arm, u=-2.0))


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("arm", [0, 1])
def test_risks_are_probabilities_and_coherent(letter, arm):
    u = np.random.default_rng(5).standard_normal(len(PATIENTS))
    found = risks(PATIENTS, letter, arm, u)
    assert ((found >= 0) & (found <= 1)).all(axis=None)
    assert (found["mrs_0_2"] <= found["mrs_0_3"]).all()
    assert (found["mrs_0_3"] <= 1 - found["death"]).all()


def test_confounding_flatters_the_treated():
    identified = benefit(identified_risks(PATIENTS, "B"))["mrs_0_2"]
    assert (identified > benefit(conditional_risks(PATIENTS, "B"))["mrs_0_2"]).all()


def test_the_index_is_kept():
    for frame in (
        risks(PATIENTS, "B", 1, 0.0),
        conditional_risks(PATIENTS, "B"),
        benefit(identified_risks(PATIENTS, "B")),
    ):
        assert frame.index.equals(PATIENTS.index)


def test_row_order_does_not_matter():
    shuffled = PATIENTS.sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(
        identified_risks(shuffled, "B").loc[PATIENTS.index], identified_risks(PATIENTS, "B")
    )


def test_benefit_is_positive_where_the_treatment_helps():
    arms = {f"mu{arm}_{outcome}": [0.2 + 0.5 * arm] for arm in (0, 1) for outcome in OUTCOMES}
    gain = benefit(pd.DataFrame(arms)).iloc[0]
    assert_allclose(gain[["mrs_0_2", "mrs_0_3"]], 0.5)
    assert_allclose(gain[["sich", "death"]], -0.5)


def test_risks_agree_with_the_outcomes_they_draw():
    made = generate("B", n=40_000, seed=2)
    happened = {
        "mrs_0_2": lambda arm: made.truth[f"mrs90_{arm}"] <= 2,
        "mrs_0_3": lambda arm: made.truth[f"mrs90_{arm}"] <= 3,
        "sich": lambda arm: made.truth[f"sich_{arm}"] == 1,
        "death": lambda arm: made.truth[f"mrs90_{arm}"] == 6,
    }
    for outcome, drawn in happened.items():
        for arm in (0, 1):
            risk = made.truth[f"mu{arm}_{outcome}"]
            within = pd.qcut(risk, 5, labels=False)
            observed, expected = drawn(arm).groupby(within).mean(), risk.groupby(within).mean()
            # Four standard errors of a share in 8000 patients.
            assert_allclose(observed, expected, rtol=0, atol=4 * np.sqrt(0.25 / 8000))


def test_an_unknown_arm_is_refused():
    with pytest.raises(ArgumentError, match="found 3"):
        risks(PATIENTS, "A", 3, 0.0)


def test_unmeasured_factor_may_be_a_scalar_or_one_per_patient():
    each = np.full(len(PATIENTS), 0.7)
    assert_array_equal(propensity(PATIENTS, "B", 0.7), propensity(PATIENTS, "B", each))
    assert_array_equal(risks(PATIENTS, "B", 0, 0.7), risks(PATIENTS, "B", 0, each))
