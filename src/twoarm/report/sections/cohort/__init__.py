"""The patients: where they come from, and what they were like at the decision."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.cohort import baseline, definitions, flow, notices
from twoarm.study.result import StudyResult

__all__ = ["section"]

PARTS = (
    flow.part,
    baseline.part,
    definitions.part,
    notices.part,
)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined("cohort", "Patients", "Patients", "", parts=parts)
