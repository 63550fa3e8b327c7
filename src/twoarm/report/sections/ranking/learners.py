"""What the tables of benefit have in common: their learners, and what limits all of them."""

from __future__ import annotations

from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent
from twoarm.diagnostics.finding import is_randomised
from twoarm.metrics import Estimate, finite, slope_is_told
from twoarm.report.formats import Value
from twoarm.report.table import Column
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.judge.ranking.benefit_measures import ModelEvidence

__all__ = [
    "LEARNER",
    "LEARNER_TITLES",
    "LIMITS",
    "TESTED",
    "adjusted",
    "errors_of",
    "limits",
    "models_of",
    "slope_limits",
    "unadjusted",
]

LEARNER_TITLES = {
    "t": "T-learner",
    "s": "S-learner",
    "x": "X-learner",
    "r": "R-learner",
    "dr": "DR-learner",
    "risk": "Risk model",
    "penalized_interaction": "Penalized interaction",
}


TESTED = "Penalized interaction, averaged"
"""The learner whose ranking is tested."""


LEARNER = Column("learner", "Learner")
LIMITS = (Column("low", "95 % low", "points"), Column("high", "95 % high", "points"))


def limits(value: Estimate) -> tuple[Value, Value, Value]:
    """Give estimate and 95 % limits, None where they are not known."""
    return finite(value.estimate), finite(value.low), finite(value.high)


def slope_limits(value: Estimate) -> tuple[Value, Value, Value]:
    """Give a calibration slope and its limits, None where it is too uncertain to be told."""
    return limits(value) if slope_is_told(value) else (None, None, None)


def models_of(found: BenefitEvidence) -> list[tuple[str, ModelEvidence]]:
    """Give title and measures of each measured learner."""
    return [(LEARNER_TITLES[name], each) for name, each in found.models.items()]


def errors_of(found: BenefitEvidence, *parts: str) -> str:
    """Say what could not be computed, and why."""
    texts = [
        f" {title}: {absent.reason}"
        for title, each in models_of(found)
        for part in parts
        if isinstance(absent := getattr(each, part), Absent)
    ]
    return "".join(texts)


def unadjusted(study: Study) -> str:
    """Say that a measure uses outcomes as they were observed; nothing where drawn by lot."""
    if is_randomised(study):
        return ""
    return (
        " It compares outcomes as they were observed: a valid measure of benefit only where arms "
        "are comparable, as under random assignment. Here it also holds whatever else differs "
        "between them."
    )


def adjusted(study: Study) -> str:
    """Say what scores are adjusted for; nothing where treatment was drawn by lot."""
    if is_randomised(study):
        return ""
    return (
        " From doubly robust scores, adjusted for what was measured and only for that: an "
        "unmeasured cause of treatment and outcome makes all of it wrong."
    )
