"""What moves the results without any change of the question."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.stability import centre_benefit, centre_models, missing, refits
from twoarm.study.result import StudyResult

__all__ = ["section"]

_LEAD = (
    "The first part asks what would have been predicted had other patients of the same kind come "
    "in, the second what the models say of centres that they have not seen. Neither sees "
    "confounding."
)

PARTS = (
    refits.part,
    centre_models.part,
    centre_benefit.part,
    missing.part,
)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined(
        "stability",
        "Stability",
        "How stable is it, across refits, centres and missing values?",
        _LEAD,
        parts=parts,
    )
