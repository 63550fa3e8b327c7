"""How precisely n patients measure a model, and how many a precision asks for: four formulas.

Riley RD, Debray TPA, Collins GS, et al. Stat Med 2021;40:4230-4251, doi 10.1002/sim.9025.
"""

from __future__ import annotations

import math

from scipy.special import expit

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics.normal import Z
from twoarm.validation.linear_predictors import LinearPredictors

__all__ = [
    "auc_error",
    "net_benefit_error",
    "patients_for_auc",
    "patients_for_net_benefit",
    "patients_for_ratio",
    "patients_for_slope",
    "ratio_error",
    "ratio_error_of_width",
    "require_above_zero",
    "require_share",
    "slope_error",
]


def ratio_error_of_width(width: float, *, ratio: float = 1.0) -> float:
    """Give the standard error of ln(O/E) whose 95 % interval of O/E has this width.

    Examples
    --------
    >>> round(ratio_error_of_width(0.2), 4)
    0.0509
    """
    require_above_zero(width=width, ratio=ratio)
    return math.asinh(width / (2.0 * ratio)) / Z


def ratio_error(n: float, *, prevalence: float) -> float:
    """Give the standard error of ln(O/E) with n patients."""
    require_share(prevalence=prevalence)
    return math.sqrt((1.0 - prevalence) / (n * prevalence))


def patients_for_ratio(se: float, *, prevalence: float) -> int:
    """Give the patients for this standard error of ln(O/E).

    Examples
    --------
    >>> patients_for_ratio(0.051, prevalence=0.5)
    385
    """
    require_above_zero(se=se)
    require_share(prevalence=prevalence)
    return math.ceil((1.0 - prevalence) / (prevalence * se**2))


def slope_error(n: float, lp: LinearPredictors, *, intercept: float = 0.0, slope: float = 1.0
                ) -> float:  # fmt: skip
    """Give the standard error of the calibration slope with n patients.

    Parameters
    ----------
    n : float
    lp : LinearPredictors
        What the model says, as it will be spread there.
    intercept, slope : float
        Anticipated miscalibration; 0 and 1 for none.
    """
    at = lp.value
    risk = expit(intercept + slope * at)
    curvature = lp.share * risk * (1.0 - risk)
    one, two, three = (float((curvature * at**k).sum()) for k in (0, 1, 2))
    determinant = one * three - two**2
    if not determinant > 1e-12 * one * three:
        raise NotEstimable("Everybody is predicted the same: there is no slope to estimate.")
    return math.sqrt(one / (n * determinant))


def patients_for_slope(
    se: float, lp: LinearPredictors, *, intercept: float = 0.0, slope: float = 1.0
) -> int:
    """Give the patients for this standard error of the calibration slope.

    Examples
    --------
    >>> patients_for_slope(0.051, LinearPredictors.normal(-1.75, 1.47))
    2408
    """
    require_above_zero(se=se)
    return math.ceil((slope_error(1.0, lp, intercept=intercept, slope=slope) / se) ** 2)


def auc_error(n: float, auc: float, *, prevalence: float) -> float:
    """Give the standard error of an AUC with n patients, by Newcombe's formula.

    References
    ----------
    Newcombe RG. Stat Med 2006;25:559-573, doi 10.1002/sim.2324.
    """
    require_share(prevalence=prevalence)
    _auc(auc)
    per_pair = (1.0 - auc) / (2.0 - auc) + auc / (1.0 + auc)
    top = auc * (1.0 - auc) * (1.0 + (n / 2.0 - 1.0) * per_pair)
    return math.sqrt(top / (n**2 * prevalence * (1.0 - prevalence)))


def patients_for_auc(se: float, auc: float, *, prevalence: float) -> int:
    """Give the patients for this standard error of the AUC.

    Examples
    --------
    >>> patients_for_auc(0.1 / 3.92, 0.8, prevalence=0.018)
    4252
    """
    require_above_zero(se=se)
    require_share(prevalence=prevalence)
    _auc(auc)
    per_pair = (1.0 - auc) / (2.0 - auc) + auc / (1.0 + auc)
    unit = auc * (1.0 - auc)
    a, b, c = se**2 * prevalence * (1.0 - prevalence), unit * per_pair / 2.0, unit * (1 - per_pair)
    return math.ceil((b + math.sqrt(b**2 + 4.0 * a * c)) / (2.0 * a))


def net_benefit_error(
    n: float, *, sensitivity: float, specificity: float, prevalence: float, threshold: float
) -> float:
    """Give the standard error of the standardised net benefit of a risk threshold.

    It is the net benefit of treating whoever is above the risk, over the share of events: at most
    1. It speaks of a model of one risk, not of a benefit.
    """
    require_share(prevalence=prevalence, threshold=threshold)
    if not (0.0 <= sensitivity <= 1.0 and 0.0 <= specificity <= 1.0):
        raise ArgumentError("Sensitivity and specificity lie between 0 and 1.")
    w = (1.0 - prevalence) / prevalence * threshold / (1.0 - threshold)
    variance = (
        sensitivity * (1.0 - sensitivity) / prevalence
        + w**2 * specificity * (1.0 - specificity) / (1.0 - prevalence)
        + w**2 * (1.0 - specificity) ** 2 / (prevalence * (1.0 - prevalence))
    )
    return math.sqrt(variance / n)


def patients_for_net_benefit(
    se: float, *, sensitivity: float, specificity: float, prevalence: float, threshold: float
) -> int:
    """Give the patients for this standard error of the standardised net benefit.

    Examples
    --------
    >>> patients_for_net_benefit(
    ...     0.051, sensitivity=0.6, specificity=0.88, prevalence=0.72, threshold=0.8)
    546
    """
    require_above_zero(se=se)
    one = net_benefit_error(
        1.0,
        sensitivity=sensitivity,
        specificity=specificity,
        prevalence=prevalence,
        threshold=threshold,
    )
    return math.ceil((one / se) ** 2)


def require_above_zero(**values: float) -> None:
    """Raise ArgumentError unless each is above 0."""
    for name, value in values.items():
        if not (value > 0.0 and math.isfinite(value)):
            raise ArgumentError(f"{name} must be above 0; found {value}.")


def require_share(**values: float) -> None:
    """Raise ArgumentError unless each lies between 0 and 1."""
    for name, value in values.items():
        if not 0.0 < value < 1.0:
            raise ArgumentError(f"{name} must lie between 0 and 1, both excluded; found {value}.")


def _auc(value: float) -> None:
    if not 0.5 <= value < 1.0:
        raise ArgumentError(f"The AUC must be at least 0.5 and below 1; found {value}.")
