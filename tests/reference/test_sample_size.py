"""Riley's criteria against the R package pmsampsize and its published worked examples.

Values of pmsampsize 1.1.3 (its tests and vignette): Riley et al. 2019, doi 10.1002/sim.7992, and
BMJ 2020;368:m441.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import norm

from twoarm.design import (
    cox_snell_of_c,
    cox_snell_of_nagelkerke,
    expected_shrinkage,
    largest_cox_snell,
    parameters_supported,
    sample_size_prediction,
)
from twoarm.kernels.recalibration import null_loss, recalibrate

# Half a unit of the last printed digit is 0.005; two entries of the table (prevalence .25, P = 10
# and .50, P = 20, both R2 .15: .6846 and .5545) are printed rounded up.
SHRINKAGE = 0.006

# prevalence, largest R2, n at P = 10, P supported at n = 198, shrinkage at P = 10 and P = 20,
# n of criterion 3; each for Nagelkerke's R2 of .15, .30, .50.
ARM_OF_198 = [
    (0.20, 0.632, (898, 423, 232), (2.2, 4.7, 8.6), (0.67, 0.81, 0.89), (0.51, 0.69, 0.80), 246),
    (0.25, 0.675, (838, 393, 213), (2.4, 5.0, 9.3), (0.69, 0.82, 0.89), (0.53, 0.70, 0.81), 289),
    (0.30, 0.705, (800, 374, 202), (2.5, 5.3, 9.8), (0.69, 0.83, 0.90), (0.54, 0.71, 0.82), 323),
    (0.40, 0.740, (761, 354, 189), (2.6, 5.6, 10.5), (0.71, 0.84, 0.90), (0.55, 0.72, 0.83), 369),
    (0.50, 0.750, (749, 348, 186), (2.6, 5.7, 10.7), (0.71, 0.84, 0.91), (0.56, 0.73, 0.83), 385),
]


@pytest.mark.parametrize(
    ("arguments", "criteria"),
    [
        ({"parameters": 24, "prevalence": 0.174, "r2": 0.288}, (623, 662, 221)),
        ({"parameters": 24, "prevalence": 0.174, "r2": 0.55}, (255, 532, 221)),
        ({"parameters": 36, "prevalence": 0.174, "r2": 0.288}, (934, 992, 221)),
        ({"parameters": 24, "prevalence": 0.25, "r2": 0.288}, (623, None, 289)),
        ({"parameters": 20, "prevalence": 0.30, "r2_nagelkerke": 0.15}, (1597, None, 323)),
        ({"parameters": 24, "prevalence": 0.174, "r2": 0.2902}, (None, 661, 221)),
    ],
)
def test_the_criteria_equal_pmsampsize(arguments, criteria):
    found = sample_size_prediction(**arguments)
    ours = (found.shrinkage_criterion, found.optimism_criterion, found.risk_criterion)
    for own, theirs in zip(ours, criteria, strict=True):
        assert theirs is None or own == theirs
    assert found.n == max(each for each in criteria if each is not None)


def test_the_r2_of_a_c_statistic_equals_the_simulation_of_pmsampsize_up_to_chance():
    # For type = "b", cstatistic = 0.89, parameters = 24 and prevalence = 0.174 pmsampsize prints R2
    # 0.2902 and n 661. It simulates a million patients after set.seed(123456). The same patients
    # are simulated here, to show that its 0.2902 is a draw around our integral.
    prevalence, n = 0.174, 1_000_000
    simulated = simulated_r2(0.89, prevalence, n, seed=123456)
    assert round(simulated, 4) == 0.2902
    assert sample_size_prediction(parameters=24, prevalence=prevalence, r2=simulated).n == 661
    r2 = cox_snell_of_c(0.89, prevalence)
    assert abs(r2 - simulated) < 2 * chance_of_a_simulated_r2(r2, 0.89, prevalence, n)
    found = sample_size_prediction(parameters=24, prevalence=prevalence, c_statistic=0.89)
    assert found.n == 660


def simulated_r2(c, prevalence, n, seed):
    """Simulate linear predictors as pmsampsize does (events and others change places there)."""
    others = round(prevalence * n)
    lp = r_normals(seed, n)
    lp[others:] += np.sqrt(2) * norm.ppf(c)
    y = np.repeat([0, 1], [others, n - others])
    weight = np.ones(n)
    fitted = recalibrate(lp, y, weight)[2]
    return 1 - np.exp(-2 * (null_loss(y, weight) - fitted) / n)


def r_normals(seed, n):
    """Give what rnorm(n) gives in R after set.seed(seed): Mersenne Twister, inversion."""
    states = []
    for step in range(675):
        seed = (69069 * seed + 1) % 2**32
        if step > 50:
            states.append(seed)
    twister = np.random.RandomState()
    twister.set_state(("MT19937", np.array(states, dtype=np.uint32), 624))
    u = twister.randint(0, 2**32, size=2 * n, dtype=np.uint32) * 2.3283064365386963e-10
    return norm.ppf((np.floor(2**27 * u[::2]) + u[1::2]) / 2**27)


def test_the_generator_is_that_of_r():
    # What R prints for rnorm(3) after set.seed(42).
    assert_allclose(r_normals(42, 3), [1.37095845, -0.56469817, 0.36312841], atol=5e-9)


def chance_of_a_simulated_r2(r2, c, prevalence, n):
    """Give the standard error of R2 from n patients whose arms have fixed sizes."""
    distance = np.sqrt(2) * norm.ppf(c)
    x, weight = np.polynomial.hermite_e.hermegauss(100)
    weight = weight / weight.sum()
    odds = np.log(prevalence / (1 - prevalence))
    variance = 0.0
    for share, sign in ((prevalence, 1), (1 - prevalence, -1)):
        ll = -np.logaddexp(0, -sign * (odds + distance * x + sign * distance**2 / 2))
        variance += share * (weight @ ll**2 - (weight @ ll) ** 2)
    return (1 - r2) * 2 * np.sqrt(variance / n)


def test_the_r2_of_a_c_statistic_equals_a_simulation():
    rng = np.random.default_rng(1)
    c, prevalence, n = 0.75, 0.3, 400_000
    y = np.arange(n) < prevalence * n
    distance = np.sqrt(2) * norm.ppf(c)
    lp = rng.standard_normal(n) + distance * y
    log_odds = np.log(prevalence / (1 - prevalence)) + distance * lp - distance**2 / 2
    fitted = -np.logaddexp(0, np.where(y, -log_odds, log_odds)).mean()
    null = prevalence * np.log(prevalence) + (1 - prevalence) * np.log(1 - prevalence)
    r2 = cox_snell_of_c(c, prevalence)
    chance = chance_of_a_simulated_r2(r2, c, prevalence, n)
    assert abs(r2 - (1 - np.exp(2 * (null - fitted)))) < 3 * chance


@pytest.mark.parametrize(
    ("prevalence", "largest", "needed", "supported", "at_10", "at_20", "risk"), ARM_OF_198
)
def test_one_arm_of_198(prevalence, largest, needed, supported, at_10, at_20, risk):
    # Computed from the equations of Riley et al. 2019 with an R2 that is not rounded.
    assert_allclose(largest_cox_snell(prevalence), largest, atol=0.0005)
    for k, r2 in enumerate((0.15, 0.30, 0.50)):
        cox_snell = cox_snell_of_nagelkerke(r2, prevalence)
        found = sample_size_prediction(parameters=10, prevalence=prevalence, r2=cox_snell)
        assert found.shrinkage_criterion == needed[k]
        assert found.risk_criterion == risk
        # Half a unit of the last printed digit.
        assert_allclose(parameters_supported(198, prevalence, r2), supported[k], atol=0.0501)
        for parameters, printed in ((10, at_10[k]), (20, at_20[k])):
            s = expected_shrinkage(198, parameters=parameters, r2=cox_snell)
            assert_allclose(s, printed, atol=SHRINKAGE)
