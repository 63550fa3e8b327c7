"""What would happen if every patient followed the advice?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.metrics.benefit_arrays import arms, outcomes, same_length
from twoarm.metrics.direction import as_benefit
from twoarm.metrics.estimate import Estimate, mean_estimate

__all__ = ["PolicyValue", "policy_value", "population_benefit"]


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """Value of a treatment policy.

    Attributes
    ----------
    value : Estimate
        Mean outcome if all followed the advice, on the scale of the outcome.
    share_treated : float
        Share advised to be treated, 0 to 1.
    over_none, over_all : Estimate
        Gain over treating nobody and over treating everybody, positive when the policy is better.
    """

    value: Estimate
    share_treated: float
    over_none: Estimate
    over_all: Estimate


def policy_value(
    phi0: ArrayLike, phi1: ArrayLike, advised: ArrayLike, *, desirable: bool
) -> PolicyValue:
    """Give the mean outcome under a policy from doubly robust scores of both arms.

    Parameters
    ----------
    phi0, phi1 : array_like, shape (n,)
        Scores under control and under treatment (AIPW), on the scale of the outcome.
    advised : array_like of 0 and 1, shape (n,)
        Whether the policy treats the patient; learnt from other patients, or cross-fitted.
    desirable : bool
        Whether the outcome is one to hope for.

    Returns
    -------
    PolicyValue

    References
    ----------
    Athey S, Wager S. Econometrica 2021;89:133-161, equation 3.

    Examples
    --------
    >>> policy_value([0.2, 0.4], [0.6, 0.3], [1, 0], desirable=True).value.estimate
    0.5
    """
    control, treated, advice = same_length(phi0=phi0, phi1=phi1, advised=advised)
    _check_advice(advice)
    gain = as_benefit(treated - control, desirable=desirable)
    return PolicyValue(
        value=mean_estimate(np.where(advice == 1.0, treated, control)),
        share_treated=float(advice.mean()),
        over_none=mean_estimate(advice * gain),
        over_all=mean_estimate((advice - 1.0) * gain),
    )


def _check_advice(advice: NDArray[np.float64]) -> None:
    if not np.isin(advice, (0.0, 1.0)).all():
        raise ArgumentError(f"`advised` must be 0 or 1; found {np.unique(advice)[:3].tolist()}.")


def population_benefit(
    y: ArrayLike, treatment: ArrayLike, benefit: ArrayLike, *, desirable: bool
) -> float:
    """Compare patients whose arm agrees with the prediction with all controls.

    A patient should be treated if the predicted benefit is above 0; one of exactly 0 is advised
    control, so nobody is left out. For randomised arms only, and exact only for equal allocation
    or a prediction unrelated to risk: patients who agree are not weighted back to the population.
    `net_benefit_congruent` does that.

    Returns
    -------
    float
        Difference of mean outcomes in the direction of benefit; NaN if nobody's arm agrees.

    References
    ----------
    Efthimiou O, et al. Stat Med 2023;42:1188-1206 (PMC7615726): population-level benefit.

    Examples
    --------
    >>> population_benefit([1, 0, 1, 0], [1, 1, 0, 0], [0.1, -0.1, -0.1, 0.1], desirable=True)
    0.5
    """
    event, w, gain = same_length(y=y, treatment=treatment, benefit=benefit)
    outcomes(event)
    treated = arms(w)
    agrees = treated == (gain > 0.0)
    if not agrees.any():
        return math.nan
    difference = float(event[agrees].mean() - event[~treated].mean())
    return as_benefit(difference, desirable=desirable)
