"""Cohorts for measuring the test of the ranking: worlds without any effect, and three with one.

In the null worlds treatment changes nobody's outcome and nothing is unmeasured, so the arms can be
drawn again without touching the outcomes.

* ``Z``: the world `no-effect`;
* ``M null``: the moderate world without its hidden factor; both arms have the slopes of its treated
  arm, and cut points at which a control arm of 198 has 26 events;
* ``rare``: as Z, with 26 events in both arms together;
* ``thin overlap``: as Z, with three times the log odds of being treated;
* ``curved``: as Z, with a risk that depends on squares and on a product of the predictors, which
  the models do not have;
* ``noise``: as Z, with 15 predictors more that have to do with nothing.

``A``, ``M`` and ``H`` are the synthetic worlds of those letters.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from benchmarks.worlds_table import CONTROL, OUTCOME, TREATED, refits_of
from twoarm.diagnostics import Refits
from twoarm.metalearners import Predictors, recommended_learner
from twoarm.seeds import generator
from twoarm.synthetic import generate
from twoarm.synthetic.scenarios import ArmParameters, Scenario, find_scenario

__all__ = ["EFFECTS", "NULLS", "refits_in"]

EFFECTS = ("A", "M", "H")
NULLS = ("Z", "M null", "rare", "thin overlap", "curved", "noise")
_M_NULL_SHIFT, _RARE_SHIFT = -1.152, -1.222  # of the log odds; measured in 6000 patients
_POOL, _TIMES = 1600, 3.0
_NOISE = 15


def _shifted(arm: ArmParameters, shift: float) -> ArmParameters:
    moved = tuple(cut + shift for cut in arm.cut_points)
    return replace(arm, cut_points=moved)  # type: ignore[arg-type]


def _same_in_both_arms(name: str, arm: ArmParameters) -> Scenario:
    return replace(find_scenario("Z"), name=name, letter=name, control=arm, treated=arm)


_SCENARIOS = {
    "M null": _same_in_both_arms("M null", _shifted(find_scenario("M").treated, _M_NULL_SHIFT)),
    "rare": _same_in_both_arms("rare", _shifted(find_scenario("Z").control, _RARE_SHIFT)),
}


def refits_in(world: str, seed: int) -> Refits:
    """Give a cohort of 195 treated and 198 controls, and the recommended learner."""
    if world == "thin overlap":
        data = _thin(seed)
    else:
        scenario = _SCENARIOS.get(world, world if world in EFFECTS else "Z")
        data = generate(scenario, treated=TREATED, control=CONTROL, seed=seed).cohort
    refits = replace(refits_of(data), learner=recommended_learner(desirable=True))
    if world == "curved":
        return replace(refits, outcome=_curved(data, seed))
    if world == "noise":
        coded = refits.predictors.coded
        more = generator(seed, 1).normal(size=(coded.shape[0], _NOISE))
        return replace(refits, predictors=Predictors.from_matrix(np.column_stack([coded, more])))
    return refits


def _thin(seed: int) -> pd.DataFrame:
    made, rng = generate("Z", n=_POOL, seed=seed), generator(seed, 2)
    chance = expit(_TIMES * logit(made.truth["propensity"].to_numpy()))
    arm = (rng.random(_POOL) < chance).astype(np.int64)
    chosen = [np.flatnonzero(arm == each)[:size] for each, size in ((1, TREATED), (0, CONTROL))]
    assert [rows.size for rows in chosen] == [TREATED, CONTROL]
    rows = np.sort(np.concatenate(chosen))
    return made.cohort.assign(arm=arm).iloc[rows].reset_index(drop=True)


def _curved(data: pd.DataFrame, seed: int) -> np.ndarray:
    age, nihss = (data["age"] - 67) / 12, (data["nihss"] - 16) / 6
    log_odds = -1.6 - 0.6 * (age**2 - 1) - 0.6 * (nihss**2 - 1) + 0.8 * age * nihss
    return (generator(seed, 3).random(len(data)) < expit(log_odds.to_numpy())).astype(float)


assert OUTCOME == "mrs_0_2"  # of which the shifts were measured
