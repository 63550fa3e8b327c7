"""The patients of two runs: how many, their events, and what they were like at the decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.tableone import LevelRow, NumberRow, row_of
from twoarm.comparison.columns import coded_together
from twoarm.study import ARMS

__all__ = ["ArmBaseline", "ArmCount", "Variable", "arm_counts", "variables"]

Two = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class ArmCount:
    """An outcome in one arm, in A and B; None where the run has no such outcome.

    Attributes
    ----------
    outcome, arm : str
    known, events : tuple of int or None
        Patients with a known outcome, and with the event.
    """

    outcome: str
    arm: str
    known: Two
    events: Two


@dataclass(frozen=True, slots=True)
class ArmBaseline:
    """A variable in one arm of two runs.

    Attributes
    ----------
    arm : str
    row : NumberRow or LevelRow
        A in the place of control, B in that of treated: its `smd` is B minus A in pooled standard
        deviations, of several levels a distance without sign.
    """

    arm: str
    row: NumberRow | LevelRow


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of both runs, in the control and the treated arm."""

    column: str
    arms: tuple[ArmBaseline, ArmBaseline]


def variables(a: Cohort, b: Cohort) -> tuple[Variable, ...]:
    """Set each common variable of A beside that of B, arm by arm."""
    found = []
    for pair in coded_together(a, b):
        control, treated = (
            ArmBaseline(
                name,
                row_of(pair.predictor, pair.a[a.treatment == arm], pair.b[b.treatment == arm]),
            )
            for arm, name in enumerate(ARMS)
        )
        found.append(Variable(pair.predictor.column, (control, treated)))
    return tuple(found)


def arm_counts(a: Cohort, b: Cohort) -> tuple[ArmCount, ...]:
    """Count patients with a known outcome and with the event, of every outcome of either run."""
    names = dict.fromkeys([*a.outcomes, *b.outcomes])
    return tuple(
        ArmCount(
            outcome,
            name,
            (_known(a, outcome, arm), _known(b, outcome, arm)),
            (_events(a, outcome, arm), _events(b, outcome, arm)),
        )
        for outcome in names
        for arm, name in enumerate(ARMS)
    )


def _known(cohort: Cohort, outcome: str, arm: int) -> int | None:
    values = cohort.outcomes.get(outcome)
    return None if values is None else int(np.isfinite(values[cohort.treatment == arm]).sum())


def _events(cohort: Cohort, outcome: str, arm: int) -> int | None:
    values = cohort.outcomes.get(outcome)
    return None if values is None else int((values[cohort.treatment == arm] == 1).sum())
