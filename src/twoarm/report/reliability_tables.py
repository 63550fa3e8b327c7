"""The tables on refits, centres and missing values that a run has."""

from __future__ import annotations

from collections.abc import Iterator

from twoarm.report.centre_tables import centre_tables
from twoarm.report.missing_tables import complete_cases_table, missing_table
from twoarm.report.stability_tables import stability_table
from twoarm.report.table import Table
from twoarm.study.result import StudyResult

__all__ = ["reliability_tables"]


def reliability_tables(result: StudyResult) -> Iterator[Table]:
    """Give the tables there are: none on centres in a study without, none of an interim result."""
    found = result.reliability
    if found is None:
        return
    yield missing_table(result, found)
    if found.complete_cases is not None:
        yield complete_cases_table(result, found.complete_cases)
    yield stability_table(result, found)
    if found.centres is not None:
        yield from centre_tables(result, found.centres)
