"""What the predicted benefit depends on, and what modifies the effect."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.importance import dependence, modifiers, predicted, side_by_side
from twoarm.study.result import StudyResult

__all__ = ["section"]

_LEAD = (
    "The first is what the model uses, the second what changes the effect; the reference from "
    "permuted treatment shows how much of the second is noise."
)

PARTS = (
    predicted.part,
    modifiers.part,
    side_by_side.part,
    dependence.part,
)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined(
        "importance",
        "Importance",
        "What the predicted benefit depends on, and what modifies the effect",
        _LEAD,
        parts=parts,
    )
