"""Patients of a trial whose outcome is an ordered scale, under proportional odds.

Whitehead J. Stat Med 1993;12:2257-2271, doi 10.1002/sim.4780122404; `posamsize` and `popower` of
the R package Hmisc.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from twoarm.design.checks import check_share, positive, probabilities, z_of
from twoarm.errors import ArgumentError

__all__ = ["ordinal_patients_per_arm", "ordinal_power", "shifted_shares"]


def ordinal_patients_per_arm(
    control_shares: ArrayLike, odds_ratio: float, *, power: float = 0.8, alpha: float = 0.05
) -> int:
    """Give the patients an arm for a common odds ratio of an ordered scale.

    Parameters
    ----------
    control_shares : array_like, shape (k,)
        Share of the control arm in each category, in order; they add up to 1.
    odds_ratio : float
        Of being in a category or one before it, treated against control, at every cut; not 1.
    power, alpha : float
        See `patients_per_arm`.

    Raises
    ------
    ArgumentError
        If the shares are none, or a number is out of range.

    Notes
    -----
    That one odds ratio holds at every cut is an assumption; where it does not, the result is the
    size for an average of them.

    Examples
    --------
    Whitehead's head injury trial, 20, 50, 20 and 10 % in four categories and a good recovery 0.85
    against 0.70: 187 patients in all.

    >>> ordinal_patients_per_arm([0.2, 0.5, 0.2, 0.1], 2.428, power=.9)
    94
    """
    z_alpha, z_power = z_of(alpha, power)
    unit = _information(control_shares, odds_ratio)
    if odds_ratio == 1.0:
        raise ArgumentError("No trial finds an odds ratio of 1; plan for one that would matter.")
    arm = ((z_alpha + z_power) / math.log(odds_ratio)) ** 2 / unit
    return math.ceil(arm - 1e-9)


def ordinal_power(
    patients: float, control_shares: ArrayLike, odds_ratio: float, *, alpha: float = 0.05
) -> float:
    """Give the chance of a significant common odds ratio in the direction planned.

    Examples
    --------
    >>> round(ordinal_power(94, [0.2, 0.5, 0.2, 0.1], 2.428), 3)
    0.902
    """
    check_share(alpha=alpha)
    positive(patients=patients)
    drift = abs(math.log(odds_ratio)) * math.sqrt(
        patients * _information(control_shares, odds_ratio)
    )
    return float(ndtr(drift - ndtri(1.0 - alpha / 2.0)))


def _information(control_shares: ArrayLike, odds_ratio: float) -> float:
    """Give the information about the log odds ratio in one patient of each arm."""
    control = probabilities("control_shares", control_shares)
    mean = (control + shifted_shares(control, odds_ratio)) / 2.0
    return float(1.0 - (mean**3).sum()) / 6.0


def shifted_shares(control_shares: ArrayLike, odds_ratio: float) -> NDArray[np.float64]:
    """Give the treated arm's shares if the odds of every cut are multiplied.

    Examples
    --------
    >>> shifted_shares([0.5, 0.5], 3.0)
    array([0.75, 0.25])
    """
    positive(odds_ratio=odds_ratio)
    upto = np.cumsum(probabilities("control_shares", control_shares))[:-1]
    shifted = odds_ratio * upto / (1.0 - upto + odds_ratio * upto)
    return np.diff(shifted, prepend=0.0, append=1.0)
