"""Who gets a stent (section 5.5): indication by measured covariates, the centre, and U."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit

from twoarm.synthetic.draws import FloatArray
from twoarm.synthetic.patients import Patients
from twoarm.synthetic.scenarios import Scenario, find_scenario

__all__ = ["choice_predictor", "propensity", "stent_probability"]

# Section 5.4, in the order of CENTRES: some centres stent more often.
_CENTRE_EFFECTS: Final = np.array(
    [-0.62, -0.48, -0.35, -0.25, -0.16, -0.08, -0.01, 0.05, 0.12, 0.19, 0.27, 0.34, 0.43, 0.55]
)
# Section 5.5: how strongly measured indication decides.
_INDICATION_WEIGHT: Final = 0.40


def propensity(covariates: pd.DataFrame, scenario: str | Scenario, u: ArrayLike) -> FloatArray:
    """Give the true probability of being stented.

    Parameters
    ----------
    covariates : DataFrame, n rows
        Columns as in the cohort file, ``centre`` included.
    scenario : str or Scenario
        Name, letter, or a scenario of your own.
    u : array_like, scalar or shape (n,)
        The unmeasured factor; without effect where the scenario's weight of it is zero.

    Returns
    -------
    ndarray, shape (n,)
        P(stented | X, U), between 0 and 1.

    Raises
    ------
    ArgumentError
        If the scenario is unknown, a column is absent, or a site or centre is unknown.

    Examples
    --------
    >>> from twoarm.synthetic import draw_covariates
    >>> propensity(draw_covariates(3, seed=1), "paper-like", u=0.0).shape
    (3,)
    """
    world = find_scenario(scenario)
    shift = world.unmeasured_weight * np.asarray(u, dtype=np.float64)
    return stent_probability(choice_predictor(Patients.from_frame(covariates)), world, shift)


def stent_probability(
    choice: FloatArray, scenario: Scenario, shift: FloatArray | float
) -> FloatArray:
    """Give P(stented) from the `choice_predictor` and U's contribution, shape (n,)."""
    return np.asarray(expit(scenario.choice_intercept + choice + shift), dtype=np.float64)


def choice_predictor(p: Patients) -> FloatArray:
    """Give the part of the log odds of being stented that is measured, shape (n,)."""
    indication = (
        -0.022 * (p.age - 67)
        - 0.045 * (p.nihss - 16)
        + 0.12 * (p.aspects - 8)
        + 0.12 * (p.passes - 3)
        + 0.035 * (np.minimum(p.hours, 24) - 8)
        + 1.0 * (p.icad - 0.47)
        - 0.35 * (p.af - 0.25)
        - 0.30 * (p.ivt - 0.37)
        - 0.35 * p.ica
        - 0.45 * p.m2
        - 0.20 * p.premrs
        + 0.10 * (p.coll - 1.6)
    )
    return np.asarray(_INDICATION_WEIGHT * indication + _CENTRE_EFFECTS[p.centre])
