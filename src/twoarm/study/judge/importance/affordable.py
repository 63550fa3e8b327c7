"""How often something can be repeated in a cohort of this size."""

from __future__ import annotations

from twoarm.study.plan.plan import Plan

__all__ = ["MOST_PATIENTS", "affordable"]

MOST_PATIENTS = 2000
_MOST_ROWS = 40_000
"""Patients times refits, and times draws: larger cohorts get fewer of them."""


def affordable(plan: Plan, most: int, patients: int) -> int:
    """Give how many refits, or draws, so many patients allow; never more than replicates."""
    return min(most, plan.replicates, _MOST_ROWS // patients)
