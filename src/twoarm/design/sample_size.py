"""Sample size for developing a prediction model of a binary outcome.

Riley RD, et al. Stat Med 2019;38:1276-1296, doi 10.1002/sim.7992; the three criteria of the R
package pmsampsize. R2 is that of Cox and Snell unless Nagelkerke is named. A parameter is a
coefficient that is estimated, whether it is kept or not: a factor of three levels has two, a
spline of four knots three.

The criteria speak of regression without penalty. Flexible learners need more, not fewer, patients.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from twoarm.design.cox_snell import (
    cox_snell_of_c,
    cox_snell_of_nagelkerke,
    largest_cox_snell,
)
from twoarm.design.support import Z, check_shrinkage, expected_shrinkage, parameters_per_patient
from twoarm.errors import ArgumentError

__all__ = ["SampleSize", "sample_size_prediction"]

#: Criterion 2: optimism of Nagelkerke's R2 that is acceptable.
_OPTIMISM: Final = 0.05
#: Criterion 3: half width of the interval of the overall risk that is acceptable.
_MARGIN: Final = 0.05


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Patients needed to develop a model, and what they come to.

    Attributes
    ----------
    n : int
        The largest of the three criteria.
    events : float
        Events expected among them.
    shrinkage_criterion : int
        Patients for a global shrinkage of at least the target (criterion 1).
    optimism_criterion : int
        Patients for an optimism of at most 0.05 in Nagelkerke's R2 (criterion 2).
    risk_criterion : int
        Patients for an overall risk within 0.05 of the truth (criterion 3).
    r2, largest_r2 : float
        Cox-Snell R2 assumed, and the largest that the prevalence allows.
    shrinkage : float
        Expected with n patients.
    events_per_parameter : float
        Events expected with n patients, divided by the parameters.
    """

    n: int
    events: float
    shrinkage_criterion: int
    optimism_criterion: int
    risk_criterion: int
    r2: float
    largest_r2: float
    shrinkage: float
    events_per_parameter: float


def sample_size_prediction(
    *,
    parameters: int,
    prevalence: float,
    r2: float | None = None,
    r2_nagelkerke: float | None = None,
    c_statistic: float | None = None,
    shrinkage: float = 0.9,
) -> SampleSize:
    """Give the patients needed to develop a model of a binary outcome.

    Parameters
    ----------
    parameters : int
        Candidate parameters, at least 1.
    prevalence : float
        Share of patients with the event, between 0 and 1.
    r2, r2_nagelkerke, c_statistic : float
        Exactly one of them: how well the model is expected to predict in new patients. Nagelkerke's
        R2 is turned into that of Cox and Snell and rounded to three significant digits, so that n
        is that of pmsampsize; give `r2` to have nothing rounded.
    shrinkage : float
        Target, between 0 and 1.

    Returns
    -------
    SampleSize

    Raises
    ------
    ArgumentError
        If not exactly one strength is given, or a number is out of range.

    Notes
    -----
    The strength is an assumption that no data at hand can check; take it from models of the same
    outcome validated in other patients.

    References
    ----------
    Riley RD, et al. Stat Med 2019, doi 10.1002/sim.7992, equations 11, 16, 17; Riley RD, et al.
    BMJ 2020;368:m441, doi 10.1136/bmj.m441.

    Examples
    --------
    >>> sample_size_prediction(parameters=24, prevalence=0.174, r2=0.288).n
    662
    """
    if parameters < 1:
        raise ArgumentError(f"A model has at least 1 parameter; found {parameters}.")
    largest = largest_cox_snell(prevalence)
    strength = _strength(r2, r2_nagelkerke, c_statistic, prevalence)
    check_shrinkage(shrinkage, strength)
    optimism_target = strength / (strength + _OPTIMISM * largest)
    criteria = (
        math.ceil(parameters / parameters_per_patient(shrinkage, strength)),
        math.ceil(parameters / parameters_per_patient(optimism_target, strength)),
        math.ceil((Z / _MARGIN) ** 2 * prevalence * (1.0 - prevalence)),
    )
    n = max(criteria)
    return SampleSize(
        n,
        n * prevalence,
        *criteria,
        r2=strength,
        largest_r2=largest,
        shrinkage=expected_shrinkage(n, parameters=parameters, r2=strength),
        events_per_parameter=n * prevalence / parameters,
    )


def _strength(
    r2: float | None, r2_nagelkerke: float | None, c_statistic: float | None, prevalence: float
) -> float:
    """Give the Cox-Snell R2 from whichever measure was given."""
    given = {"r2": r2, "r2_nagelkerke": r2_nagelkerke, "c_statistic": c_statistic}
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        raise ArgumentError(
            f"Give exactly one of {', '.join(given)}; found {', '.join(named) or 'none'}."
        )
    if r2_nagelkerke is not None:
        # pmsampsize rounds to three decimals, which would lose a small R2.
        return float(f"{cox_snell_of_nagelkerke(r2_nagelkerke, prevalence):.3g}")
    if c_statistic is not None:
        return cox_snell_of_c(c_statistic, prevalence)
    largest = largest_cox_snell(prevalence)
    if r2 is None or not 0.0 < r2 < largest:
        raise ArgumentError(
            f"A Cox-Snell R2 lies between 0 and {largest:.3f}, the largest at a prevalence of "
            f"{prevalence}; found {r2}. For Nagelkerke's, use r2_nagelkerke."
        )
    return r2
