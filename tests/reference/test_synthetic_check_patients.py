"""Three patients worked out by hand in the specification of the synthetic cohort, section 5.10.

No random numbers: every value must be reproduced to the digits that the specification prints.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from twoarm.synthetic import find_scenario, propensity, risks
from twoarm.synthetic.outcomes import (
    ArmPredictors,
    mrs_at_most,
    outcome_predictor,
    sich_predictor,
)
from twoarm.synthetic.patients import Patients
from twoarm.synthetic.treatment import choice_predictor

# Half a unit of the last printed digit, and a little for the sums' own rounding.
FOUR_DECIMALS = 0.5e-4 + 1e-9
POINTS_TWO_DECIMALS = 0.5e-4 + 1e-9  # of a share: 0.005 points

PATIENTS = pd.DataFrame(
    {
        "age": [58, 81, 67],
        "nihss": [12, 21, 16],
        "aspects": [9, 6, 8],
        "lkw_to_puncture_min": [240, 720, 360],
        "passes": [2, 5, 3],
        "coll_tan": [2, 0, 1],
        "glucose_mmol": [6.4, 9.8, 7.1],
        "htn": [1, 1, 0],
        "dm": [0, 1, 0],
        "prior_stroke": [0, 1, 0],
        "icad_suspected": [1, 0, 0],
        "af": [0, 1, 0],
        "ivt": [1, 0, 0],
        "site": ["M1", "ICA", "M1"],
        "premrs": [0, 2, 0],
        "centre": ["C04", "C11", "C01"],  # 3, 10 and 0, counted from 0
    },
    index=["P1", "P2", "P3"],
)


class Check(NamedTuple):
    patient: str
    scenario: str
    u: float
    stented: float
    sich: tuple[float, float]
    control: list[float]
    treated: list[float]
    benefit_points: float


CHECKS = [
    Check(
        "P1", "A", 0, 0.5236, (0.0557, 0.0268),
        [0.0290, 0.0907, 0.2290, 0.4776, 0.8020, 0.9413],
        [0.3669, 0.6930, 0.8854, 0.9475, 0.9745, 0.9855],
        65.64,
    ),
    Check(
        "P1", "A-sharp", 0, 0.5236, (0.0557, 0.0268),
        [0.0254, 0.0873, 0.2420, 0.5300, 0.8589, 0.9674],
        [0.4347, 0.7759, 0.9327, 0.9732, 0.9884, 0.9939],
        69.07,
    ),
    Check(
        "P1", "B", 0, 0.5214, (0.0275, 0.0387),
        [0.0380, 0.1443, 0.3671, 0.6469, 0.9000, 0.9720],
        [0.1723, 0.4422, 0.6954, 0.8638, 0.9555, 0.9828],
        32.83,
    ),
    Check(
        "P1", "B", +1, 0.8436, (0.0159, 0.0225),
        [0.1649, 0.4562, 0.7415, 0.9005, 0.9785, 0.9945],
        [0.5090, 0.7964, 0.9187, 0.9698, 0.9911, 0.9967],
        17.71,
    ),
    Check(
        "P1", "B", -1, 0.1803, (0.0471, 0.0659),
        [0.0078, 0.0324, 0.1039, 0.2697, 0.6458, 0.8722],
        [0.0396, 0.1366, 0.3158, 0.5636, 0.8096, 0.9158],
        21.19,
    ),
    Check(
        "P1", "N", 0, 0.5211, (0.0275, 0.0387),
        [0.0378, 0.1438, 0.3662, 0.6462, 0.8998, 0.9720],
        [0.0785, 0.2575, 0.5307, 0.7711, 0.9390, 0.9827],
        16.44,
    ),
    Check(
        "P2", "A", 0, 0.3923, (0.4403, 0.2684),
        [0.0000, 0.0001, 0.0002, 0.0006, 0.0027, 0.0114],
        [0.0002, 0.0007, 0.0025, 0.0060, 0.0128, 0.0227],
        0.24,
    ),
    Check(
        "P3", "A", 0, 0.3277, (0.1253, 0.0626),
        [0.0033, 0.0111, 0.0326, 0.0951, 0.3244, 0.6496],
        [0.0377, 0.1344, 0.3506, 0.5563, 0.7214, 0.8182],
        31.80,
    ),
    Check(
        "P3", "M", 0, 0.3275, (0.0705, 0.0335),
        [0.0080, 0.0284, 0.0754, 0.1893, 0.4858, 0.7565],
        [0.0270, 0.0883, 0.2243, 0.4049, 0.6435, 0.8140],
        14.89,
    ),
    Check(
        "P3", "B", 0, 0.3257, (0.0642, 0.0892),
        [0.0046, 0.0192, 0.0635, 0.1779, 0.5171, 0.7988],
        [0.0137, 0.0507, 0.1355, 0.3075, 0.5972, 0.7890],
        7.20,
    ),
]  # fmt: skip
EACH_CHECK = pytest.mark.parametrize(
    "check", CHECKS, ids=[f"{check.patient}-{check.scenario}-{check.u:+d}" for check in CHECKS]
)


def test_linear_predictors():
    patients = Patients.from_frame(PATIENTS)
    world = find_scenario("A")
    eta_0 = outcome_predictor(patients, world.control.slopes)
    eta_1 = outcome_predictor(patients, world.treated.slopes)
    assert_allclose(eta_0, [1.7920, -5.1920, -0.3300], rtol=0, atol=FOUR_DECIMALS)
    assert_allclose(eta_1, [2.5200, -5.3250, -0.1500], rtol=0, atol=FOUR_DECIMALS)


def test_choice_predictor():
    choice = choice_predictor(Patients.from_frame(PATIENTS))
    assert_allclose(choice, [0.0326, -0.4998, -0.7806], rtol=0, atol=FOUR_DECIMALS)


def test_sich_predictor():
    sich = sich_predictor(Patients.from_frame(PATIENTS))
    assert_allclose(sich, [-0.5380, 2.0530, 0.3500], rtol=0, atol=FOUR_DECIMALS)


@EACH_CHECK
def test_propensity(check):
    stented = propensity(PATIENTS.loc[[check.patient]], check.scenario, check.u)
    assert_allclose(stented, check.stented, rtol=0, atol=FOUR_DECIMALS)


@EACH_CHECK
@pytest.mark.parametrize("arm", [0, 1])
def test_mrs_distribution(check, arm):
    world = find_scenario(check.scenario)
    predictors = ArmPredictors.of(Patients.from_frame(PATIENTS.loc[[check.patient]]), world, arm)
    shift = world.unmeasured_weight * check.u
    at_most = np.concatenate([mrs_at_most(predictors, shift, grade) for grade in range(6)])
    assert_allclose(at_most, check.treated if arm else check.control, rtol=0, atol=FOUR_DECIMALS)


@EACH_CHECK
def test_four_outcomes_and_the_effect(check):
    patient = PATIENTS.loc[[check.patient]]
    arms = [risks(patient, check.scenario, arm, check.u).iloc[0] for arm in (0, 1)]
    for found, at_most, sich in zip(arms, (check.control, check.treated), check.sich, strict=True):
        expected = [at_most[2], at_most[3], sich, 1 - at_most[5]]
        assert_allclose(found, expected, rtol=0, atol=FOUR_DECIMALS)
    gain = arms[1]["mrs_0_2"] - arms[0]["mrs_0_2"]
    assert_allclose(gain, check.benefit_points / 100, rtol=0, atol=POINTS_TWO_DECIMALS)
