"""Who benefits: the predicted benefit, and whether it ranks."""

from __future__ import annotations

from twoarm.report.section import Section, joined
from twoarm.report.sections.ranking import (
    baseline_risk,
    calibration,
    comparison,
    concordance,
    groups,
    net_benefit,
    policy,
    predicted,
    share,
    subgroups,
    targeting,
)
from twoarm.study.result import StudyResult

__all__ = ["section"]

PARTS = (
    predicted.part,
    share.part,
    baseline_risk.part,
    comparison.part,
    net_benefit.part,
    policy.part,
    calibration.part,
    groups.part,
    subgroups.part,
    targeting.part,
    concordance.part,
)


def section(result: StudyResult) -> Section | None:
    """Put the topic's parts together, in the order of the page."""
    parts = (part(result) for part in PARTS)
    return joined("ranking", "Who benefits", "Who benefits?", "", parts=parts)
