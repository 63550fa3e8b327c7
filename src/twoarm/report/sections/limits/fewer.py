"""What a large cohort's run did less often than a smaller one's."""

from __future__ import annotations

from dataclasses import astuple

from twoarm.report.section import Part
from twoarm.report.table import Column, Table
from twoarm.study.judge.large import LARGE, fewer
from twoarm.study.result import StudyResult

__all__ = ["part"]


def part(result: StudyResult) -> Part | None:
    """Show what was repeated less often, and how often; nothing in a smaller cohort."""
    rows = tuple(astuple(each) for each in fewer(result.plan))
    if not rows:
        return None
    columns = (
        Column("question", "Question"),
        Column("what", "What is repeated"),
        Column("usual", "In smaller cohorts"),
        Column("here", "Here"),
    )
    note = (
        f"From {LARGE} patients on refits take long and chance, which they measure, is small; "
        "what is repeated is repeated less often."
    )
    return Part(tables=(Table("fewer_draws", "Repeated less often", note, columns, rows),))
