"""Cells in which a spreadsheet shows an error instead of a value."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical
from twoarm.cohort.problems import Problem
from twoarm.cohort.readers import Table
from twoarm.cohort.spelling import is_spreadsheet_error
from twoarm.cohort.spreadsheets import FORMULA, MERGED

__all__ = ["broken_cells"]

_SHOWN_CELLS = 5
_ADVICE = {
    MERGED: "Merged cells hold one value between them: unmerge them and fill in each",
    FORMULA: "The file does not hold the formula's result: open it in the spreadsheet program, let "
    "it compute, and save",
}
_CORRECT = "Correct the formula, or delete what is not known"


def broken_cells(
    table: Table, missing_codes: Mapping[str, Collection[str]]
) -> tuple[dict[str, NDArray[np.bool_]], tuple[Problem, ...]]:
    """Find the cells that hold an error of a spreadsheet and are no missing code.

    Parameters
    ----------
    table : Table
    missing_codes : mapping of str to collection of str
        By column, canonically spelled.

    Returns
    -------
    broken : dict of str to ndarray of bool, shape (n,)
        For the columns that have such cells.
    problems : tuple of Problem
        One for each column and error.
    """
    broken, problems = {}, []
    for column, cells in table.columns.items():
        marked = cells[np.char.startswith(cells, "#")].tolist()
        errors = {text for text in set(marked) if is_spreadsheet_error(text)}
        errors -= {code for code in errors if canonical(code) in missing_codes.get(column, ())}
        if errors:
            broken[column] = np.isin(cells, sorted(errors))
        problems += [_problem(table, column, cells == error, error) for error in sorted(errors)]
    return broken, tuple(problems)


def _problem(table: Table, column: str, at: NDArray[np.bool_], error: str) -> Problem:
    rows = tuple(int(row) for row in table.rows[at])
    where = ""
    if table.is_spreadsheet:
        letters = _letters(table.header.index(column))
        more = ", ..." if len(rows) > _SHOWN_CELLS else ""
        where = f" in {', '.join(f'{letters}{row}' for row in rows[:_SHOWN_CELLS])}{more}"
    found = f"found {error}{where}, an error of the spreadsheet and no value"
    return Problem("error", column, rows, found, "", _ADVICE.get(error, _CORRECT))


def _letters(column: int) -> str:
    """Give a column's letters: 0 is A, 26 is AA."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
