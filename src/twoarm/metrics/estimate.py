"""A number and how well it is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.metrics.direction import as_benefit, limits_as_benefit
from twoarm.metrics.normal import Z

__all__ = ["Estimate", "finite", "mean_estimate", "wald"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate, its standard error and its 95 % interval; NaN for what is not known."""

    estimate: float
    se: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of 0; not where there is none."""
        return self.low > 0.0 or self.high < 0.0

    def as_benefit(self, *, desirable: bool) -> Estimate:
        """Turn an estimate of treated minus control into one of the benefit.

        Examples
        --------
        >>> Estimate(-0.2, 0.1, -0.4, 0.0).as_benefit(desirable=False)
        Estimate(estimate=0.2, se=0.1, low=0.0, high=0.4)
        """
        low, high = limits_as_benefit(self.low, self.high, desirable=desirable)
        return Estimate(as_benefit(self.estimate, desirable=desirable), self.se, low, high)


def wald(estimate: float, se: float = math.nan) -> Estimate:
    """Give an estimate with its normal 95 % interval, estimate -/+ 1.96 standard errors.

    Examples
    --------
    >>> round(wald(0.2, 0.1).low, 3), wald(0.2).low
    (0.004, nan)
    """
    return Estimate(float(estimate), float(se), float(estimate - Z * se), float(estimate + Z * se))


def mean_estimate(values: NDArray[np.float64]) -> Estimate:
    """Give the mean of independent values, shape (n,), with its normal 95 % interval.

    Of doubly robust scores it is the AIPW estimate. A single value has no standard error.

    Examples
    --------
    >>> mean_estimate(np.array([1.0, 3.0])).se
    1.0
    """
    spread = float(values.std(ddof=1)) if values.size > 1 else math.nan
    return wald(float(values.mean()), spread / math.sqrt(values.size))


def finite(value: float | None) -> float | None:
    """Give the value, or None where it is not a number: what JSON and a table have for it.

    Examples
    --------
    >>> finite(0.5), finite(float("nan"))
    (0.5, None)
    """
    return value if value is not None and math.isfinite(value) else None
