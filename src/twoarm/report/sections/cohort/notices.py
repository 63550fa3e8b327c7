"""What is unusual in the data and did not stop the reading."""

from __future__ import annotations

from twoarm.report.section import Details, Part
from twoarm.study.result import StudyResult

__all__ = ["part"]


def part(result: StudyResult) -> Part | None:
    """List the notices; nothing if there are none."""
    notices = tuple(str(problem) for problem in result.plan.cohort.notices)
    if not notices:
        return None
    return Part(details=(Details(summary=f"{len(notices)} notices about the data", items=notices),))
