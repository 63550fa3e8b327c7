"""The outcome models: how well they predict, and what they are made of."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.models import (
    accuracy,
    auc,
    calibration,
    members,
    predictions,
    sample_size,
)
from twoarm.study.result import StudyResult

__all__ = ["section"]

_LEAD = (
    "One model for each arm and outcome. Discrimination says nothing about whether the difference "
    "between two models is an effect of the treatment."
)

PARTS = (
    auc.part,
    calibration.part,
    sample_size.part,
    accuracy.part,
    members.part,
    predictions.part,
)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined("models", "Outcome models", "Outcome models", _LEAD, parts=parts)
