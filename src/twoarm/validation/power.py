"""How many patients does an external validation need, and what could it find with those at hand?

Riley RD, Debray TPA, Collins GS, et al. Stat Med 2021;40:4230-4251, doi 10.1002/sim.9025; Snell
KIE, et al. J Clin Epidemiol 2021;135:79-89, doi 10.1016/j.jclinepi.2021.02.011; the R package
pmvalsampsize. They simulate the linear predictor; here it is given, or integrated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from scipy.special import ndtr, ndtri

from twoarm.metrics.normal import Z
from twoarm.validation.linear_predictors import LinearPredictors
from twoarm.validation.precision import (
    auc_error,
    patients_for_auc,
    patients_for_net_benefit,
    patients_for_ratio,
    patients_for_slope,
    ratio_error,
    ratio_error_of_width,
    require_above_zero,
    require_share,
    slope_error,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ExternalPrecision",
    "ExternalSampleSize",
    "external_power",
    "external_precision",
    "sample_size_external",
]


@dataclass(frozen=True, slots=True)
class ExternalSampleSize:
    """Patients needed to measure a model elsewhere, criterion by criterion.

    Attributes
    ----------
    n : int
        The largest of them.
    events : float
        Expected among n.
    ratio, slope, auc : int
        For the width asked of observed over expected, of the calibration slope, of the AUC.
    net_benefit : int or None
        For that of the standardised net benefit; None where no risk threshold was given.
    """

    n: int
    events: float
    ratio: int
    slope: int
    auc: int
    net_benefit: int | None

    def to_frame(self) -> pd.DataFrame:
        """Give one row a criterion: `criterion`, `patients`."""
        import pandas as pd

        rows = [(each.name, getattr(self, each.name)) for each in fields(self)][2:]
        found = [row for row in rows if row[1] is not None]
        return pd.DataFrame(found, columns=["criterion", "patients"])


def sample_size_external(
    lp: LinearPredictors,
    *,
    prevalence: float | None = None,
    auc: float | None = None,
    ratio_width: float = 0.2,
    slope_width: float = 0.2,
    auc_width: float = 0.1,
    threshold: float | None = None,
    net_benefit_width: float = 0.2,
) -> ExternalSampleSize:
    """Give the patients that an external validation of one risk needs.

    Parameters
    ----------
    lp : LinearPredictors
        What the model says, as it will be spread there: `LinearPredictors.of` the patients there,
        `.normal`, or `.of_auc` where only an AUC and a prevalence are known.
    prevalence, auc : float, optional
        Anticipated; by default what `lp` implies if the model is right.
    ratio_width, slope_width, auc_width, net_benefit_width : float
        Widths of 95 % intervals that are aimed at; the defaults are those of pmvalsampsize.
    threshold : float, optional
        Risk from which a patient counts as positive. Sensitivity and specificity are those that
        `lp` implies.

    Returns
    -------
    ExternalSampleSize

    Raises
    ------
    ArgumentError
        If a number is out of range.

    References
    ----------
    Riley RD, et al. Stat Med 2021, doi 10.1002/sim.9025; Riley RD, et al. BMJ 2024;384:e074821,
    doi 10.1136/bmj-2023-074821.

    Examples
    --------
    >>> sample_size_external(LinearPredictors.normal(-1.75, 1.47)).n
    2406
    """
    phi = lp.prevalence if prevalence is None else prevalence
    c = lp.auc if auc is None else auc
    found = (
        patients_for_ratio(ratio_error_of_width(ratio_width), prevalence=phi),
        patients_for_slope(slope_width / (2.0 * Z), lp),
        patients_for_auc(auc_width / (2.0 * Z), c, prevalence=phi),
    )
    clinical = None
    if threshold is not None:
        sensitivity, specificity = lp.at_threshold(threshold)
        clinical = patients_for_net_benefit(
            net_benefit_width / (2.0 * Z),
            sensitivity=sensitivity,
            specificity=specificity,
            prevalence=phi,
            threshold=threshold,
        )
    n = max(*found, clinical or 0)
    return ExternalSampleSize(n, n * phi, *found, net_benefit=clinical)


@dataclass(frozen=True, slots=True)
class ExternalPrecision:
    """What n patients can tell of one risk.

    Attributes
    ----------
    n : int
    ratio_width, slope_width, auc_width : float
        Expected widths of the 95 % intervals.
    ratio_power : float
        Chance to find (two-sided, 5 %) that events are `ratio` times as many as predicted.
    slope_power : float
        Chance to find that the calibration slope is `slope`.
    auc_power : float
        Chance to find that the AUC is lower by `auc_loss`.
    """

    n: int
    ratio_width: float
    slope_width: float
    auc_width: float
    ratio_power: float
    slope_power: float
    auc_power: float


def external_precision(
    n: int,
    lp: LinearPredictors,
    *,
    ratio: float = 1.25,
    slope: float = 0.8,
    auc_loss: float = 0.05,
) -> ExternalPrecision:
    """Give the widths and the power that n patients promise if the model is right, or nearly.

    Parameters
    ----------
    n : int
        Patients of one arm, at least 2.
    lp : LinearPredictors
        What the model says of them.
    ratio, slope, auc_loss : float
        Departures to be found.

    Examples
    --------
    >>> found = external_precision(198, LinearPredictors.normal(-1.75, 1.47))
    >>> round(found.slope_width, 2), round(found.slope_power, 2)
    (0.7, 0.26)
    """
    require_above_zero(n=n, ratio=ratio, slope=slope)
    phi, c = lp.prevalence, lp.auc
    log_ratio, of_slope = ratio_error(n, prevalence=phi), slope_error(n, lp)
    of_auc = auc_error(n, c, prevalence=phi)
    return ExternalPrecision(
        n=n,
        ratio_width=2.0 * math.sinh(Z * log_ratio),
        slope_width=2.0 * Z * of_slope,
        auc_width=2.0 * Z * of_auc,
        ratio_power=external_power(math.log(ratio), log_ratio),
        slope_power=external_power(1.0 - slope, slope_error(n, lp, slope=slope)),
        auc_power=external_power(auc_loss, of_auc),
    )


def external_power(departure: float, se: float, *, level: float = 0.05) -> float:
    """Give the chance that a two-sided test finds a departure measured with this error.

    Examples
    --------
    >>> round(external_power(0.28, 0.1), 3)
    0.8
    """
    require_above_zero(se=se)
    require_share(level=level)
    z = float(-ndtri(level / 2.0))
    away = abs(departure) / se
    return float(ndtr(away - z) + ndtr(-away - z))
