"""Cox and Snell's R2 of a binary outcome, from Nagelkerke's or from a C statistic."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.special import ndtri

from twoarm.errors import ArgumentError

__all__ = ["check_share", "cox_snell_of_c", "cox_snell_of_nagelkerke", "largest_cox_snell"]

_NODES: Final = 200  # of the Gauss-Hermite rule; 100 give the same 12 digits


def largest_cox_snell(prevalence: float) -> float:
    """Give the largest Cox-Snell R2 that a model can have at this prevalence.

    Examples
    --------
    >>> round(largest_cox_snell(0.5), 3)
    0.75
    """
    check_share(prevalence=prevalence)
    return -math.expm1(2.0 * _null_log_likelihood(prevalence))


def _null_log_likelihood(prevalence: float) -> float:
    """Give the mean log-likelihood of predicting everybody the prevalence."""
    return prevalence * math.log(prevalence) + (1.0 - prevalence) * math.log1p(-prevalence)


def cox_snell_of_nagelkerke(r2_nagelkerke: float, prevalence: float) -> float:
    """Turn Nagelkerke's R2, the share of the largest possible, into that of Cox and Snell.

    Examples
    --------
    >>> round(cox_snell_of_nagelkerke(0.15, 0.3), 4)
    0.1058
    """
    check_share(r2_nagelkerke=r2_nagelkerke)
    return r2_nagelkerke * largest_cox_snell(prevalence)


def cox_snell_of_c(c_statistic: float, prevalence: float) -> float:
    """Give the Cox-Snell R2 of a model with this C statistic.

    The linear predictor is taken to be normal with the same variance in those with the event and
    the others (Riley, Van Calster, Collins 2021, doi 10.1002/sim.8806). They simulate a million
    patients and fit a logistic model; this is the integral that the simulation approaches. A
    simulated R2 differs from it by about 0.001 by chance.

    Parameters
    ----------
    c_statistic : float
        Above 0.5 and below 1, corrected for optimism or from another cohort.
    prevalence : float
        Share of patients with the event, between 0 and 1.

    Raises
    ------
    ArgumentError
        If a number is out of range.

    Examples
    --------
    >>> round(cox_snell_of_c(0.8, 0.3), 3)
    0.228
    """
    if not 0.5 < c_statistic < 1.0:
        raise ArgumentError(
            f"A C statistic must lie above 0.5 and below 1 to carry an R2; found {c_statistic}."
        )
    check_share(prevalence=prevalence)
    distance = math.sqrt(2.0) * float(ndtri(c_statistic))
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()
    # The logistic model of the two normals is exact: slope = distance, log odds at the midpoint
    # = those of the prevalence.
    log_odds = math.log(prevalence / (1.0 - prevalence)) + distance * nodes
    half = distance * distance / 2.0
    of_events = -weights @ np.logaddexp(0.0, -(log_odds + half))
    of_others = -weights @ np.logaddexp(0.0, log_odds - half)
    fitted = float(prevalence * of_events + (1.0 - prevalence) * of_others)
    return -math.expm1(-2.0 * (fitted - _null_log_likelihood(prevalence)))


def check_share(**shares: float) -> None:
    """Raise ArgumentError unless each lies between 0 and 1, both excluded."""
    for name, value in shares.items():
        if not 0.0 < value < 1.0:
            raise ArgumentError(f"{name} must lie between 0 and 1, both excluded; found {value}.")
