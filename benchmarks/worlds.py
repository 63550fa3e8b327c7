"""Worlds with a known truth for measuring validation: one arm of a cohort, and new patients of it.

The synthetic worlds of rescue stenting (`twoarm.synthetic`), primary outcome; and 15 independent
normal predictors without and with a signal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from twoarm.cohort import Cohort, EncodingSpec, load_study, read_cohort
from twoarm.cohort.codebook import canonical
from twoarm.seeds import child
from twoarm.synthetic import generate

Sample = tuple[np.ndarray, np.ndarray]
NORMAL_PREDICTORS, NORMAL_RATE = 15, 0.30
_TREATED = {"control": 0, "treated": 1}


@dataclass(frozen=True)
class World:
    """Give predictors and outcome of `n` patients from a seed; seeds never overlap by chance."""

    name: str
    draw: Callable[[int, int], Sample]

    def patients(self, n: int, seed: int, data_set: int) -> Sample:
        """Draw the cohort number `data_set` of a run."""
        return self.draw(n, int(child(seed, data_set).generate_state(1)[0]))

    def newcomers(self, n: int) -> Sample:
        """Draw new patients, the same for all cohorts of the world; kept in memory."""
        return _newcomers(self, n)


@cache
def _newcomers(world: World, n: int) -> Sample:
    return world.draw(n, int(child(99, 0).generate_state(1)[0]))


@cache
def _shipped() -> tuple[Cohort, EncodingSpec]:
    cohort = read_cohort(load_study("rescue-stenting"))
    return cohort, EncodingSpec.learn(cohort.codebook, cohort.predictors)


def encoded(frame: pd.DataFrame) -> np.ndarray:
    """Encode a synthetic frame as the shipped study does."""
    cohort, spec = _shipped()
    columns = []
    for predictor in cohort.codebook:
        values = frame[predictor.column]
        if predictor.is_number:
            columns.append(values.to_numpy(float))
        else:
            place = {canonical(level.code): k for k, level in enumerate(predictor.all_levels)}
            columns.append(np.array([place[canonical(value)] for value in values], float))
    return spec.encode(np.column_stack(columns))


def stenting(scenario: str, arm: str) -> World:
    """Give one arm of a synthetic world; the outcome is mRS 0-2 at 90 days."""

    def draw(n: int, seed: int) -> Sample:
        sizes = {each: n if each == arm else 1 for each in _TREATED}
        frame = generate(scenario, **sizes, seed=seed).cohort
        own = frame[frame["arm"] == _TREATED[arm]]
        return encoded(own), (own["mrs90"].to_numpy() <= 2).astype(int)

    return World(f"{scenario}, {arm}", draw)


def normal(slope: float) -> World:
    """Give 15 normal predictors; three of them carry the slope, the intercept is logit 0.30."""

    def draw(n: int, seed: int) -> Sample:
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(n, NORMAL_PREDICTORS))
        lp = np.log(NORMAL_RATE / (1 - NORMAL_RATE)) + slope * X[:, :3].sum(axis=1)
        return X, (rng.random(n) < 1 / (1 + np.exp(-lp))).astype(int)

    return World("noise" if slope == 0 else f"signal {slope:g}", draw)
