"""What is wrong with the data, one line a problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from twoarm.cohort.spelling import named

__all__ = ["FIRST_ROW", "Problem", "listed"]

FIRST_ROW = 2
"""Rows are counted as a spreadsheet does: the header is row 1."""

_SHOWN_ROWS = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """An error or a notice about the data.

    Attributes
    ----------
    level : {"error", "notice"}
        An error stops the run, a notice is printed.
    column : str
        Column concerned, or empty.
    rows : tuple of int
        Rows of the file, the header being row 1.
    found, expected, advice : str
        What is there, what the study file asks for, what to do.
    """

    level: Literal["error", "notice"]
    column: str
    rows: tuple[int, ...]
    found: str
    expected: str
    advice: str

    def __str__(self) -> str:
        shown = ", ".join(str(row) for row in self.rows[:_SHOWN_ROWS])
        more = len(self.rows) - _SHOWN_ROWS
        where = self.column
        if self.rows:
            where += f" {'row' if len(self.rows) == 1 else 'rows'} {shown}"
            where += f" and {more} more" if more > 0 else ""
        expected = f"; expected {self.expected}" if self.expected else ""
        place = f"{where}: " if where else ""
        line = f"{self.level}: {place}{self.found}{expected}"
        if self.advice:
            line += f"{'' if line.endswith('?') else '.'} {self.advice}"
        return named(" ".join(line.split()))  # one line, whatever a header or a label holds


def listed(problems: Sequence[Problem]) -> str:
    """Give the problems one per line, errors first."""
    ordered = sorted(problems, key=lambda problem: problem.level != "error")
    return "\n".join(str(problem) for problem in ordered)
