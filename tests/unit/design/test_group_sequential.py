from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import floats, integers, lists, sampled_from
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

from twoarm.design import (
    equal_looks,
    group_sequential,
    obrien_fleming_spent,
    pocock_spent,
)
from twoarm.errors import ArgumentError

KINDS = ("obrien-fleming", "pocock")


@pytest.mark.parametrize("spent", [obrien_fleming_spent, pocock_spent])
@given(error=floats(0.001, 0.3), shares=lists(floats(0.05, 1.0), min_size=2, max_size=6))
def test_spending_rises_to_the_whole_error(spent, error, shares):
    shares = np.sort(shares)
    found = spent(shares, error)
    assert (np.diff(found) >= -1e-15).all()
    assert found[-1] <= error + 1e-12
    assert_allclose(spent([1.0], error), error)


@pytest.mark.parametrize("kind", KINDS)
def test_two_looks_spend_what_the_bivariate_normal_says(kind):
    found = group_sequential([0.4, 1.0], efficacy=kind)
    joint = multivariate_normal(cov=[[1.0, np.sqrt(0.4)], [np.sqrt(0.4), 1.0]])
    assert_allclose(1 - joint.cdf(found.efficacy), 0.025, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    gaps=lists(integers(1, 5), min_size=1, max_size=5),
    efficacy=sampled_from(KINDS),
    futility=sampled_from((None, *KINDS)),
    power=floats(0.6, 0.95),
    alpha=floats(0.01, 0.1),
)
def test_boundaries_have_their_level_their_power_and_cost_little(
    gaps, efficacy, futility, power, alpha
):
    shares = np.cumsum(gaps) / np.sum(gaps)
    found = group_sequential(
        shares.tolist(), efficacy=efficacy, futility=futility, power=power, alpha=alpha
    )
    assert_allclose(found.power, power, atol=1e-7)
    assert_allclose(found.alpha_spent[-1], alpha / 2)
    assert (found.futility <= found.efficacy + 1e-9).all()
    assert_allclose([found.stops_at_effect.sum(), found.stops_at_nothing.sum()], 1.0, atol=1e-6)
    assert 1.0 - 1e-9 <= found.inflation < 2.0
    assert found.expected_at_nothing <= found.inflation + 1e-9


def test_one_look_is_the_trial_without_looks():
    found = group_sequential([1.0], futility="pocock")
    assert_allclose(found.efficacy, [1.959964], atol=1e-6)
    assert_allclose([found.inflation, found.expected_at_effect], 1.0)


@pytest.mark.parametrize("looks", [[0.5, 0.9], [0.5, 0.5, 1.0], [0.0, 1.0], [], [1.0, 0.5]])
def test_looks_that_do_not_rise_to_the_end_are_refused(looks):
    with pytest.raises(ArgumentError, match="rising shares"):
        group_sequential(looks)


def test_a_table_has_a_row_for_each_look():
    frame = group_sequential(equal_looks(3)).to_frame()
    assert list(frame.columns[:3]) == ["information", "efficacy", "futility"]
    assert len(frame) == 3
    with pytest.raises(ArgumentError, match="1 to 20 looks"):
        equal_looks(0)
