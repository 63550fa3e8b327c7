"""The average benefit, in several ways."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.average import effects, missing_effect, published
from twoarm.study.result import StudyResult

__all__ = ["section"]

PARTS = (
    effects.part,
    missing_effect.part,
    published.part,
)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined("average", "Average benefit", "The average benefit", "", parts=parts)
