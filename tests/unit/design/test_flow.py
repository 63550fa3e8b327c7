from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats, integers
from numpy.testing import assert_allclose

from twoarm.design import (
    CrossOver,
    Flow,
    Kind,
    Recruitment,
    Risks,
    TrueRisks,
    equal_looks,
    group_sequential,
    kind_power,
    power_of_trial,
    simulate_trials,
)
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.seeds import generator

MANY = 8000
NEAR = 4 * 0.5 / MANY**0.5  # four standard errors of a share


def truth(p0=0.25, p1=0.40, above=0.5, n=40):
    return TrueRisks(np.full(n, p0), np.full(n, p1), np.arange(n) < above * n)


@given(rate=floats(0.1, 5.0), sites=integers(1, 60), opening=floats(0.0, 36.0), n=floats(1, 3000))
def test_months_and_screened_are_inverse_and_later_sites_take_longer(rate, sites, opening, n):
    plan = Recruitment(rate, sites, opening)
    assert_allclose(plan.screened(plan.months(n)), n, rtol=1e-9)
    assert plan.months(n) >= n / (rate * sites) - 1e-9


def test_recruitment_by_hand():
    # sites open at months 0, 6 and 12: after 12 months 12 + 6 patients, then 3 a month
    plan = Recruitment(rate=1.0, sites=3, opening_months=12.0)
    assert_allclose(plan.screened(12.0), 18.0)
    assert_allclose(plan.months([18.0, 48.0]), [12.0, 22.0])


def test_the_same_power_with_and_without_a_simulation():
    found = simulate_trials(truth(), Kind.ALL_COMERS, 160, trials=MANY, rng=generator(1))
    assert abs(found.power - power_of_trial(160, 0.25, 0.40)) < NEAR + 0.01
    assert (found.randomised, found.screened) == (320.0, 320.0)
    assert np.isnan(found.months_median)


def test_an_undesirable_outcome_is_simulated_as_its_opposite():
    good = simulate_trials(truth(), Kind.ALL_COMERS, 120, trials=MANY, rng=generator(2))
    bad = simulate_trials(
        truth(0.75, 0.60), Kind.ALL_COMERS, 120, desirable=False, trials=MANY, rng=generator(3)
    )
    assert abs(good.power - bad.power) < 1.5 * NEAR


def test_loss_and_cross_over_cost_power_as_the_formula_says():
    flow = Flow(loss=0.1, crossing=CrossOver(0.1, 0.05))
    found = simulate_trials(truth(), Kind.ALL_COMERS, 250, flow=flow, trials=MANY, rng=generator(4))
    expected = power_of_trial(225, 0.265, 0.3925)
    assert abs(found.power - expected) < NEAR + 0.01


def test_an_enriched_trial_screens_in_proportion():
    found = simulate_trials(truth(above=0.25), Kind.ENRICHED, 100, trials=2000, rng=generator(5))
    assert_allclose(found.screened, 800, rtol=0.02)
    with pytest.raises(NotEstimable):
        simulate_trials(truth(above=0.0), Kind.ENRICHED, 100, trials=10, rng=generator(5))


@pytest.mark.parametrize("kind", [Kind.STRATEGY_NONE, Kind.STRATEGY_ALL, Kind.STRATIFIED])
def test_designs_on_a_mixture_have_the_power_of_the_formula(kind):
    above = np.arange(100) < 50
    risks = TrueRisks(np.full(100, 0.3), np.where(above, 0.5, 0.2), above)
    parts = Risks(0.5, (np.array(0.3), np.array(0.5)), (np.array(0.3), np.array(0.2)))
    found = simulate_trials(risks, kind, 200, trials=MANY, rng=generator(6))
    assert abs(found.power - kind_power(kind, 200, parts)) < NEAR + 0.01


def test_looks_stop_early_and_keep_the_level():
    looks = group_sequential(equal_looks(3), futility="obrien-fleming")
    flow = Flow(recruitment=Recruitment(0.5, 20, 12.0))
    found = simulate_trials(
        truth(), Kind.ALL_COMERS, 180, looks=looks, flow=flow, trials=MANY, rng=generator(7)
    )
    assert 0.3 < found.stopped_early < 0.8
    assert 300 < found.randomised < 360
    assert found.months_low < found.months_median < found.months_high
    null = truth(0.3, 0.3)
    level = simulate_trials(
        null,
        Kind.ALL_COMERS,
        180,
        looks=looks,
        obey_futility=False,
        trials=4 * MANY,
        rng=generator(8),
    )
    assert 0.02 < level.power < 0.03


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Recruitment(0.0, 3), "rate must be a number above 0"),
        (lambda: Recruitment(1.0, 0), "sites must be"),
        (lambda: Recruitment(1.0, 3, -1.0), "opening_months"),
        (lambda: Flow(loss=1.0), "below 1"),
        (lambda: Flow(follow_up_months=-1.0), "follow_up_months"),
        (lambda: TrueRisks(np.ones(3), np.ones(2), np.ones(3, bool)), "one length"),
        (lambda: TrueRisks(np.ones(2), np.full(2, 1.2), np.ones(2, bool)), "between 0 and 1"),
    ],
)
def test_nonsense_is_refused(call, words):
    with pytest.raises(ArgumentError, match=words):
        call()
