"""Are the arms comparable in what was measured?"""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.comparability import balance, overlap, target_trial
from twoarm.study.result import StudyResult

__all__ = ["section"]

PARTS = (
    target_trial.part,
    overlap.part,
    balance.part,
)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined("comparability", "Comparability", "Are the arms comparable?", "", parts=parts)
