"""The outcomes together: contradictions, and the scale that they are cut from."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.outcomes import coherence, ordinal
from twoarm.study.result import StudyResult

__all__ = ["section"]

PARTS = (
    coherence.part,
    ordinal.part,
)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined("outcomes", "Outcomes", "The outcomes together", "", parts=parts)
