"""What the tables of benefit have in common: their learners, and what limits all of them."""

from __future__ import annotations

from twoarm.diagnostics.finding import is_randomised
from twoarm.metrics import Estimate, finite
from twoarm.report.formats import Value
from twoarm.study.judge.ranking.benefit_evidence import BenefitEvidence
from twoarm.study.judge.ranking.benefit_measures import ModelEvidence
from twoarm.study.result import StudyResult

__all__ = [
    "LEARNER_TITLES",
    "TESTED",
    "adjusted",
    "errors_of",
    "evidence_of",
    "limits",
    "models_of",
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


def evidence_of(result: StudyResult) -> BenefitEvidence:
    """Give a run's evidence on the benefit; nobody asks where there is none."""
    assert result.evidence is not None, "the first cross-fit failed: there are no such tables"
    return result.evidence


def limits(value: Estimate) -> tuple[Value, Value, Value]:
    """Give estimate and 95 % limits, None where they are not known."""
    return finite(value.estimate), finite(value.low), finite(value.high)


def models_of(result: StudyResult) -> list[tuple[str, ModelEvidence]]:
    """Give title and measures of each measured learner."""
    return [(LEARNER_TITLES[name], each) for name, each in evidence_of(result).models.items()]


def errors_of(result: StudyResult, *parts: str) -> str:
    """Say what could not be computed, and why."""
    texts = [
        f" {title}: {each.errors[part]}"
        for title, each in models_of(result)
        for part in parts
        if part in each.errors
    ]
    return "".join(texts)


def unadjusted(result: StudyResult) -> str:
    """Say that a measure uses outcomes as they were observed; nothing where drawn by lot."""
    if is_randomised(result.plan.study):
        return ""
    return (
        " It compares outcomes as they were observed: a valid measure of benefit only where arms "
        "are comparable, as under random assignment. Here it also holds whatever else differs "
        "between them."
    )


def adjusted(result: StudyResult) -> str:
    """Say what scores are adjusted for; nothing where treatment was drawn by lot."""
    if is_randomised(result.plan.study):
        return ""
    return (
        " From doubly robust scores, adjusted for what was measured and only for that: an "
        "unmeasured cause of treatment and outcome makes all of it wrong."
    )
