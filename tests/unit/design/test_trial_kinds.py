from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats, sampled_from
from numpy.testing import assert_allclose
from scipy.stats import norm

from twoarm.design import (
    Drawn,
    Kind,
    NormalBenefit,
    Parted,
    Prior,
    Risks,
    assurance,
    benefit_compared,
    chance_of_no_benefit,
    chance_of_refuting,
    compared,
    futile_haircut,
    interaction_patients_per_arm,
    interaction_se,
    kind_power,
    predicted_benefit,
    randomised,
    risks_of,
    size,
)
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.seeds import generator

MODEL = NormalBenefit(0.10, 0.10)
SPREAD = tuple(map(tuple, np.diag([0.03, 0.2, 0.02, 0.1]) ** 2))
PRIOR = Prior(0.10, 0.5, 0.25, -0.2, covariance=SPREAD)


def risks(desirable=True, share=0.4):
    above, below = (0.2, 0.38), (0.3, 0.33)
    if not desirable:
        above, below = (tuple(1 - each for each in pair) for pair in (above, below))
    return Risks(share, *((np.array(a), np.array(b)) for a, b in (above, below)))


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("desirable", [True, False])
def test_a_design_of_its_size_has_its_power(kind, desirable):
    found = risks(desirable)
    if kind is Kind.STRATEGY_ALL:  # those below gain a little: treating them, too, is better
        with pytest.raises(NotEstimable, match="nothing to find"):
            size(kind, found, desirable=desirable)
        return
    n = size(kind, found, desirable=desirable)
    power = kind_power(kind, [n, n - 1], found, desirable=desirable)
    assert power[0] >= 0.8 > power[1]


def test_what_each_design_compares():
    # by hand: 40 % above
    found = risks()
    nobody, everybody = 0.4 * 0.2 + 0.6 * 0.3, 0.4 * 0.38 + 0.6 * 0.33
    strategy = 0.4 * 0.38 + 0.6 * 0.3
    for kind, expected in {
        Kind.ALL_COMERS: (nobody, everybody),
        Kind.ENRICHED: (0.2, 0.38),
        Kind.STRATEGY_NONE: (nobody, strategy),
        Kind.STRATEGY_ALL: (everybody, strategy),
    }.items():
        assert_allclose(compared(kind, found), expected)
    assert_allclose(benefit_compared(Kind.STRATIFIED, found), 0.18 - 0.03)


def test_a_strategy_trial_dilutes_the_effect_by_those_who_are_treated_alike():
    found = risks()
    assert_allclose(benefit_compared(Kind.STRATEGY_NONE, found), 0.4 * 0.18)
    assert_allclose(benefit_compared(Kind.STRATEGY_ALL, found), -0.6 * 0.03)


def test_the_difference_between_halves_needs_four_times_the_patients():
    # by hand: two halves of 396 patients, .092 against .046
    whole = np.sqrt(2 * 0.3 * 0.7 / 198)
    half = interaction_se(198, 0.5, (0.3, 0.3), (0.3, 0.3))
    assert_allclose([half, whole], [0.092, 0.046], atol=5e-4)
    assert_allclose(half**2 / whole**2, 4.0)


def test_an_interaction_needs_a_difference():
    with pytest.raises(ArgumentError, match="the same"):
        interaction_patients_per_arm(0.5, (0.2, 0.3), (0.2, 0.3))


@pytest.mark.parametrize("kind", [Kind.ENRICHED, Kind.STRATEGY_NONE, Kind.STRATIFIED])
def test_nobody_above_the_threshold_is_no_design(kind):
    with pytest.raises(NotEstimable, match="nobody"):
        size(kind, risks(share=0.0))


def test_everybody_above_the_threshold_leaves_nothing_to_compare_with():
    with pytest.raises(NotEstimable, match="everybody"):
        size(Kind.STRATIFIED, risks(share=1.0))


def test_assurance_without_uncertainty_is_power():
    parted = MODEL.parted(0.1)
    drawn = Drawn(PRIOR.expected, parted, MODEL.mean)
    for kind in Kind:
        expected = kind_power(kind, 200, risks_of(parted, MODEL.mean, PRIOR.expected))
        assert_allclose(assurance(kind, 200, drawn), expected)


def test_assurance_of_a_normal_effect_is_that_of_the_closed_form():
    # O'Hagan 2005: Phi of the drift over the root of 1 + the prior's variance in test units; the
    # control risk is fixed and the spread nearly constant, so the two agree to a point
    spread = tuple(map(tuple, np.diag([0.04, 0.0, 0.0, 0.0]) ** 2))
    prior = Prior(0.10, 0.0, 0.45, covariance=spread)
    drawn = Drawn(prior.draws(40_000, generator(1)), MODEL.parted(0.1), MODEL.mean)
    se = np.sqrt(2 * 0.5 * 0.5 / 400)
    expected = norm.cdf((0.10 / se - 1.96) / np.sqrt(1 + (0.04 / se) ** 2))
    assert_allclose(assurance(Kind.ALL_COMERS, 400, drawn), expected, atol=0.01)


@given(haircut=floats(0.0, 0.2), more=floats(0.0, 0.2), kind=sampled_from(Kind))
def test_a_larger_haircut_never_raises_the_assurance_of_treatment(haircut, more, kind):
    if kind in (Kind.STRATEGY_ALL, Kind.STRATIFIED):
        return  # they do not ask whether treatment helps
    drawn = Drawn(PRIOR.draws(200, generator(2)), MODEL.parted(0.1), MODEL.mean)
    one, other = (assurance(kind, 200, drawn, haircut=each) for each in (haircut, haircut + more))
    assert other <= one + 1e-9


def test_the_futile_haircut_brings_the_assurance_to_thirty_percent():
    drawn = Drawn(PRIOR.draws(500, generator(3)), MODEL.parted(0.1), MODEL.mean)

    def chance(haircut):
        return assurance(Kind.ALL_COMERS, 300, drawn, haircut=haircut)

    assert_allclose(chance(futile_haircut(chance)), 0.30, atol=1e-3)
    assert futile_haircut(lambda _: 0.2) == 0.0
    assert futile_haircut(lambda _: 0.9) is None


def test_the_chance_that_nobody_gains_on_average():
    # by hand: average 0.10, SE 0.03 at the mean: Phi(-10/3)
    drawn = Drawn(PRIOR.draws(200_000, generator(4)), MODEL.parted(0.1), MODEL.mean)
    found = chance_of_no_benefit(Kind.ALL_COMERS, drawn)
    assert_allclose(found, 0.00043, atol=2e-4)
    assert chance_of_no_benefit(Kind.ALL_COMERS, drawn, haircut=0.10) == pytest.approx(
        0.5, abs=0.01
    )


def test_a_model_that_is_right_is_refuted_as_often_as_the_level_says():
    right = Prior(0.10, 1.0, 0.25)
    parted = MODEL.parted(0.1)
    drawn = Drawn(right.expected, parted, MODEL.mean)
    for kind in Kind:
        predicted = predicted_benefit(kind, parted, MODEL.mean)
        assert_allclose(chance_of_refuting(kind, 300, drawn, predicted), 0.025, atol=1e-9)


def test_what_the_model_predicts_for_a_strategy():
    parted = Parted(0.5, 0.3, -0.1)
    assert_allclose(predicted_benefit(Kind.STRATEGY_ALL, parted, 0.1), 0.05)
    assert_allclose(predicted_benefit(Kind.STRATIFIED, parted, 0.1), 0.4)


def test_lost_patients_are_made_up_for():
    assert randomised(152, 0.0) == 152
    assert randomised(95, 0.05) == 100
    with pytest.raises(ArgumentError, match="below 1"):
        randomised(100, 1.0)
