"""How many patients would it take to change what a model says of the benefit?

The rule of docs/decisions/0025: an update that is not one and the same for both arms changes every
patient's odds ratio between the treatments, and is written only where each arm alone has the
patients that Riley's criteria ask for.
"""

from __future__ import annotations

from dataclasses import dataclass

from twoarm.design import cox_snell_of_c, sample_size_prediction
from twoarm.errors import NotEstimable
from twoarm.metrics.normal import Z
from twoarm.validation.linear_predictors import LinearPredictors
from twoarm.validation.precision import patients_for_slope

__all__ = ["SLOPE_WIDTH", "NeededForBenefit", "needed_for_benefit"]

SLOPE_WIDTH = 0.4
"""Width of the 95 % interval of a calibration slope that is narrow enough to act on: 0.8 to 1.2."""

_LEAST_AUC, _MOST_AUC = 0.51, 0.99  # of which an R2 can be told


@dataclass(frozen=True, slots=True)
class NeededForBenefit:
    """Patients that one arm must have before its own recalibration is written.

    Attributes
    ----------
    n : int
        The larger of the two.
    development : int
        For the coefficients of the update, by the criteria for developing a model: shrinkage at
        least 0.9, optimism of R2 at most 0.05, overall risk within 0.05.
    slope : int
        For a 95 % interval of the calibration slope of width 0.4.
    """

    n: int
    development: int
    slope: int


def needed_for_benefit(lp: LinearPredictors, *, coefficients: int = 2) -> NeededForBenefit:
    """Give the patients that one arm needs, from what the model says of them.

    Outcomes play no part: the answer is known before they are.

    Parameters
    ----------
    lp : LinearPredictors
        Of the patients of that arm.
    coefficients : int
        To be estimated in that arm: intercept and slope, and those of the columns in a refit.

    Raises
    ------
    NotEstimable
        If everybody is predicted the same.

    References
    ----------
    Riley RD, et al. Stat Med 2019, doi 10.1002/sim.7992 (development); Riley RD, et al. Stat Med
    2021, doi 10.1002/sim.9025 (slope).

    Examples
    --------
    >>> needed_for_benefit(LinearPredictors.normal(-1.75, 1.47))
    NeededForBenefit(n=602, development=263, slope=602)
    """
    auc, prevalence = lp.auc, lp.prevalence
    if not 0.0 < prevalence < 1.0 or auc < _LEAST_AUC:
        raise NotEstimable("The predictions are too much alike to tell how many it would take.")
    r2 = cox_snell_of_c(min(auc, _MOST_AUC), prevalence)
    development = sample_size_prediction(parameters=coefficients, prevalence=prevalence, r2=r2).n
    slope = patients_for_slope(SLOPE_WIDTH / (2.0 * Z), lp)
    return NeededForBenefit(max(development, slope), development, slope)
