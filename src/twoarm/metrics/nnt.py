"""Number needed to treat, with limits that may lie beyond infinity."""

from __future__ import annotations

from dataclasses import dataclass

from twoarm.errors import NotEstimable

__all__ = ["NumberNeeded", "number_needed"]


@dataclass(frozen=True, slots=True)
class NumberNeeded:
    """Patients to treat for one more to fare better (above 0) or worse (below 0).

    Attributes
    ----------
    estimate : float or None
        Inverse of the benefit; None if that is 0.
    low, high : float or None
        Inverses of the interval's upper and lower limit. Where the interval of the benefit holds
        0, the numbers needed run from one limit through infinity to the other: the limit on the
        far side of infinity from the estimate is None.
    beyond : float or None
        That limit, with its sign: -20 reads "number needed to harm 20". None where there is none.
    """

    estimate: float | None
    low: float | None
    high: float | None
    beyond: float | None


def number_needed(benefit: float, low: float, high: float) -> NumberNeeded:
    """Invert an absolute benefit and its interval.

    The threshold of a study is a benefit: 0.15 has the number needed 6.67, but "7 or less" would
    mean a benefit of 0.143.

    Parameters
    ----------
    benefit : float
        Absolute benefit, -1 to 1; positive when the treatment helps.
    low, high : float
        Limits of its interval.

    Returns
    -------
    NumberNeeded

    Raises
    ------
    ArgumentError
        If the limits do not enclose the benefit, or a number is outside -1 to 1 or missing.

    References
    ----------
    Altman DG. BMJ 1998;317:1309-1312, doi 10.1136/bmj.317.7168.1309.

    Examples
    --------
    >>> number_needed(0.25, 0.125, 0.5)
    NumberNeeded(estimate=4.0, low=2.0, high=8.0, beyond=None)
    >>> number_needed(0.25, -0.125, 0.5)
    NumberNeeded(estimate=4.0, low=2.0, high=None, beyond=-8.0)
    """
    if not -1.0 <= low <= benefit <= high <= 1.0:
        raise NotEstimable(
            "A number needed comes from a benefit within its interval, all between -1 and 1; found "
            f"{benefit} ({low} to {high})."
        )
    if low > 0.0 or high < 0.0:
        return NumberNeeded(1.0 / benefit, 1.0 / high, 1.0 / low, None)
    if benefit < 0.0:
        return NumberNeeded(1.0 / benefit, None, _inverse(low), _inverse(high))
    return NumberNeeded(_inverse(benefit), _inverse(high), None, _inverse(low))


def _inverse(effect: float) -> float | None:
    return 1.0 / effect if effect != 0.0 else None
