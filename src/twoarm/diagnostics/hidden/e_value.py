"""E-value: how strong must one unmeasured confounder be to explain the effect away?

VanderWeele, Ding 2017, doi 10.7326/M16-2607; risk differences: Ding, VanderWeele 2016,
doi 10.1097/EDE.0000000000000457.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq

from twoarm.errors import NotEstimable
from twoarm.metrics.normal import Z

__all__ = [
    "ArmRisks",
    "EValue",
    "e_value",
    "e_value_of_difference",
    "risk_ratio_of_hazard_ratio",
    "risk_ratio_of_mean_difference",
    "risk_ratio_of_odds_ratio",
]


@dataclass(frozen=True, slots=True)
class EValue:
    """Smallest strength, as a risk ratio with treatment and with outcome, that would suffice.

    Attributes
    ----------
    estimate : float
        To move the estimate to the target.
    limit : float or None
        To move the confidence limit nearer to the target; 1 if it is already there; None if no
        interval was given.
    already_below : tuple of bool
        Whether estimate, limit are at or beyond the target as they stand, so that nothing is
        needed.
    """

    estimate: float
    limit: float | None
    already_below: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class ArmRisks:
    """Risks that a risk difference is made of, the larger one first.

    Attributes
    ----------
    larger, smaller : float
        Risk in the arm where the outcome is commoner, and in the other.
    exposed : float
        Share of all patients who are in the arm of the larger risk.
    n : int
        Patients.
    variances : tuple of float
        Of the two risks' estimates.
    covariance : float
        Between them: 0 for two separate samples.
    """

    larger: float
    smaller: float
    exposed: float
    n: int
    variances: tuple[float, float]
    covariance: float = 0.0


def e_value(
    risk_ratio: float, low: float | None = None, high: float | None = None, *, true: float = 1.0
) -> EValue:
    """Give the E-value of a risk ratio and of its interval.

    Parameters
    ----------
    risk_ratio : float
        Above 0; for other measures see the `risk_ratio_of_...` functions.
    low, high : float, optional
        Confidence limits of the risk ratio.
    true : float
        Risk ratio to be moved to; 1 for no effect.

    Raises
    ------
    ArgumentError
        If a ratio is not above 0, or the limits do not enclose the estimate.

    Notes
    -----
    A small E-value does not prove confounding, and a large one does not disprove it; it speaks of
    one confounder of the average, never of a patient.

    Examples
    --------
    >>> found = e_value(3.9, 1.8, 8.7)
    >>> round(found.estimate, 6), found.limit
    (7.263034, 3.0)
    """
    ends = [each for each in (low, risk_ratio, high) if each is not None]
    if not all(math.isfinite(each) and each > 0 for each in (*ends, true)) or ends != sorted(ends):
        raise NotEstimable(
            f"Ratios must be above 0 and in order; found low {low}, ratio {risk_ratio}, high "
            f"{high}, true {true}."
        )
    estimate = _of_bias(_ratio(risk_ratio, true))
    nearest = low if risk_ratio > true else high
    if nearest is None:
        return EValue(estimate, None, (risk_ratio == true, False))
    reached = nearest <= true if risk_ratio > true else nearest >= true
    limit = 1.0 if reached else _of_bias(_ratio(nearest, true))
    return EValue(estimate, limit, (risk_ratio == true, bool(reached)))


def risk_ratio_of_odds_ratio(odds_ratio: float) -> float:
    """Give the approximate risk ratio of a common outcome (above 15 %): the square root."""
    return math.sqrt(odds_ratio)


def risk_ratio_of_hazard_ratio(hazard_ratio: float) -> float:
    """Give the approximate risk ratio of a common outcome (above 15 % by the end)."""
    root = math.sqrt(hazard_ratio)
    return float((1.0 - 0.5**root) / (1.0 - 0.5 ** (1.0 / root)))


def risk_ratio_of_mean_difference(
    difference: float, se: float | None = None
) -> tuple[float, float | None, float | None]:
    """Give the approximate risk ratio, and its limits, of a difference in standard deviations.

    Examples
    --------
    >>> found = e_value(*risk_ratio_of_mean_difference(-0.42, 0.14))
    >>> round(found.estimate, 6), round(found.limit, 6)
    (2.291459, 1.545344)
    """
    ratio = math.exp(0.91 * difference)
    if se is None:
        return ratio, None, None
    # 1.78 is the published rounding of 0.91 x 1.96.
    return ratio, math.exp(0.91 * difference - 1.78 * se), math.exp(0.91 * difference + 1.78 * se)


def e_value_of_difference(risks: ArmRisks, *, true: float = 0.0) -> EValue:
    """Give the E-value that moves a risk difference to another value.

    Parameters
    ----------
    risks : ArmRisks
        Risks within 0 to 1, the smaller above 0.
    true : float
        Risk difference to be moved to, for example the smallest worth treating for.

    Raises
    ------
    ArgumentError
        If the risks are out of range or in the wrong order.

    Notes
    -----
    The limit is the smallest bias for which the lower confidence limit of the corrected difference
    is at the target (Ding, VanderWeele 2016, page 376).

    Examples
    --------
    >>> p1, p0 = 397 / 78954, 51 / 108829
    >>> variances = (p1 * (1 - p1) / 78954, p0 * (1 - p0) / 108829)
    >>> risks = ArmRisks(p1, p0, 78954 / 187783, 187783, variances)
    >>> round(e_value_of_difference(risks, true=0.001).estimate, 5)
    12.55568
    """
    p1, p0, f = risks.larger, risks.smaller, risks.exposed
    if not (0.0 < p0 <= p1 <= 1.0 and 0.0 <= f <= 1.0):
        raise NotEstimable(
            f"Risks must satisfy 0 < smaller <= larger <= 1; found {p0:.4g} and {p1:.4g}. Relabel "
            "the arms so that the difference is positive."
        )
    difference = p1 - p0
    if difference <= true:
        return EValue(1.0, 1.0, (True, True))
    linear = true + p0 * (1.0 - f) - p1 * f
    root = math.sqrt(linear**2 + 4.0 * p1 * p0 * f * (1.0 - f))
    # Two forms of one root: the one that does not cancel holds for f = 0 and f = 1 too.
    bias = 2.0 * p1 * (1.0 - f) / (root + linear) if linear > 0 else (root - linear) / (2 * p0 * f)
    if _corrected_limit(1.0, risks) <= true:
        return EValue(_of_bias(bias), 1.0, (False, True))
    at_limit = float(brentq(lambda b: _corrected_limit(b, risks) - true, 1.0, bias, xtol=1e-12))
    return EValue(_of_bias(bias), _of_bias(at_limit), (False, False))


def _corrected_limit(bias: float, risks: ArmRisks) -> float:
    """Give the lower 95 % limit of the risk difference corrected for a bias factor."""
    f = risks.exposed
    difference = risks.larger - risks.smaller * bias
    share = f + (1.0 - f) / bias
    variance = (
        risks.variances[0] + risks.variances[1] * bias**2 - 2.0 * bias * risks.covariance
    ) * share**2 + (difference * (1.0 - 1.0 / bias)) ** 2 * f * (1.0 - f) / risks.n
    return difference * share - Z * math.sqrt(variance)


def _ratio(risk_ratio: float, true: float) -> float:
    return max(risk_ratio / true, true / risk_ratio)


def _of_bias(bias: float) -> float:
    return bias + math.sqrt(bias * (bias - 1.0))
