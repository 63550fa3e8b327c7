"""How numbers are written in reports; the only place that turns them into text."""

from __future__ import annotations

import math

__all__ = ["MINUS", "Value", "interval", "points", "shown"]

MINUS = "\u2212"
_DASH = "\u2013"

Value = str | int | float | None


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def points(value: float | None) -> str:
    """Write a difference of probabilities in percentage points, with its sign.

    Examples
    --------
    >>> points(0.2904), points(-0.05), points(None)
    ('+29.0', '−5.0', '–')
    """
    if value is None or not math.isfinite(value):
        return _DASH
    rounded = round(100 * value, 1)
    return _signed(f"{rounded:+.1f}") if rounded else "0.0"


def shown(value: Value, kind: str) -> str:
    """Write a value of one kind.

    The kinds are text, count, percent, points (a difference), spread (a standard deviation in
    points), probability, number, decimal (one place). A missing value, and one that is not a
    number, is a dash.

    Examples
    --------
    >>> shown(0.917, "percent"), shown(0.9044, "probability"), shown(1234, "count")
    ('91.7 %', '0.904', '1234')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return _DASH
    if isinstance(value, str) or kind == "text":
        return str(value)
    if kind == "count":
        return str(int(value))
    if kind == "percent":
        return f"{100 * value:.1f} %"
    if kind == "points":
        return points(float(value))
    if kind == "spread":
        return f"{100 * value:.1f}"
    if kind == "probability":
        return _signed(f"{value:.3f}")
    if kind == "decimal":
        return _signed(f"{value:.1f}")
    if kind == "number":
        return _signed(f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}")
    raise ValueError(f"no such kind of number: {kind}")


def interval(low: Value, high: Value, kind: str) -> str:
    """Write an interval of two values of one kind.

    Examples
    --------
    >>> interval(0.77, 0.99, "probability")
    '0.770 to 0.990'
    """
    if low is None or high is None:
        return _DASH
    return f"{shown(low, kind)} to {shown(high, kind)}"
