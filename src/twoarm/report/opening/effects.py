"""An effect in words for a first reader: how many more, or fewer, in 100 patients."""

from __future__ import annotations

import math

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics.harm import kind, span
from twoarm.metrics import Estimate
from twoarm.report.formats import shown

__all__ = ["limits_text", "per_hundred", "quoted_text"]


def per_hundred(benefit: float, spec: OutcomeSpec) -> str:
    """Say how many more, or fewer, have the outcome in 100 treated patients.

    Examples
    --------
    >>> from twoarm.cohort.studyfile import OutcomeSpec
    >>> death = OutcomeSpec(name="death", column="d", event={"equals": 1}, desirable=False)
    >>> per_hundred(0.143, death), per_hundred(-0.02, death)
    ('14.3 fewer in 100', '2.0 more in 100')
    """
    more = (benefit >= 0.0) is spec.desirable
    return f"{shown(100 * abs(benefit), 'decimal')} {'more' if more else 'fewer'} in 100"


def limits_text(benefit: Estimate) -> str:
    """Give the 95 % interval in brackets, with a space before; nothing where there is none."""
    if not math.isfinite(benefit.low + benefit.high):
        return ""
    return f" ({span(benefit.low, benefit.high)})"


def quoted_text(benefit: Estimate) -> str:
    """Give a benefit in points, a harm called harm, with its interval.

    Examples
    --------
    >>> quoted_text(Estimate(-0.09, 0.028, -0.146, -0.035))
    'harm 9.0 (3.5 to 14.6)'
    >>> quoted_text(Estimate(0.027, 0.035, -0.041, 0.095))
    'benefit 2.7 (harm 4.1 to benefit 9.5)'
    """
    size, low, high = (
        shown(100 * abs(each), "decimal") for each in (benefit.estimate, benefit.low, benefit.high)
    )
    if benefit.low <= 0.0 <= benefit.high:
        return f"{kind(benefit.estimate)} {size} (harm {low} to benefit {high})"
    return f"{kind(benefit.estimate)} {size}{limits_text(benefit)}"
