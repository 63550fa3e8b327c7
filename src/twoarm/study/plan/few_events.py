"""Few events in an arm: no ensemble there, one penalized regression alone.

Decided once on the cohort, for each arm and outcome, and kept in every replicate, fold and refit:
a learner that changed with the resample would be another procedure than the one that is validated.
`benchmarks/few_events.py` measured which learner takes the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.studyfile import ModelSection
from twoarm.learners import ElasticNet, Mean, Stack
from twoarm.study.plan.learner import build_stack
from twoarm.study.plan.model_predictors import NO_PREDICTORS

__all__ = [
    "FALLBACK",
    "FEW_EVENTS",
    "ArmLearner",
    "RarerClass",
    "arm_learners",
    "learner_for",
    "rarer_class",
]

FEW_EVENTS = 10
"""With fewer patients with (or without) the event, an arm's outcome gets no ensemble."""

FALLBACK = "elastic_net"
"""The member that is fitted alone then."""


@dataclass(frozen=True, slots=True)
class RarerClass:
    """The fewer of an arm's patients with and without the event.

    Attributes
    ----------
    n : int
        How many they are; each counts once.
    has_event : bool
        Whether they are those with the event.
    """

    n: int
    has_event: bool

    @property
    def is_few(self) -> bool:
        """Whether they are too few for an ensemble."""
        return self.n < FEW_EVENTS

    def __str__(self) -> str:
        patients = "patient" if self.n == 1 else "patients"
        return f"{self.n} {patients} {'with' if self.has_event else 'without'} the event"


@dataclass(frozen=True, slots=True)
class ArmLearner:
    """What is fitted in one arm for one outcome.

    Attributes
    ----------
    stack : Stack
        The study's, or one whose only member is the elastic net; without predictors, the mean.
    rarer : RarerClass
        What it was chosen by.
    has_predictors : bool
        Whether there is anything to learn from.
    """

    stack: Stack
    rarer: RarerClass
    has_predictors: bool = True

    @property
    def kind(self) -> Literal["stack", "fallback"]:
        """Whether it is the study's stack, or what takes its place."""
        return "fallback" if self.rarer.is_few or not self.has_predictors else "stack"

    @property
    def reason(self) -> str:
        """Why it is this one."""
        if not self.has_predictors:
            return f"{NO_PREDICTORS}: the arm's event rate alone"
        if self.rarer.is_few:
            return f"{self.rarer}, fewer than {FEW_EVENTS}: no ensemble, {FALLBACK} alone"
        return f"{self.rarer}, at least {FEW_EVENTS}"

    @property
    def member_names(self) -> tuple[str, ...]:
        """Names of the stack's members."""
        return tuple(name for name, _ in self.stack.named_members())


def rarer_class(cohort: Cohort, outcome: str, arm: int) -> RarerClass:
    """Count an arm's patients with and without the event; of equals, those with it."""
    values = cohort.outcomes[outcome][cohort.treatment == arm]
    events, others = int(np.sum(values == 1)), int(np.sum(values == 0))
    return RarerClass(min(events, others), events <= others)


def arm_learners(model: ModelSection, cohort: Cohort) -> dict[str, tuple[ArmLearner, ArmLearner]]:
    """Give the learners of the control and the treated arm, for each outcome.

    Raises
    ------
    MissingPackageError, ArgumentError
        If a plug-in cannot be imported or is no classifier.
    """

    def chosen(outcome: str, arm: int) -> ArmLearner:
        rarer = rarer_class(cohort, outcome, arm)
        return learner_for(model, rarer, has_predictors=bool(cohort.codebook))

    return {name: (chosen(name, 0), chosen(name, 1)) for name in cohort.outcomes}


def learner_for(
    model: ModelSection, rarer: RarerClass, *, has_predictors: bool = True
) -> ArmLearner:
    """Give the study's stack, or where the rarer class is too few for it, its fallback.

    Without predictors it is the arm's event rate.
    """
    if not has_predictors:
        return ArmLearner(_alone(model, "mean", Mean()), rarer, has_predictors=False)
    return ArmLearner(_fallback(model) if rarer.is_few else build_stack(model), rarer)


def _fallback(model: ModelSection) -> Stack:
    return _alone(model, FALLBACK, ElasticNet(**model.elastic_net.model_dump()))


def _alone(model: ModelSection, name: str, member: ElasticNet | Mean) -> Stack:
    """Give a stack of one: its weight is 1 and its probability the member's own."""
    return Stack([(name, member)], combine="discrete", inner_folds=model.inner_folds)
