"""The one number to quote for each quantity; every other version of it stands in one table.

The mean benefit is the doubly robust average (AIPW) over the study's population, the number needed
to treat its inverse, the AUC the headline, the share at the threshold the cross-fitted one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from twoarm.diagnostics import Absent, Population
from twoarm.metrics import Estimate, NumberNeeded, needed_for
from twoarm.study.judge.answers import Answers
from twoarm.study.judge.average.effects import AVERAGE_EFFECT

__all__ = ["Quoted", "quoted"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """What to quote of an outcome's average benefit.

    Attributes
    ----------
    population : {"all", "treated", "overlap"}
        Over whom the study averages.
    average : Estimate or Absent
        Doubly robust (AIPW); below 0, harm.
    risks : tuple of float, or Absent
        Share of the population with the outcome had nobody, and had everybody, been treated; their
        difference is the average.
    needed : NumberNeeded or Absent
        The average turned round.
    """

    population: Population
    average: Estimate | Absent
    risks: tuple[float, float] | Absent
    needed: NumberNeeded | Absent


def quoted(answers: Answers, outcome: str) -> Quoted:
    """Give what to quote of an outcome's average benefit, or why there is nothing."""
    population = answers.study.file.target_trial.population
    found = answers.of(AVERAGE_EFFECT, outcome)
    if isinstance(found, Absent):
        return Quoted(population, found, found, found)
    average = found.over(population).aipw
    if isinstance(average, Absent):
        return Quoted(population, average, average, average)
    return Quoted(population, average, found.risks, _needed(average))


def _needed(average: Estimate) -> NumberNeeded | Absent:
    if not math.isfinite(average.low + average.high):
        return Absent("the average benefit has no interval")
    return needed_for(average)
