"""A number and how well it is known."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

__all__ = ["Coefficient", "coefficient_of"]

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient or a mean, its standard error, normal 95 % interval; NaN if not estimable."""

    estimate: float
    se: float
    low: float
    high: float


def coefficient_of(estimate: float, se: float) -> Coefficient:
    """Give an estimate with its interval, estimate -/+ 1.96 standard errors.

    Examples
    --------
    >>> round(coefficient_of(0.2, 0.1).low, 3)
    0.004
    """
    return Coefficient(
        float(estimate), float(se), float(estimate - _Z * se), float(estimate + _Z * se)
    )
