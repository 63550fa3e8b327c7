"""What is not in the report, and why."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.limits import absent, failures, fewer
from twoarm.study.result import StudyResult

__all__ = ["section"]

_LEAD = (
    "Parts of the full analysis that this version does not compute, or that this cohort does not "
    "support, are listed rather than filled in."
)

PARTS = (
    fewer.part,
    absent.part,
    failures.part,
)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined("limits", "What is not here", "What is not here", _LEAD, parts=parts)
