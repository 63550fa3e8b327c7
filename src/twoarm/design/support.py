"""What the patients at hand support: parameters, and the shrinkage to expect.

Criterion 1 of Riley RD, et al. Stat Med 2019;38:1276-1296, doi 10.1002/sim.7992, turned round.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scipy.optimize import brentq

from twoarm.design.cox_snell import check_share, cox_snell_of_nagelkerke
from twoarm.errors import ArgumentError

__all__ = [
    "Support",
    "Z",
    "check_shrinkage",
    "expected_shrinkage",
    "parameters_per_patient",
    "parameters_supported",
    "supported_by",
]

#: Quantile of the 95 % interval, rounded as the paper and pmsampsize have it.
Z: Final = 1.96
#: R2 of Nagelkerke from modest to excellent, between which a cohort is judged before fitting.
_USUAL_R2: Final = (0.15, 0.30, 0.50)


@dataclass(frozen=True, slots=True)
class Support:
    """What the patients at hand support.

    Attributes
    ----------
    n, events : int
        Patients and events.
    model_parameters : int
        Parameters of the model that is meant to be fitted.
    margin : float
        Half width of the 95 % interval of the overall risk; criterion 3 asks for 0.05 or less.
    r2_nagelkerke : tuple of float
        Strengths of the predictors assumed, as Nagelkerke's R2.
    parameters : tuple of float
        For each strength, the parameters with an expected shrinkage at the target.
    shrinkage : tuple of float
        For each strength, the shrinkage expected with the model's own number of parameters.
    """

    n: int
    events: int
    model_parameters: int
    margin: float
    r2_nagelkerke: tuple[float, ...]
    parameters: tuple[float, ...]
    shrinkage: tuple[float, ...]


def parameters_per_patient(shrinkage: float, r2: float) -> float:
    """Give the parameters that one patient supports at this shrinkage (criterion 1)."""
    return (shrinkage - 1.0) * math.log1p(-r2 / shrinkage)


def expected_shrinkage(n: int, *, parameters: int, r2: float) -> float:
    """Give the global shrinkage to expect: 1 is none, 0.7 means slopes 30 % too steep.

    Parameters
    ----------
    n : int
        Patients, at least 1.
    parameters : int
        Candidate parameters, at least 1.
    r2 : float
        Cox-Snell R2 in new patients, between 0 and 1.

    Examples
    --------
    >>> round(expected_shrinkage(198, parameters=10, r2=0.15 * 0.632), 2)
    0.67
    """
    check_share(r2=r2)
    if n < 1 or parameters < 1:
        raise ArgumentError(
            f"Patients and parameters must be at least 1; found {n} and {parameters}."
        )

    # Falls from infinity at S = R2 to 0 at S = 1, so there is one root.
    def excess(s: float) -> float:
        return n * parameters_per_patient(s, r2) - parameters

    lowest = r2 + (1.0 - r2) * 1e-15
    if excess(lowest) <= 0.0:  # so many parameters that S equals R2 to the last digit
        return r2
    return float(brentq(excess, lowest, 1.0, xtol=1e-12))


def parameters_supported(
    n: int, prevalence: float, r2_nagelkerke: float, shrinkage: float = 0.9
) -> float:
    """Give the parameters that n patients support at the target shrinkage (criterion 1).

    Parameters
    ----------
    n : int
        Patients.
    prevalence : float
        Share of them with the event, between 0 and 1.
    r2_nagelkerke : float
        Assumed strength of the predictors in new patients, between 0 and 1.
    shrinkage : float
        Target, between 0 and 1.

    Returns
    -------
    float
        Not rounded: 4.7 supports four parameters.

    Raises
    ------
    ArgumentError
        If a number is out of range.

    Examples
    --------
    >>> round(parameters_supported(198, 0.2, 0.3), 1)
    4.7
    """
    r2 = cox_snell_of_nagelkerke(r2_nagelkerke, prevalence)
    check_shrinkage(shrinkage, r2)
    return n * parameters_per_patient(shrinkage, r2)


def supported_by(
    n: int,
    events: int,
    *,
    parameters: int,
    r2_nagelkerke: Sequence[float] = _USUAL_R2,
    shrinkage: float = 0.9,
) -> Support | None:
    """Say what one arm supports for one outcome, before anything is fitted.

    Parameters
    ----------
    n, events : int
        Patients with a known outcome, and those with the event.
    parameters : int
        Parameters of the model that is meant to be fitted.
    r2_nagelkerke : sequence of float
        Strengths to look at, from modest to excellent.
    shrinkage : float
        Target.

    Returns
    -------
    Support or None
        None if everybody, or nobody, has the event: no model is possible.

    Raises
    ------
    ArgumentError
        If a number is out of range.

    Examples
    --------
    >>> found = supported_by(198, 40, parameters=20)
    >>> [round(each, 1) for each in found.parameters], [round(each, 2) for each in found.shrinkage]
    ([2.2, 4.7, 8.6], [0.51, 0.69, 0.8])
    """
    if not 0 <= events <= n:
        raise ArgumentError(f"Events must lie between 0 and the {n} patients; found {events}.")
    if events in (0, n):
        return None
    prevalence = events / n
    strengths = [cox_snell_of_nagelkerke(each, prevalence) for each in r2_nagelkerke]
    return Support(
        n=n,
        events=events,
        model_parameters=parameters,
        margin=Z * math.sqrt(prevalence * (1.0 - prevalence) / n),
        r2_nagelkerke=tuple(r2_nagelkerke),
        parameters=tuple(
            parameters_supported(n, prevalence, each, shrinkage) for each in r2_nagelkerke
        ),
        shrinkage=tuple(expected_shrinkage(n, parameters=parameters, r2=r2) for r2 in strengths),
    )


def check_shrinkage(shrinkage: float, r2: float) -> None:
    """Raise ArgumentError unless the target lies between the R2 and 1."""
    if not r2 < shrinkage < 1.0:
        raise ArgumentError(
            f"A target shrinkage must lie above the R2, {r2:.3f}, and below 1; found {shrinkage}."
        )
