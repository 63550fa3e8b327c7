"""Numbers needed to treat in words."""

from __future__ import annotations

from twoarm.metrics import NumberNeeded

__all__ = ["needed_text"]


def needed_text(found: NumberNeeded) -> str:
    """Write a number needed with its limits as Altman 1998 does.

    Examples
    --------
    >>> from twoarm.metrics import number_needed
    >>> needed_text(number_needed(0.25, 0.125, 0.5))
    'NNTB 4.0 (2.0 to 8.0)'
    >>> needed_text(number_needed(0.25, -0.05, 0.5))
    'NNTB 4.0 (NNTB 2.0 to ∞ to NNTH 20.0)'
    """
    if found.low is not None and found.high is not None:
        inside = sorted((abs(found.low), abs(found.high)))
        return f"{_needed(found.estimate)} ({inside[0]:.1f} to {inside[1]:.1f})"
    harms = found.estimate is not None and found.estimate < 0.0
    ends = (found.beyond, found.high) if harms else (found.low, found.beyond)
    known = [_needed(end) for end in ends if end is not None]
    if not known:
        return _needed(found.estimate)
    through = " to ∞ to ".join(known) if len(known) == 2 else f"{known[0]} to ∞"
    return f"{_needed(found.estimate)} ({through})"


def _needed(value: float | None) -> str:
    if value is None:
        return "∞"
    return f"{'NNTB' if value > 0 else 'NNTH'} {abs(value):.1f}"
