"""The average benefit to quote, and the number needed that follows from it."""

from __future__ import annotations

import math

from twoarm.diagnostics import Absent
from twoarm.metrics import Estimate, NumberNeeded, needed_for
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.result import StudyResult

__all__ = ["average_of", "needed_of", "why_no_average"]


def average_of(result: StudyResult, outcome: str) -> Estimate | None:
    """Give the doubly robust average over the study's population; None where there is none."""
    found = _found(result, outcome)
    return None if isinstance(found, Absent) else found


def why_no_average(result: StudyResult, outcome: str) -> str:
    """Say why there is none; empty where there is one."""
    found = _found(result, outcome)
    return found.reason if isinstance(found, Absent) else ""


def needed_of(average: Estimate) -> NumberNeeded | None:
    """Turn the average round; None where it has no interval."""
    return needed_for(average) if math.isfinite(average.low + average.high) else None


def _found(result: StudyResult, outcome: str) -> Estimate | Absent:
    effects = result.answers.of(AVERAGE_EFFECT, outcome)
    if isinstance(effects, Absent):
        return effects
    return effects.over(result.plan.file.target_trial.population).aipw
