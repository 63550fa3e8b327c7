"""The trial as it would be, and what these data do in its place, side by side."""

from __future__ import annotations

from twoarm.report.sections.checklists.words_run import follow_up_here
from twoarm.report.sections.checklists.words_study import (
    arms,
    assignment,
    confounders,
    estimand,
    exclusions,
    follow_up,
    outcomes,
    rules,
    stop,
    strategies,
)
from twoarm.report.table import Column, Row, Table
from twoarm.study.result import StudyResult

__all__ = ["emulation_table"]


def emulation_table(result: StudyResult) -> Table:
    """Give every component of the trial's protocol beside its emulation."""
    columns = (
        Column("component", "Component"),
        Column("trial", "The trial (6)"),
        Column("emulation", "In these data (7)"),
    )
    note = (
        "Numbers are those of TARGET. Left: what the study file declares; right: what the run did. "
        "Where they differ, and whether the assumptions hold, is for the authors to discuss."
    )
    rows = tuple(row for row in _rows(result) if any(row[1:]))
    return Table("target_protocol", "Specification and emulation", note, columns, rows)


def _rows(result: StudyResult) -> tuple[Row, ...]:
    by_lot = "By lot; patients would know their arm."
    return (
        ("a Eligibility", stop(result.plan.file.target_trial.eligibility), exclusions(result)),
        ("b Strategies", strategies(result), arms(result)),
        ("c Assignment", by_lot, assignment(result)),
        ("d Follow-up", follow_up(result), follow_up_here(result)),
        ("e Outcomes", f"{outcomes(result)}.", f"{rules(result)}."),
        ("f Contrast", estimand(result), estimand(result)),
        (
            "g Assumptions",
            "Assignment by lot.",
            "As if by lot given what was measured; every patient could have been in either arm. "
            f"Measured: {confounders(result)}",
        ),
        (
            "h Analysis",
            "Difference of the arms as assigned.",
            "Doubly robust estimate (AIPW) and others beside it; what hidden factors could do.",
        ),
    )
