"""The table that reconciles every version of a number with the one to quote."""

from __future__ import annotations

from twoarm.report.section import Part
from twoarm.report.sections.quoted.means import means, needed
from twoarm.report.sections.quoted.shares import aucs, failures, shares
from twoarm.report.table import Column, Table
from twoarm.study.result import StudyResult

__all__ = ["part", "versions_tables"]

_QUANTITY = Column("outcome", "Quantity")  # equal neighbours of this column share a cell


def part(result: StudyResult) -> Part:
    """Show every version in one table; the file has raw values."""
    page, file = versions_tables(result)
    return Part(tables=(page,), files=(file,))


def versions_tables(result: StudyResult) -> tuple[Table, Table]:
    """Give the table of the page and that of the file, the same rows in the same order."""
    found = [each for of in (means, shares, aucs, needed, failures) for each in of(result)]
    title = f"Every version of the numbers to quote, {result.primary.spec.title}"
    note = (
        "The first row of a quantity is the one to quote. In brackets: 95 % interval, or the "
        "middle 95 % of the draws. Benefits below 0 are harms."
    )
    page = Table(
        "versions", title, note,
        (_QUANTITY, Column("version", "Version"), Column("value", "Value"),
         Column("differs", "Why it differs")),
        tuple(each.shown for each in found),
    )  # fmt: skip
    file = Table(
        "versions", title, note,
        (Column("quantity", "Quantity"), Column("version", "Version"),
         Column("estimate", "Estimate", "number"), Column("low", "95 % low", "number"),
         Column("high", "95 % high", "number"), Column("kind", "Kind"),
         Column("differs", "Why it differs")),
        tuple(each.written for each in found),
    )  # fmt: skip
    return page, file
