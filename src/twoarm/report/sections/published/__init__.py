"""The study beside its publication."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.published import claims
from twoarm.study.result import StudyResult

__all__ = ["section"]

PARTS = (claims.part,)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined("published", "Publication", "Beside the publication", "", parts=parts)
