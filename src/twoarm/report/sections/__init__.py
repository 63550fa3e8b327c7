"""The topics of the report, in the order of the page."""

from __future__ import annotations

from twoarm.report.section import Section
from twoarm.report.sections import (
    average,
    cohort,
    comparability,
    findings,
    hidden,
    importance,
    limits,
    models,
    outcomes,
    published,
    ranking,
    stability,
)
from twoarm.study.result import StudyResult

__all__ = ["sections"]

_TOPICS = (
    findings,
    published,
    cohort,
    models,
    comparability,
    average,
    hidden,
    ranking,
    stability,
    outcomes,
    importance,
    limits,
)


_OF_MODELS = (models, ranking, outcomes, importance)


def sections(result: StudyResult) -> list[Section]:
    """Give every section that the result has something to say in."""
    left_out = () if result.primary.has_models else _OF_MODELS
    found = (topic.section(result) for topic in _TOPICS if topic not in left_out)
    return [section for section in found if section is not None]
