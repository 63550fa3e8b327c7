"""What a hidden factor would have to be."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.hidden import (
    confounding,
    negative_controls,
    partial_r2,
    rosenbaum,
    sensitivity,
)
from twoarm.study.result import StudyResult

__all__ = ["section"]

PARTS = (
    confounding.part,
    sensitivity.part,
    rosenbaum.part,
    partial_r2.part,
    negative_controls.part,
)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined("hidden", "Hidden factors", "What nobody measured", "", parts=parts)
