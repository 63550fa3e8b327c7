"""How far could a hidden confounder of limited strength move each patient's predicted benefit?

The marginal sensitivity model, as in `marginal_sensitivity`, within patients alike in X.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.metrics import limits_as_benefit

__all__ = ["PatientBounds", "ShareHolding", "patient_bounds", "share_holding"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PatientBounds:
    """Bounds of each patient's conditional benefit at one strength L, each of shape (n,)."""

    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class ShareHolding:
    """Share of patients whose benefit reaches the threshold even at its lower bound.

    Attributes
    ----------
    strength, share : ndarray, shape (k,)
        Odds ratio L, 1 or more, and the share at it, 0 to 1.
    threshold : float
        Benefit worth treating for.
    """

    strength: Floats
    share: Floats
    threshold: float


def patient_bounds(
    mu0: ArrayLike, mu1: ArrayLike, propensity: ArrayLike, strength: float, *, desirable: bool
) -> PatientBounds:
    """Bound each patient's conditional benefit of a binary outcome at one strength L.

    Parameters
    ----------
    mu0, mu1 : array_like, shape (n,)
        Probability of the outcome given X in controls and in treated, 0 to 1.
    propensity : array_like, shape (n,)
        Probability of treatment given X, 0 to 1.
    strength : float
        Odds ratio L, 1 or more.
    desirable : bool
        Whether the outcome is one to hope for.

    Raises
    ------
    ArgumentError
        If an argument is out of range.

    Notes
    -----
    Among patients alike in X, those who were not treated would under treatment have the outcome
    with a probability q, where q / mu1 and (1 - q) / (1 - mu1) both lie within 1 / L and L. So
    E[Y(1) | X] = e mu1 + (1 - e) q with q between max(mu1 / L, 1 - L (1 - mu1)) and
    min(L mu1, 1 - (1 - mu1) / L); likewise for Y(0). For a binary outcome these are the sharp
    bounds (Dorn, Guo 2022; Yadlowsky et al. 2022, doi 10.1214/21-AOS2195). They take mu and e as
    known.

    Examples
    --------
    >>> found = patient_bounds([0.1], [0.4], [0.5], 2.0, desirable=True)
    >>> found.low.round(3).tolist(), found.high.round(3).tolist()
    ([0.15], [0.475])
    """
    m0, m1, e = np.broadcast_arrays(
        *(np.asarray(each, dtype=np.float64) for each in (mu0, mu1, propensity))
    )
    if not all(((each >= 0.0) & (each <= 1.0)).all() for each in (m0, m1, e)):
        raise ArgumentError("mu0, mu1 and propensity must lie between 0 and 1.")
    if not strength >= 1.0:
        raise ArgumentError(f"The strength is an odds ratio of 1 or more; found {strength}.")
    low0, high0 = _mixture(m0, 1.0 - e, strength)
    low1, high1 = _mixture(m1, e, strength)
    low, high = low1 - high0, high1 - low0
    return PatientBounds(*limits_as_benefit(low, high, desirable=desirable))


def _mixture(risk: Floats, seen: Floats, strength: float) -> tuple[Floats, Floats]:
    lowest = np.maximum(risk / strength, 1.0 - strength * (1.0 - risk))
    highest = np.minimum(risk * strength, 1.0 - (1.0 - risk) / strength)
    return seen * risk + (1.0 - seen) * lowest, seen * risk + (1.0 - seen) * highest


def share_holding(
    mu0: ArrayLike,
    mu1: ArrayLike,
    propensity: ArrayLike,
    *,
    strengths: ArrayLike,
    threshold: float,
    desirable: bool,
) -> ShareHolding:
    """Give, for each strength L, the share of patients whose lower bound reaches the threshold.

    Parameters
    ----------
    mu0, mu1, propensity, desirable
        As in `patient_bounds`; cross-fitted predictions.
    strengths : array_like, shape (k,)
        Odds ratios, each 1 or more.
    threshold : float
        Benefit worth treating for.

    Notes
    -----
    At L = 1 it is the predicted share, with all the noise of the predictions in it.

    Examples
    --------
    >>> share_holding([0.1, 0.1], [0.4, 0.3], 0.5, strengths=[1, 2], threshold=0.12,
    ...               desirable=True).share.tolist()
    [1.0, 0.5]
    """
    strength = np.atleast_1d(np.asarray(strengths, dtype=np.float64))
    lowest = [
        patient_bounds(mu0, mu1, propensity, float(each), desirable=desirable).low
        for each in strength
    ]
    share = np.array([(low >= threshold).mean() for low in lowest])
    return ShareHolding(strength, share, threshold)
