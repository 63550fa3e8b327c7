"""The one number to quote for each quantity, and every other version of it."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.quoted import versions
from twoarm.study.result import StudyResult

__all__ = ["section"]

_LEAD = (
    "Each quantity has one number to quote, the same on every page and in the terminal. The other "
    "versions answer other questions, or answer the same one less well; here they stand together."
)

PARTS = (versions.part,)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined("quoted", "Numbers to quote", "Numbers to quote", _LEAD, parts=parts)
