"""Patients and power of a trial that compares two proportions.

The test is the normal one with pooled variance (the chi-squared test without correction), with as
many patients in each arm. Where there are fewer than a hundred, the exact power stands beside.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, ndtr, ndtri

from twoarm.design.checks import check_share, z_of
from twoarm.errors import ArgumentError

__all__ = ["exact_power", "patients_per_arm", "power_of_trial", "rejects"]

Floats = NDArray[np.float64]

#: Patients an arm up to which every result is listed; beyond, the normal formula is as good.
_MOST_EXACT: Final = 2000


def patients_per_arm(
    control_risk: float, treated_risk: float, *, power: float = 0.8, alpha: float = 0.05
) -> int:
    """Give the patients an arm that find this difference with this power.

    Parameters
    ----------
    control_risk, treated_risk : float
        Probability of the outcome in either arm, between 0 and 1 and not the same.
    power : float
        Chance of a significant result, between 0 and 1.
    alpha : float
        Two-sided level.

    Returns
    -------
    int
        Patients in each of two equal arms, rounded up.

    Raises
    ------
    ArgumentError
        If a number is out of range, or the risks are the same.

    Notes
    -----
    Nobody lost, everybody treated as assigned: see `randomised` and `after_cross_over`.

    References
    ----------
    Fleiss JL, Levin B, Paik MC. Statistical methods for rates and proportions. 3rd ed. 2003,
    equation 4.14 (without continuity correction).

    Examples
    --------
    >>> patients_per_arm(0.25, 0.40, power=.8), patients_per_arm(0.25, 0.40, power=.9)
    (152, 203)
    """
    check_share(control_risk=control_risk, treated_risk=treated_risk)
    z_alpha, z_power = z_of(alpha, power)
    difference = abs(treated_risk - control_risk)
    if difference == 0.0:
        raise ArgumentError(
            f"No trial finds a difference of 0; both risks are {control_risk}. Plan for a "
            "difference that would matter."
        )
    pooled, apart = (float(each) for each in _spreads(control_risk, treated_risk))
    return math.ceil(((z_alpha * pooled + z_power * apart) / difference) ** 2 - 1e-9)


def power_of_trial(
    patients: ArrayLike,
    control_risk: ArrayLike,
    treated_risk: ArrayLike,
    *,
    alpha: float = 0.05,
    desirable: bool = True,
) -> Floats:
    """Give the chance of a significant result in favour of the treatment.

    Parameters
    ----------
    patients : array_like
        In each arm, at least 1.
    control_risk, treated_risk : array_like
        Probability of the outcome, between 0 and 1; all three broadcast.
    alpha : float
        Two-sided level: `alpha` / 2 in the direction of benefit.
    desirable : bool
        Whether the outcome is one to hope for.

    Returns
    -------
    ndarray
        By the normal formula of which `patients_per_arm` is the inverse.

    Examples
    --------
    >>> power_of_trial(152, 0.25, [0.40, 0.25]).round(3).tolist()
    [0.8, 0.025]
    """
    check_share(alpha=alpha)
    n, p0, p1 = (np.asarray(each, np.float64) for each in (patients, control_risk, treated_risk))
    for name, risk in (("control_risk", p0), ("treated_risk", p1)):
        if not ((risk > 0.0) & (risk < 1.0)).all():
            raise ArgumentError(f"Every {name} must lie between 0 and 1, both excluded.")
    if not (n >= 1.0).all():
        raise ArgumentError(f"Each arm needs 1 patient or more; found {n.min()}.")
    benefit = (p1 - p0) if desirable else (p0 - p1)
    pooled, apart = _spreads(p0, p1)
    z_alpha = ndtri(1.0 - alpha / 2.0)
    found: Floats = ndtr((benefit * np.sqrt(n) - z_alpha * pooled) / apart)
    return found


def _spreads(p0: ArrayLike, p1: ArrayLike) -> tuple[Floats, Floats]:
    """Give sqrt(n) times the standard error of the difference, pooled and not."""
    control, treated = np.asarray(p0, np.float64), np.asarray(p1, np.float64)
    mean = (control + treated) / 2.0
    apart = control * (1.0 - control) + treated * (1.0 - treated)
    return np.sqrt(2.0 * mean * (1.0 - mean)), np.sqrt(apart)


def exact_power(
    patients: int,
    control_risk: float,
    treated_risk: float,
    *,
    alpha: float = 0.05,
    desirable: bool = True,
) -> float:
    """Give the same chance exactly: all results of the trial are listed.

    Parameters
    ----------
    patients : int
        In each arm, 1 to 2000.
    control_risk, treated_risk, alpha, desirable
        See `power_of_trial`.

    Examples
    --------
    >>> round(exact_power(30, 0.25, 0.60), 3), power_of_trial(30, 0.25, 0.60).round(3).item()
    (0.802, 0.799)
    """
    check_share(control_risk=control_risk, treated_risk=treated_risk, alpha=alpha)
    if not 1 <= patients <= _MOST_EXACT:
        raise ArgumentError(
            f"Exact power is for 1 to {_MOST_EXACT} patients an arm; found {patients}."
        )
    events = np.arange(patients + 1)
    first, second = (_binomial(events, patients, risk) for risk in (control_risk, treated_risk))
    wins = rejects(events[:, None], events[None, :], patients, alpha=alpha, desirable=desirable)
    return float(first @ wins @ second)


def _binomial(events: NDArray[np.int64], patients: int, risk: float) -> Floats:
    others = patients - events
    ways = gammaln(patients + 1) - gammaln(events + 1) - gammaln(others + 1)
    found: Floats = np.exp(ways + events * math.log(risk) + others * math.log1p(-risk))
    return found


def rejects(
    control_events: ArrayLike,
    treated_events: ArrayLike,
    patients: ArrayLike,
    *,
    alpha: float = 0.05,
    desirable: bool = True,
) -> NDArray[np.bool_]:
    """Say which results are significant in favour of the treatment.

    Examples
    --------
    >>> bool(rejects(38, 61, 152)), bool(rejects(38, 50, 152))
    (True, False)
    """
    x0, x1 = np.asarray(control_events, np.float64), np.asarray(treated_events, np.float64)
    n = np.asarray(patients, np.float64)
    benefit = (x1 - x0) if desirable else (x0 - x1)
    mean = (x0 + x1) / (2.0 * n)
    limit = ndtri(1.0 - alpha / 2.0) * np.sqrt(2.0 * n * mean * (1.0 - mean))
    found: NDArray[np.bool_] = (benefit > 0.0) & (benefit >= limit - 1e-12)
    return found
