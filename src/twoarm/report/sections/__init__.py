"""The topics of the report, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from twoarm.report.section import Section
from twoarm.report.sections import (
    average,
    checklists,
    cohort,
    comparability,
    design,
    findings,
    hidden,
    importance,
    limits,
    models,
    outcomes,
    published,
    quoted,
    ranking,
    stability,
)
from twoarm.study.result import StudyResult

__all__ = ["sections"]

_TOPICS = (
    findings,
    quoted,
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
    design,
    limits,
)


_OF_MODELS = (models, ranking, outcomes, importance)


def sections(result: StudyResult) -> tuple[list[Section], dict[str, Exception]]:
    """Give every section that the result has something to say in, and what failed, by topic.

    A section that cannot be written takes no other with it: in its place stands that it is missing.
    """
    left_out = () if result.primary.has_models else _OF_MODELS
    found: list[Section] = []
    faults: dict[str, Exception] = {}
    for topic in _TOPICS:
        if topic not in left_out:
            _add(topic.__name__, partial(topic.section, result), found, faults)
    # last: its lines lead to the others
    _add(checklists.__name__, partial(checklists.section, result, tuple(found)), found, faults)
    return found, faults


def _add(
    module: str,
    write: Callable[[], Section | None],
    found: list[Section],
    faults: dict[str, Exception],
) -> None:
    name = module.rpartition(".")[2]
    try:
        section = write()
    except Exception as error:  # noqa: BLE001  whatever it is, the others are written
        faults[name] = error
        section = _missing(name, error)
    found += [] if section is None else [section]


def _missing(name: str, error: Exception) -> Section:
    note = (
        f"This section could not be written: a defect of twoarm ({type(error).__name__}: {error}). "
        "The numbers are in summary.json."
    )
    return Section(name=name, link=name.title(), title=name.title(), lead="", notes=(note,))
