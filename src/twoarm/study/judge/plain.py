"""Numbers and estimates as ``summary.json`` has them, with `Absent` where there is none."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from twoarm.diagnostics import Absent
from twoarm.metrics import Estimate, finite, slope_is_told

__all__ = ["number", "plain_coefficient", "plain_estimate", "plain_slope"]


def number(value: float | None, reason: str) -> float | Absent:
    """Give the value, or why there is none.

    Examples
    --------
    >>> number(float("nan"), "no events")
    Absent(reason='no events', defect=False)
    """
    known = finite(value)
    return Absent(reason) if known is None else known


def plain_estimate(estimate: Estimate, reason: str) -> dict[str, Any]:
    """Give an estimate, number by number; `reason` is why one is not known."""
    return {name: number(value, reason) for name, value in asdict(estimate).items()}


def plain_coefficient(value: Estimate, reason: str) -> Any:
    """Give an estimate whole, or why it has no standard error."""
    return asdict(value) if math.isfinite(value.se) else Absent(reason)


def plain_slope(value: Estimate, reason: str) -> Any:
    """Give a calibration slope, or why there is none: no number where it is too uncertain."""
    if math.isfinite(value.se) and not slope_is_told(value):
        return Absent("the predictions differ too little for a slope, or patients are too few")
    return plain_coefficient(value, reason)
