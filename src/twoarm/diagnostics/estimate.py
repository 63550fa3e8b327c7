"""An estimate and its interval, as every average effect is given."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

__all__ = ["Estimate", "Z", "wald"]

Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its standard error and 95 % interval; None where there is none."""

    estimate: float
    se: float | None
    low: float | None
    high: float | None


def wald(estimate: float, se: float | None) -> Estimate:
    """Give an estimate with its normal 95 % interval.

    Examples
    --------
    >>> wald(1.0, None)
    Estimate(estimate=1.0, se=None, low=None, high=None)
    """
    if se is None:
        return Estimate(estimate, None, None, None)
    return Estimate(estimate, se, estimate - Z * se, estimate + Z * se)
