"""What could not be computed, and why."""

from __future__ import annotations

from collections.abc import Mapping

from twoarm.report.section import Part
from twoarm.report.table import Column, Table
from twoarm.study.result import StudyResult

__all__ = ["absent_table", "part", "reasons_table"]


def part(result: StudyResult) -> Part:
    """Show how much is absent for which reason; the file lists every part."""
    absent = result.summary()["absent"]
    return Part(tables=(reasons_table(absent),), files=(absent_table(absent),))


def absent_table(absent: Mapping[str, str]) -> Table:
    """Give every absent part with its reason."""
    columns = (Column("part", "Part of summary.json"), Column("reason", "Reason"))
    return Table("absent", "What is not in this report", "", columns, tuple(absent.items()))


def reasons_table(absent: Mapping[str, str]) -> Table:
    """Give one row a reason: how many parts, and which kinds."""
    parts: dict[str, list[str]] = {}
    for path, reason in absent.items():
        parts.setdefault(reason, []).append(path)
    rows = tuple(
        (
            reason,
            len(paths),
            ", ".join(dict.fromkeys(_last_name(path) for path in paths)).replace("_", " "),
        )
        for reason, paths in parts.items()
    )
    columns = (Column("reason", "Reason"), Column("n", "Parts", "count"), Column("kinds", "Which"))
    note = "Every part is listed in tables/absent.csv."
    return Table("absent", "What is not in this report", note, columns, rows)


def _last_name(path: str) -> str:
    return next(step for step in reversed(path.split(".")) if not step.isdigit())
