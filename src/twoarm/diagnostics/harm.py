"""A benefit in words: what is below 0 is called harm."""

from __future__ import annotations

import math

from twoarm.metrics import Estimate

__all__ = ["amount", "between", "estimated", "excluded", "kind", "span", "welfare"]


def kind(benefit: float) -> str:
    """Name a difference by its direction.

    Examples
    --------
    >>> kind(0.09), kind(-0.09)
    ('benefit', 'harm')
    """
    return "harm" if benefit < 0.0 else "benefit"


def amount(benefit: float) -> str:
    """Give a difference of probabilities in points, without a sign.

    Examples
    --------
    >>> amount(-0.09), amount(-0.0001)
    ('a harm of 9.0 points', 'a difference of 0.0 points')
    """
    points = _points(benefit)
    name = kind(benefit) if float(points) else "difference"
    return f"a {name} of {points} points"


def span(low: float, high: float) -> str:
    """Give a range of benefits in points; where it has both, harm and benefit are named.

    Examples
    --------
    >>> span(-0.146, -0.035), span(-0.075, 0.058)
    ('3.5 to 14.6', 'harm of 7.5 to benefit of 5.8')
    """
    ends = [_points(low), _points(high)]
    if low < 0.0 < high:
        return f"harm of {ends[0]} to benefit of {ends[1]}"
    return " to ".join(ends if low >= 0.0 else ends[::-1])


def between(low: float, high: float) -> str:
    """Give what lies between two benefits.

    Examples
    --------
    >>> between(0.145, 0.245), between(-0.03, 0.01)
    ('a benefit of 14.5 to 24.5 points', 'a harm of 3.0 to a benefit of 1.0 points')
    """
    if low < 0.0 < high:
        return f"a harm of {_points(low)} to a benefit of {_points(high)} points"
    return f"a {kind(low)} of {span(low, high)} points"


def estimated(benefit: Estimate) -> str:
    """Give an estimate with its interval, where it has one.

    Examples
    --------
    >>> estimated(Estimate(-0.09, 0.028, -0.146, -0.035))
    'a harm of 9.0 points (3.5 to 14.6)'
    """
    if not _has_interval(benefit):
        return amount(benefit.estimate)
    return f"{amount(benefit.estimate)} ({span(benefit.low, benefit.high)})"


def excluded(benefit: Estimate) -> str:
    """Say what an interval excludes: 0, or where it holds 0 what lies beyond its ends.

    Examples
    --------
    >>> excluded(Estimate(-0.002, 0.034, -0.075, 0.058))
    'the interval excludes a benefit above 5.8 points and a harm above 7.5'
    """
    if not _has_interval(benefit):
        return "it has no interval"
    if benefit.excludes_zero:
        return "the interval excludes 0"
    low, high = _points(benefit.low), _points(benefit.high)
    return f"the interval excludes a benefit above {high} points and a harm above {low}"


def welfare(benefit: float) -> str:
    """Say how the treated fare, by how many points.

    Examples
    --------
    >>> welfare(-0.021)
    'the treated fare worse by 2.1 points'
    """
    return f"the treated fare {'worse' if benefit < 0.0 else 'better'} by {_points(benefit)} points"


def _points(benefit: float) -> str:
    return f"{abs(100 * benefit):.1f}"


def _has_interval(benefit: Estimate) -> bool:
    return math.isfinite(benefit.low) and math.isfinite(benefit.high)
