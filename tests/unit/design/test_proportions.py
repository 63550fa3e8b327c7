from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import booleans, floats, integers
from numpy.testing import assert_allclose
from scipy.stats import binom

from twoarm.design import exact_power, patients_per_arm, power_of_trial, rejects
from twoarm.errors import ArgumentError

risks = floats(0.02, 0.98)


@pytest.mark.parametrize(
    ("power", "expected"),
    [(0.8, (1251, 504, 329, 152, 89)), (0.9, (1674, 675, 440, 203, 118))],
)
def test_patients_at_a_control_risk_of_a_quarter(power, expected):
    # R 4.2.2: ceiling(power.prop.test(p1 = .25, p2 = .25 + gain, power = power)$n)
    found = [
        patients_per_arm(0.25, 0.25 + gain, power=power) for gain in (0.05, 0.08, 0.1, 0.15, 0.2)
    ]
    assert tuple(found) == expected


@given(p0=risks, p1=risks, power=floats(0.3, 0.99), alpha=floats(0.001, 0.2))
def test_patients_are_the_fewest_with_the_power(p0, p1, power, alpha):
    if abs(p0 - p1) < 0.01:
        return
    n = patients_per_arm(p0, p1, power=power, alpha=alpha)
    reached = power_of_trial([n, max(n - 1, 1)], p0, p1, alpha=alpha, desirable=p1 > p0)
    assert reached[0] >= power - 1e-7
    assert n == 1 or reached[1] < power + 1e-7


@given(p0=risks, p1=risks, n=integers(1, 500))
def test_arms_and_outcomes_turned_round_keep_the_power(p0, p1, n):
    found = power_of_trial(n, p0, p1)
    assert_allclose(power_of_trial(n, 1 - p0, 1 - p1, desirable=False), found, atol=1e-12)
    assert_allclose(power_of_trial(n, p1, p0, desirable=False), found, atol=1e-12)


@given(p0=risks, p1=risks, n=integers(1, 40), desirable=booleans())
def test_exact_power_is_the_sum_over_all_results(p0, p1, n, desirable):
    events = np.arange(n + 1)
    total = 0.0
    for x0 in events:
        for x1 in events:
            if rejects(x0, x1, n, desirable=desirable):
                total += binom.pmf(x0, n, p0) * binom.pmf(x1, n, p1)
    assert_allclose(exact_power(n, p0, p1, desirable=desirable), total, atol=1e-10)


@given(n=integers(100, 300), p0=floats(0.2, 0.8), p1=floats(0.2, 0.8))
def test_exact_power_is_near_the_formula_with_a_hundred_patients(n, p0, p1):
    assert abs(exact_power(n, p0, p1) - power_of_trial(n, p0, p1)) < 0.03


def test_a_result_is_significant_as_the_chi_squared_test_says():
    # R 4.2.2: prop.test(c(61, 38), c(152, 152), correct = FALSE) has p 0.00488; c(50, 38) 0.1291
    assert rejects(38, 61, 152)
    assert rejects(61, 38, 152, desirable=False)
    assert not rejects(61, 38, 152)
    assert not rejects(38, 50, 152)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0.0, 0.4), "control_risk must lie between 0 and 1"),
        ((0.25, 1.4), "treated_risk must lie between 0 and 1"),
        ((0.25, 0.25), "No trial finds a difference of 0"),
        ((float("nan"), 0.4), "control_risk"),
    ],
)
def test_impossible_risks_are_refused(arguments, words):
    with pytest.raises(ArgumentError, match=words):
        patients_per_arm(*arguments)


def test_impossible_levels_powers_and_sizes_are_refused():
    with pytest.raises(ArgumentError, match="power must lie"):
        patients_per_arm(0.2, 0.4, power=1.0)
    with pytest.raises(ArgumentError, match="exceed half of the two-sided level"):
        patients_per_arm(0.2, 0.4, power=0.02)
    with pytest.raises(ArgumentError, match="1 patient or more"):
        power_of_trial(0, 0.2, 0.4)
    with pytest.raises(ArgumentError, match="treated_risk"):
        power_of_trial(10, 0.2, 1.0)
    with pytest.raises(ArgumentError, match="1 to 2000 patients"):
        exact_power(2001, 0.2, 0.4)
