"""E-values that R's package EValue gives (evalues.RR, .OR, .HR, .MD, .RD)."""

import math

import pytest

from twoarm.diagnostics import (
    ArmRisks,
    e_value,
    e_value_of_difference,
    risk_ratio_of_hazard_ratio,
    risk_ratio_of_mean_difference,
    risk_ratio_of_odds_ratio,
)

SIX = 6e-7  # six digits after the point
FIVE = 6e-6


@pytest.mark.parametrize(
    ("ratio", "low", "high", "estimate", "limit", "digits"),
    [
        (10.72978, 8.01746, 14.35969, 20.94733, 15.51827, FIVE),
        (0.80, 0.71, 0.91, 1.809017, 1.428571, SIX),
        (3.9, 1.8, 8.7, 7.263034, 3.0, SIX),
    ],
)
def test_risk_ratios(ratio, low, high, estimate, limit, digits):
    found = e_value(ratio, low, high)
    assert (found.estimate, found.limit) == pytest.approx((estimate, limit), abs=digits)


def test_odds_ratio_of_a_common_outcome():
    found = e_value(*(risk_ratio_of_odds_ratio(each) for each in (0.86, 0.75, 0.99)))
    assert (found.estimate, found.limit) == pytest.approx((1.368953, 1.076194), abs=SIX)


def test_hazard_ratio_of_a_common_outcome():
    found = e_value(*(risk_ratio_of_hazard_ratio(each) for each in (0.56, 0.46, 0.69)))
    assert (found.estimate, found.limit) == pytest.approx((2.349531, 1.908004), abs=SIX)


def test_mean_difference():
    found = e_value(*risk_ratio_of_mean_difference(-0.42, 0.14))
    assert (found.estimate, found.limit) == pytest.approx((2.291459, 1.545344), abs=SIX)


@pytest.mark.parametrize(
    ("true", "estimate", "limit"), [(0.0, 20.94733, 15.95703), (0.001, 12.55568, 9.50383)]
)
def test_risk_difference(true, estimate, limit):
    n1, n0 = 397 + 78557, 51 + 108778
    p1, p0 = 397 / n1, 51 / n0
    risks = ArmRisks(p1, p0, n1 / (n1 + n0), n1 + n0, (p1 * (1 - p1) / n1, p0 * (1 - p0) / n0))
    found = e_value_of_difference(risks, true=true)
    assert found.estimate == pytest.approx(estimate, abs=FIVE)
    # R walks up the bias factor in steps of 1e-4 to the first that suffices; ours is the root.
    exact = found.limit**2 / (2 * found.limit - 1)
    bias = 1 + math.ceil((exact - 1) / 1e-4) * 1e-4
    assert bias + math.sqrt(bias * (bias - 1)) == pytest.approx(limit, abs=FIVE)
