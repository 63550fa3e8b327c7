from __future__ import annotations

import numpy as np
import pytest

from twoarm.cohort.units import other_unit


def mixed(factor, share, seed, n=160):
    rng = np.random.default_rng(seed)
    values = np.round(rng.lognormal(1.9, 0.25, n), 1)
    other = rng.random(n) < share
    values[other] = np.round(values[other] * factor, 1)
    return values, int(other.sum())


@pytest.mark.parametrize("factor", [18, 38.7, 88.4, 100, 1000])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_measurements_in_two_units_are_pointed_at(factor, share):
    for seed in range(10):
        values, others = mixed(factor, share, seed)
        assert other_unit(values).size == values.size - others


def test_two_kinds_of_patients_are_not_two_units():
    # No hole (a factor of 2 between heavy tails), or one kind much narrower than the other.
    rng = np.random.default_rng(3)
    tails = np.concatenate([rng.lognormal(1, 0.8, 90), rng.lognormal(2, 0.8, 70)])
    assert other_unit(tails).size == 0
    narrow = np.concatenate([np.round(rng.normal(5, 0.1, 90), 1), rng.lognormal(4.5, 0.6, 70)])
    assert other_unit(narrow).size == 0
