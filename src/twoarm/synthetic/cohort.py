"""A cohort whose every individual effect is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from twoarm.errors import ArgumentError
from twoarm.synthetic.after_decision import AFTER_DECISION, after_decision, negative_control
from twoarm.synthetic.covariates import BEFORE_DECISION, draw_covariates
from twoarm.synthetic.draws import Input, IntArray, input_generator, uniform
from twoarm.synthetic.outcomes import ArmPredictors, draw_outcomes
from twoarm.synthetic.patients import Patients
from twoarm.synthetic.risks import benefit, conditional_risks, identified_risks, risks
from twoarm.synthetic.scenarios import Scenario, find_scenario
from twoarm.synthetic.treatment import choice_predictor, stent_probability

__all__ = ["COHORT_COLUMNS", "SyntheticCohort", "generate"]

#: Columns of the cohort, in the order of the file (section 5.14).
COHORT_COLUMNS: Final = (
    "record_id",
    "centre",
    "arm",
    "failed_definition",
    *BEFORE_DECISION,
    "mrs90",
    "sich",
    "sich_definition",
    *AFTER_DECISION,
    "neg_control",
    "synthetic",
)
_POTENTIAL: Final = ("mrs90_0", "mrs90_1", "sich_0", "sich_1")

# Every scenario stents about half of the patients, so a pool of four times the larger arm holds
# twice what is asked; the floor does the same for small arms, where chance matters.
_POOL_PER_PATIENT: Final = 4
_SMALLEST_POOL: Final = 2000


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticCohort:
    """A synthetic cohort and the truth behind it.

    Attributes
    ----------
    cohort : DataFrame, n rows
        What an analyst sees: the columns `COHORT_COLUMNS`, without missing values.
    truth : DataFrame, n rows in the same order
        What nobody sees: ``record_id``; the unmeasured factor ``U``; ``propensity``;
        ``mu0_<outcome>`` and ``mu1_<outcome>``, the risks given X and U; the potential outcomes
        ``mrs90_0``, ``mrs90_1``, ``sich_0``, ``sich_1``; ``benefit_<outcome>`` given X and U;
        ``benefit_x_<outcome>`` given X; and ``contrast_x_<outcome>``, the contrast of the arms
        given X that the cohort identifies. Benefits and contrasts are positive where the
        treatment helps.
    scenario : Scenario
        The world it came from.
    """

    cohort: pd.DataFrame
    truth: pd.DataFrame
    scenario: Scenario


def generate(
    scenario: str | Scenario,
    *,
    n: int | None = None,
    treated: int | None = None,
    control: int | None = None,
    seed: int,
) -> SyntheticCohort:
    """Draw a cohort from a scenario.

    The same arguments always give the same cohort. The same seed gives the same patients in every
    scenario, and the first patients of a larger `n` are those of a smaller one.

    Parameters
    ----------
    scenario : str or Scenario
        Name, letter, or a scenario of your own.
    n : int, optional
        Number of patients, at least 1; the arms then have the sizes that chance gives them.
    treated, control : int, optional
        Instead of `n`: exact arm sizes, each at least 1. Each arm is sampled without replacement
        from a larger pool.
    seed : int
        0 or larger.

    Raises
    ------
    ArgumentError
        If the scenario is unknown, the sizes are not given in one of the two ways, or a number is
        out of range.

    Examples
    --------
    >>> made = generate("paper-like", treated=3, control=2, seed=1)
    >>> made.cohort["arm"].value_counts().to_dict()
    {1: 3, 0: 2}
    >>> list(made.truth)[:3]
    ['record_id', 'U', 'propensity']
    """
    world = find_scenario(scenario)
    if n is not None and treated is None and control is None:
        _check_size(n=n)
        return _finish(_population(world, n, seed), world)
    if n is None and treated is not None and control is not None:
        _check_size(treated=treated, control=control)
        return _finish(_with_arms(world, treated, control, seed), world)
    raise ArgumentError(
        "The size of a cohort is given by n, or by treated and control together; "
        f"found n={n}, treated={treated}, control={control}."
    )


def _check_size(**sizes: int) -> None:
    for name, size in sizes.items():
        if size < 1:
            raise ArgumentError(f"{name} must be at least 1 patient; found {size}.")


def _with_arms(scenario: Scenario, treated: int, control: int, seed: int) -> pd.DataFrame:
    size = max(_SMALLEST_POOL, _POOL_PER_PATIENT * max(treated, control))
    pool = _population(scenario, size, seed)
    while (pool["arm"] == 1).sum() < treated or (pool["arm"] == 0).sum() < control:
        size *= 2
        pool = _population(scenario, size, seed)
    arm = pool["arm"].to_numpy()
    chosen = [
        input_generator(seed, stream).choice(np.flatnonzero(arm == each), wanted, replace=False)
        for each, wanted, stream in (
            (0, control, Input.CONTROL_SAMPLE),
            (1, treated, Input.TREATED_SAMPLE),
        )
    ]
    # In the pool's order the arms stay mixed: a record's number says nothing about its arm.
    return pool.iloc[np.sort(np.concatenate(chosen))].reset_index(drop=True)


def _population(scenario: Scenario, n: int, seed: int) -> pd.DataFrame:
    """Draw n patients: what the cohort needs, U, and the potential outcomes."""
    frame = draw_covariates(n, seed)
    patients = Patients.from_frame(frame)
    u = input_generator(seed, Input.UNMEASURED).standard_normal(n)
    shift = scenario.unmeasured_weight * u
    frame["U"] = u
    frame["propensity"] = stent_probability(choice_predictor(patients), scenario, shift)
    arm = (uniform(seed, Input.ARM, n) < frame["propensity"].to_numpy()).astype(np.int64)
    frame["arm"] = arm
    sich_uniform, mrs_uniform = uniform(seed, Input.SICH, n), uniform(seed, Input.MRS, n)
    for each in (0, 1):
        predictors = ArmPredictors.of(patients, scenario, each)
        mrs, sich = draw_outcomes(predictors, shift, sich_uniform, mrs_uniform)
        frame[f"mrs90_{each}"], frame[f"sich_{each}"] = mrs, sich
    frame["mrs90"] = _observed(arm, frame, "mrs90")
    frame["sich"] = _observed(arm, frame, "sich")
    frame["neg_control"] = negative_control(frame["age"].to_numpy(), shift, seed)
    later = after_decision(arm, frame["nihss"].to_numpy(), frame["mrs90"].to_numpy(), seed)
    return pd.concat([frame, later], axis=1)


def _observed(arm: IntArray, frame: pd.DataFrame, name: str) -> IntArray:
    return np.where(arm == 1, frame[f"{name}_1"].to_numpy(), frame[f"{name}_0"].to_numpy())


def _finish(drawn: pd.DataFrame, scenario: Scenario) -> SyntheticCohort:
    labelled = drawn.assign(
        # Four digits whatever the size: a patient keeps the id when the cohort grows.
        record_id=[f"S{number:04d}" for number in range(1, len(drawn) + 1)],
        failed_definition="mTICI01",
        sich_definition="Heidelberg",
        synthetic=1,
    )
    cohort = labelled[list(COHORT_COLUMNS)]
    return SyntheticCohort(cohort, _truth(labelled, scenario), scenario)


def _truth(labelled: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    u = labelled["U"].to_numpy()
    mu = pd.concat(
        [risks(labelled, scenario, arm, u).add_prefix(f"mu{arm}_") for arm in (0, 1)], axis=1
    )
    parts = [
        labelled[["record_id", "U", "propensity"]],
        mu,
        labelled[list(_POTENTIAL)],
        benefit(mu).add_prefix("benefit_"),
        benefit(conditional_risks(labelled, scenario)).add_prefix("benefit_x_"),
        benefit(identified_risks(labelled, scenario)).add_prefix("contrast_x_"),
    ]
    return pd.concat(parts, axis=1)
