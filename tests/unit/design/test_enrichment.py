from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats
from numpy.testing import assert_allclose
from scipy.stats import truncnorm

from twoarm.design import (
    CrossOver,
    NormalBenefit,
    ObservedBenefit,
    Prior,
    after_cross_over,
    enrichment,
    patients_per_arm,
    planned_on_predictions,
    risks_of,
)
from twoarm.errors import ArgumentError, NotEstimable

KNOWN = Prior(average=0.08, slope=1.0, control_risk=0.25)
NOISY = Prior(average=0.08, slope=0.25, control_risk=0.25)


@pytest.mark.parametrize(
    ("threshold", "patients", "screened"),
    [(0.0, 395, 870), (0.05, 272, 787), (0.10, 171, 926), (0.15, 108, 1776)],
)
def test_screening_has_an_interior_minimum(threshold, patients, screened):
    # R 4.2.2: truncated normal N(.08, .06), slope 1, control risk .25, power.prop.test; by hand
    found = enrichment(NormalBenefit(0.08, 0.06), KNOWN, threshold)
    assert (found.patients, found.screened) == (patients, screened)


def test_planning_on_an_overdispersed_model():
    # the same in R with a standard deviation of .12 and a slope of .25
    model = NormalBenefit(0.08, 0.12)
    found = enrichment(model, NOISY, 0.15)
    assert (found.patients, found.screened) == (248, 1773)
    assert_allclose([found.predicted, found.expected], [0.224, 0.116], atol=5e-4)
    naive = planned_on_predictions(model.parted(0.15), model, NOISY, 0.15)
    assert naive.patients == 71
    assert_allclose(naive.true_power, 0.32, atol=0.005)


@given(mean=floats(-0.3, 0.3), sd=floats(0.01, 0.4), threshold=floats(-0.5, 0.5))
def test_parts_of_a_normal_are_those_of_scipy(mean, sd, threshold):
    parted = NormalBenefit(mean, sd).parted(threshold)
    z = (threshold - mean) / sd
    if abs(z) > 6:
        return
    assert_allclose(parted.above, truncnorm.mean(z, np.inf, mean, sd), rtol=1e-6, atol=1e-6)
    whole = parted.share * parted.above + (1 - parted.share) * parted.below
    assert_allclose(whole, mean, atol=1e-9)


def test_a_threshold_far_out_does_not_break_the_tail():
    parted = NormalBenefit(0.0, 0.01).parted(0.9)
    assert 0.9 <= parted.above < 0.901


def test_observed_and_normal_agree_in_many_patients():
    values = np.random.default_rng(1).normal(0.08, 0.12, 200_000)
    one = enrichment(ObservedBenefit(values), NOISY, 0.15)
    other = enrichment(NormalBenefit(0.08, 0.12), NOISY, 0.15)
    assert abs(one.patients - other.patients) <= 3
    assert_allclose(one.share, other.share, atol=0.003)


@given(average=floats(0.03, 0.2), slope=floats(0.0, 1.0), threshold=floats(0.0, 0.2))
def test_an_undesirable_outcome_is_planned_as_its_opposite(average, slope, threshold):
    model = NormalBenefit(average, 0.05)
    good = enrichment(model, Prior(average, slope, 0.3), threshold)
    bad = enrichment(model, Prior(average, slope, 0.7), threshold, desirable=False)
    assert (good.patients, good.screened) == (bad.patients, bad.screened)
    assert_allclose(bad.expected, good.expected, atol=1e-12)


def test_a_slope_of_nothing_leaves_the_average():
    found = enrichment(NormalBenefit(0.08, 0.12), Prior(0.08, 0.0, 0.25), 0.15)
    assert found.patients == patients_per_arm(0.25, 0.33)


def test_the_control_risk_goes_with_the_predicted_benefit():
    prior = Prior(0.08, 0.25, 0.25, control_slope=-0.5)
    model = NormalBenefit(0.08, 0.12)
    parted = model.parted(0.15)
    found = risks_of(parted, model.mean, prior.expected)
    assert_allclose(found.above[0], 0.25 - 0.5 * (parted.above - 0.08))
    assert_allclose(found.everybody, (0.25, 0.33))


def test_everybody_crossing_over_halfway_halves_the_effect():
    p0, p1 = after_cross_over(0.2, 0.4, CrossOver(0.25, 0.25))
    assert_allclose(p1 - p0, 0.1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: NormalBenefit(0.1, 0.0), "sd must be a number above 0"),
        (lambda: NormalBenefit(29.0, 0.1), "between -1 and 1"),
        (lambda: ObservedBenefit(np.array([0.1, np.nan])), "complete vector"),
        (lambda: Prior(0.1, 1.4, 0.2), "shrinkage slope lies between 0 and 1"),
        (lambda: Prior(25.0, 0.4, 0.2), "average benefit"),
        (lambda: Prior(0.1, 0.4, 20.0), "control_risk"),
        (lambda: Prior(0.1, 0.4, 0.2, covariance=((1.0,),)), "4 by 4"),
        (
            lambda: Prior(0.1, 0.4, 0.2, covariance=tuple(map(tuple, -np.eye(4)))),
            "negative variance",
        ),
        (lambda: CrossOver(0.6, 0.5), "less than 1"),
        (lambda: CrossOver(-0.1, 0.0), "at least 0"),
        (lambda: Prior(0.1, 0.4, 0.2).draws(3, np.random.default_rng(1)), "how uncertain"),
    ],
)
def test_nonsense_is_refused(call, words):
    with pytest.raises(ArgumentError, match=words):
        call()


def test_a_trial_of_nobody_or_for_nothing_is_no_trial():
    few = ObservedBenefit(np.array([0.0, 0.1]))
    with pytest.raises(NotEstimable, match="nobody is predicted to gain 50 points"):
        enrichment(few, KNOWN, 0.5)
    with pytest.raises(NotEstimable, match="nothing to find"):
        enrichment(few, Prior(-0.02, 0.0, 0.25), 0.05)
