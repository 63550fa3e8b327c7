"""The normal distribution behind intervals and p-values: its one quantile, its one test."""

from __future__ import annotations

from scipy.special import ndtr, ndtri

__all__ = ["Z", "two_sided_p", "z_of"]


def z_of(level: float) -> float:
    """Give how many standard errors a two-sided interval reaches to either side.

    Examples
    --------
    >>> round(z_of(0.95), 4)
    1.96
    """
    return float(ndtri(0.5 + level / 2.0))


Z = z_of(0.95)
"""Of the 95 % intervals."""


def two_sided_p(estimate: float, se: float) -> float:
    """Give the p-value that the truth is 0; without any error (`se` 0) it is 1 or 0.

    Examples
    --------
    >>> round(two_sided_p(0.08, 0.03), 4)
    0.0077
    """
    if se > 0.0:
        return float(2.0 * ndtr(-abs(estimate) / se))
    return 1.0 if estimate == 0.0 else 0.0
