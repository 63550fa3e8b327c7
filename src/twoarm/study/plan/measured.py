"""Was a figure from the synthetic worlds measured for a study like this one?"""

from __future__ import annotations

from collections.abc import Sequence

from twoarm.cohort.load import load_study
from twoarm.study.plan.plan import Plan

__all__ = ["MEASURED_PATIENTS", "was_measured"]

MEASURED_PATIENTS = 393
"""Patients of the synthetic cohorts."""

_STUDY, _NEAR = "rescue-stenting", 0.1


def was_measured(plan: Plan, parts: Sequence[str]) -> bool:
    """Say whether these parts of the study file are those of the worlds, and the size is near.

    Parameters
    ----------
    plan : Plan
    parts : sequence of str
        Names of the study file's sections that the figure depends on.
    """
    own, measured = plan.file, load_study(_STUDY).file
    same = all(getattr(own, name) == getattr(measured, name) for name in parts)
    return same and abs(len(plan.cohort) - MEASURED_PATIENTS) <= _NEAR * MEASURED_PATIENTS
