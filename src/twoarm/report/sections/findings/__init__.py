"""What every diagnostic says, in words."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.findings import findings
from twoarm.study.result import StudyResult

__all__ = ["section"]

PARTS = (findings.part,)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined("findings", "Findings", "Can it be causal, is the ranking real?", "", parts=parts)
