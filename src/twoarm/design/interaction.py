"""A trial of everybody that asks whether the effect differs above and below the threshold."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from twoarm.design.checks import check_share, z_of
from twoarm.errors import ArgumentError

__all__ = ["interaction_patients_per_arm", "interaction_power", "interaction_se"]

Floats = NDArray[np.float64]
Pair = tuple[ArrayLike, ArrayLike]


def interaction_se(patients: ArrayLike, share: float, above: Pair, below: Pair) -> Floats:
    """Give the standard error of the difference between the two parts' risk differences.

    Parameters
    ----------
    patients : array_like
        In each arm, of both parts together.
    share : float
        Of patients above the threshold, between 0 and 1.
    above, below : pair of array_like
        Risk under control and under treatment in each part.

    Examples
    --------
    The difference between two halves of 396 patients, and the effect in all of them.

    >>> half = float(interaction_se(198, 0.5, (0.3, 0.3), (0.3, 0.3)))
    >>> round(half, 3), round((2 * 0.3 * 0.7 / 198) ** 0.5, 3)
    (0.092, 0.046)
    """
    check_share(share=share)
    variance = _variance(*above) / share + _variance(*below) / (1.0 - share)
    found: Floats = np.sqrt(variance / np.asarray(patients, np.float64))
    return found


def _variance(control: ArrayLike, treated: ArrayLike) -> Floats:
    p0, p1 = np.asarray(control, np.float64), np.asarray(treated, np.float64)
    found: Floats = p0 * (1.0 - p0) + p1 * (1.0 - p1)
    return found


def interaction_patients_per_arm(
    share: float,
    above: tuple[float, float],
    below: tuple[float, float],
    *,
    power: float = 0.8,
    alpha: float = 0.05,
) -> int:
    """Give the patients an arm that find the effects in the two parts different.

    Parameters
    ----------
    share, above, below
        See `interaction_se`.
    power, alpha : float
        See `patients_per_arm`.

    Raises
    ------
    ArgumentError
        If the effects are the same, or a number is out of range.

    Examples
    --------
    >>> interaction_patients_per_arm(0.5, (0.3, 0.45), (0.3, 0.3))
    613
    """
    check_share(control_above=above[0], treated_above=above[1])
    check_share(control_below=below[0], treated_below=below[1])
    z_alpha, z_power = z_of(alpha, power)
    difference = (above[1] - above[0]) - (below[1] - below[0])
    if difference == 0.0:
        raise ArgumentError("The effects in the two parts are the same: there is nothing to find.")
    one = float(interaction_se(1.0, share, above, below))
    return math.ceil(((z_alpha + z_power) * one / difference) ** 2 - 1e-9)


def interaction_power(
    patients: ArrayLike,
    share: float,
    above: Pair,
    below: Pair,
    *,
    alpha: float = 0.05,
    desirable: bool = True,
) -> Floats:
    """Give the chance to find significantly more benefit above the threshold than below it.

    Examples
    --------
    >>> interaction_power(613, 0.5, (0.3, 0.45), (0.3, 0.3)).round(3).item()
    0.801
    """
    check_share(alpha=alpha)
    over, under = (np.asarray(pair[1]) - np.asarray(pair[0]) for pair in (above, below))
    difference = (over - under) if desirable else (under - over)
    se = interaction_se(patients, share, above, below)
    found: Floats = ndtr(difference / se - ndtri(1.0 - alpha / 2.0))
    return found
