"""Where treatment was drawn by lot there is nothing hidden to ask about."""

from __future__ import annotations

from twoarm.diagnostics.finding import is_randomised
from twoarm.errors import NotEstimable
from twoarm.study.judge.evidence import Evidence

__all__ = ["unless_by_lot"]


def unless_by_lot(evidence: Evidence) -> None:
    """Go on unless treatment was drawn by lot.

    Raises
    ------
    NotEstimable
        If the study file says so.
    """
    if is_randomised(evidence.plan.study):
        raise NotEstimable("treatment was drawn by lot: hidden factors differ by chance alone")
