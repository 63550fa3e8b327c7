"""Fits that failed: in a file alone."""

from __future__ import annotations

from collections.abc import Sequence

from twoarm.report.section import Part
from twoarm.report.table import Column, Table
from twoarm.resampling import FitFailure
from twoarm.study.result import StudyResult

__all__ = ["failures_table", "part"]


def part(result: StudyResult) -> Part:
    """List the fits that failed, with their replicate."""
    return Part(files=(failures_table(result.failures),))


def failures_table(failures: Sequence[tuple[int, FitFailure]]) -> Table:
    """Give every fit that failed, and why."""
    rows = tuple((index, failure.fit, failure.error) for index, failure in failures)
    columns = (
        Column("replicate", "Replicate", "count"),
        Column("fit", "Fit"),
        Column("error", "Error"),
    )
    return Table("failures", "Fits that failed", "", columns, rows)
