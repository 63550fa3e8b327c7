"""The true functions: what an estimator of the outcome risks and of the benefit should find.

Three of them, which agree where nothing is unmeasured:

* `risks` knows the unmeasured factor U of each patient;
* `conditional_risks` averages U over the population: E[Y_a | X], what a trial would identify;
* `identified_risks` averages U over the patients who got the arm: E[Y | X, W = a], what the
  cohort itself shows, confounding included.

Symptomatic haemorrhage is integrated out of the mRS outcomes in all three.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from twoarm.synthetic.draws import FloatArray
from twoarm.synthetic.outcomes import ArmPredictors, mrs_at_most, sich_probability
from twoarm.synthetic.patients import Patients
from twoarm.synthetic.scenarios import Scenario, find_scenario
from twoarm.synthetic.treatment import choice_predictor, stent_probability

__all__ = ["DESIRABLE", "OUTCOMES", "benefit", "conditional_risks", "identified_risks", "risks"]

#: Whether an outcome is one to wish for; its keys are the outcomes.
DESIRABLE: Final = {"mrs_0_2": True, "mrs_0_3": True, "sich": False, "death": False}
#: Names of the four outcomes.
OUTCOMES: Final = tuple(DESIRABLE)

# Gauss-Hermite nodes over U: with the largest weight (1.6), 30 give a risk to 2e-7, and the truth
# file prints 6 decimals.
_N_NODES: Final = 30


def risks(
    covariates: pd.DataFrame, scenario: str | Scenario, arm: int, u: ArrayLike
) -> pd.DataFrame:
    """Give the true risks in one arm of patients whose U is known.

    Parameters
    ----------
    covariates : DataFrame, n rows
        Columns as in the cohort file, ``centre`` included.
    scenario : str or Scenario
        Name, letter, or a scenario of your own.
    arm : int
        0 (control) or 1 (treated).
    u : array_like, scalar or shape (n,)
        The unmeasured factor; without effect where the scenario's weight of it is zero.

    Returns
    -------
    DataFrame, n rows
        One column for each of `OUTCOMES`: P(Y_arm = 1 | X, U), between 0 and 1. The index is that
        of `covariates`.

    Raises
    ------
    ArgumentError
        If the scenario or the arm is unknown, a column is absent, or a site or centre is unknown.

    Examples
    --------
    >>> from twoarm.synthetic import draw_covariates
    >>> list(risks(draw_covariates(3, seed=1), "moderate", arm=1, u=0.5))
    ['mrs_0_2', 'mrs_0_3', 'sich', 'death']
    """
    world = find_scenario(scenario)
    shift = world.unmeasured_weight * np.asarray(u, dtype=np.float64)
    predictors = ArmPredictors.of(Patients.from_frame(covariates), world, arm)
    values = _four_risks(predictors, shift)
    return pd.DataFrame(values.T, columns=list(OUTCOMES), index=covariates.index)


def conditional_risks(covariates: pd.DataFrame, scenario: str | Scenario) -> pd.DataFrame:
    """Give E[Y_a | X] of both arms: U averaged over its distribution in the population.

    Parameters
    ----------
    covariates : DataFrame, n rows
        Columns as in the cohort file, ``centre`` included.
    scenario : str or Scenario
        Name, letter, or a scenario of your own.

    Returns
    -------
    DataFrame, n rows
        Columns ``mu0_<outcome>`` and ``mu1_<outcome>`` for each of `OUTCOMES`, between 0 and 1.

    Raises
    ------
    ArgumentError
        If the scenario is unknown, a column is absent, or a site or centre is unknown.

    Examples
    --------
    >>> from twoarm.synthetic import draw_covariates
    >>> conditional_risks(draw_covariates(3, seed=1), "confounded").shape
    (3, 8)
    """
    world = find_scenario(scenario)
    patients = Patients.from_frame(covariates)
    u, weight = _nodes(world)
    by_arm = [_averaged(patients, world, arm, u, weight) for arm in (0, 1)]
    return _both_arms(by_arm, covariates.index)


def identified_risks(covariates: pd.DataFrame, scenario: str | Scenario) -> pd.DataFrame:
    """Give E[Y | X, W = a] of both arms: U averaged over the patients who got the arm.

    This is what an estimator that sees X, W and Y converges to. It differs from
    `conditional_risks` where U decides about the treatment.

    Parameters
    ----------
    covariates : DataFrame, n rows
        Columns as in the cohort file, ``centre`` included.
    scenario : str or Scenario
        Name, letter, or a scenario of your own.

    Returns
    -------
    DataFrame, n rows
        Columns ``mu0_<outcome>`` and ``mu1_<outcome>`` for each of `OUTCOMES`, between 0 and 1.

    Raises
    ------
    ArgumentError
        If the scenario is unknown, a column is absent, or a site or centre is unknown.

    Examples
    --------
    >>> from twoarm.synthetic import draw_covariates
    >>> identified_risks(draw_covariates(3, seed=1), "confounded").shape
    (3, 8)
    """
    world = find_scenario(scenario)
    patients = Patients.from_frame(covariates)
    u, weight = _nodes(world)
    choice = choice_predictor(patients)
    stented = stent_probability(choice, world, world.unmeasured_weight * u[:, np.newaxis])
    by_arm = []
    for arm, chosen in enumerate((1 - stented, stented)):
        within = weight[:, np.newaxis] * chosen
        by_arm.append(_averaged(patients, world, arm, u, within / within.sum(axis=0)))
    return _both_arms(by_arm, covariates.index)


def benefit(both_arms: pd.DataFrame) -> pd.DataFrame:
    """Turn the risks of both arms into benefits, positive where the treatment helps.

    Parameters
    ----------
    both_arms : DataFrame, n rows
        Columns ``mu0_<outcome>`` and ``mu1_<outcome>`` for each of `OUTCOMES`.

    Returns
    -------
    DataFrame, n rows
        One column for each of `OUTCOMES`, between -1 and 1: mu1 - mu0 of a desirable outcome,
        mu0 - mu1 of an undesirable one.

    Examples
    --------
    >>> from twoarm.synthetic import draw_covariates
    >>> patients = draw_covariates(3, seed=1)
    >>> bool((benefit(conditional_risks(patients, "no-effect")) == 0.0).all(axis=None))
    True
    """
    columns = {}
    for outcome, desirable in DESIRABLE.items():
        gain = both_arms[f"mu1_{outcome}"] - both_arms[f"mu0_{outcome}"]
        columns[outcome] = gain if desirable else 0.0 - gain
    return pd.DataFrame(columns)


def _four_risks(x: ArmPredictors, shift: FloatArray | float) -> FloatArray:
    """Give the risks of `OUTCOMES`, shape (4, n)."""
    return np.stack(
        [
            mrs_at_most(x, shift, 2),
            mrs_at_most(x, shift, 3),
            sich_probability(x, shift),
            1 - mrs_at_most(x, shift, 5),
        ]
    )


def _nodes(scenario: Scenario) -> tuple[FloatArray, FloatArray]:
    """Give values of U and weights that sum to one."""
    if scenario.unmeasured_weight == 0:
        return np.zeros(1), np.ones(1)
    u, weight = np.polynomial.hermite_e.hermegauss(_N_NODES)
    return u, weight / weight.sum()


def _averaged(
    patients: Patients, scenario: Scenario, arm: int, u: FloatArray, weight: FloatArray
) -> FloatArray:
    """Average the risks over U, shape (4, n); `weight` has shape (n_nodes,) or (n_nodes, n)."""
    predictors = ArmPredictors.of(patients, scenario, arm)
    total = np.zeros((len(OUTCOMES), patients.age.size))
    for node, share in zip(u, weight, strict=True):
        total += share * _four_risks(predictors, scenario.unmeasured_weight * node)
    return total


def _both_arms(by_arm: list[FloatArray], index: pd.Index) -> pd.DataFrame:
    names = [f"mu{arm}_{outcome}" for arm in (0, 1) for outcome in OUTCOMES]
    return pd.DataFrame(np.concatenate(by_arm).T, columns=names, index=index)
