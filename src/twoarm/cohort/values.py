"""From text to numbers and levels, without guessing; whatever does not fit becomes a problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Codes, Predictor, canonical, spells_number
from twoarm.cohort.dates import is_like_date, is_like_day_and_month
from twoarm.cohort.decimals import looks_like_thousands
from twoarm.cohort.nonumbers import DATES, KINDS
from twoarm.cohort.problems import Problem

__all__ = ["Coded", "as_numbers", "blank_missing", "coded", "numbers", "problem_at", "where"]

_SHOWN_VALUES = 3
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as numbers, NaN where missing, and what did not fit."""

    values: NDArray[np.float64]
    problems: tuple[Problem, ...]


def blank_missing(cells: NDArray[np.str_], missing_codes: Codes) -> NDArray[np.str_]:
    """Empty the cells that hold a missing code."""
    codes = {canonical(code) for code in missing_codes}
    if not codes:
        return cells
    missing = np.array([canonical(cell) in codes for cell in cells], dtype=np.bool_)
    return np.where(missing, "", cells)


def problem_at(
    bad: NDArray[np.bool_],
    column: str,
    rows: NDArray[np.int64],
    cells: NDArray[np.str_],
    *,
    expected: str,
    advice: str,
    level: str = "error",
) -> Iterator[Problem]:
    """Report the cells marked bad as one problem, with the first rows and values."""
    if not bad.any():
        return
    different = list(dict.fromkeys(cells[bad].tolist()))
    shown = ", ".join(_shown(value) for value in different[:_SHOWN_VALUES])
    more = ", ..." if len(different) > _SHOWN_VALUES else ""
    yield Problem(
        "error" if level == "error" else "notice",
        column,
        tuple(int(row) for row in rows[bad]),
        f"found {shown}{more}",
        expected,
        advice,
    )


def _shown(cell: str) -> str:
    """Quote a cell on one line, cut to a bearable length."""
    text = " ".join(cell.split())
    if not text:
        return "an empty cell"
    return f"'{text}'" if len(text) <= _LONGEST_SHOWN else f"'{text[:_LONGEST_SHOWN]}...'"


def numbers(cells: NDArray[np.str_], column: str, rows: NDArray[np.int64]) -> Coded:
    """Read cells as numbers; text, and a number Python cannot hold, is a problem."""
    known = cells != ""
    values = as_numbers(cells)
    bad = known & np.isnan(values)
    problems: list[Problem] = []
    for kind, advice in KINDS:
        these = where(bad, cells, kind)
        bad &= ~these
        problems += problem_at(these, column, rows, cells, expected="a number", advice=advice)
    return Coded(values, tuple(problems))


def where(
    among: NDArray[np.bool_], cells: NDArray[np.str_], kind: Callable[[str], bool]
) -> NDArray[np.bool_]:
    """Say which of some cells are of a kind; the others are not looked at."""
    found = np.zeros(cells.size, dtype=np.bool_)
    found[among] = [kind(cell) for cell in cells[among].tolist()]
    return found


def as_numbers(cells: NDArray[np.str_]) -> NDArray[np.float64]:
    """Give cells as numbers, NaN for what is none that Python can hold."""
    spelled = np.array([spells_number(cell) for cell in cells], dtype=np.bool_)
    values = np.full(cells.size, np.nan)
    values[spelled] = cells[spelled].astype(np.float64)
    values[np.isinf(values)] = np.nan
    return values


def coded(predictor: Predictor, cells: NDArray[np.str_], rows: NDArray[np.int64]) -> Coded:
    """Read a predictor: numbers as they are, levels as their position (0, 1, ...).

    Parameters
    ----------
    predictor : Predictor
    cells : ndarray of str, shape (n,)
        With decimal points; an empty cell is missing unless "" is a level.
    rows : ndarray of int, shape (n,)
        Row of each cell in the file.
    """
    kept = blank_missing(cells, predictor.missing_codes)
    read = _levels if not predictor.is_number else _measured
    values, problems = read(predictor, kept, rows)
    if not predictor.may_be_missing:
        absent = np.isnan(values) & ((kept == "") | (cells == ""))
        problems += tuple(
            problem_at(
                absent,
                predictor.column,
                rows,
                cells,
                expected="a value",
                advice="Complete the rows, or set may_be_missing = true to have it imputed",
            )
        )
    return Coded(values, problems)


def _measured(
    predictor: Predictor, cells: NDArray[np.str_], rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], tuple[Problem, ...]]:
    read = numbers(cells, predictor.column, rows)
    known = np.isfinite(read.values)

    def unlike(test: Callable[[float], bool]) -> NDArray[np.bool_]:
        return known & np.array([not test(value) for value in read.values], dtype=np.bool_)

    fractional = known & (read.values != np.rint(read.values)) & (predictor.type == "integer")
    thousands = where(fractional, cells, looks_like_thousands)
    outside = unlike(predictor.range.holds)
    unusual = unlike(predictor.usual.holds) & ~outside
    unit = f" {predictor.unit}" if predictor.unit else ""
    problems = [
        *read.problems,
        *problem_at(
            thousands,
            predictor.column,
            rows,
            cells,
            expected="a whole number",
            advice="Write thousands without a separator; if the point is a decimal point, set "
            'type = "number"',
        ),
        *problem_at(
            fractional & ~thousands,
            predictor.column,
            rows,
            cells,
            expected="a whole number",
            advice='Correct the cells, or set type = "number"',
        ),
        *problem_at(
            outside,
            predictor.column,
            rows,
            cells,
            expected=f"{predictor.range}{unit}",
            advice="Correct the cells, or list their code under missing_codes",
        ),
        *problem_at(
            unusual,
            predictor.column,
            rows,
            cells,
            expected=f"usually {predictor.usual}{unit}",
            advice="",
            level="notice",
        ),
        *problem_at(
            where(known, cells, is_like_day_and_month),
            predictor.column,
            rows,
            cells,
            expected="",
            advice="They count as these numbers; a spreadsheet may have made dates of them: "
            "compare them with their source",
            level="notice",
        ),
    ]
    return read.values, tuple(problems)


def _levels(
    predictor: Predictor, cells: NDArray[np.str_], rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], tuple[Problem, ...]]:
    levels = predictor.all_levels
    position = {canonical(level.code): float(k) for k, level in enumerate(levels)}
    values = np.array([position.get(canonical(cell), np.nan) for cell in cells])
    unknown = np.isnan(values) & (cells != "")
    expected = f"one of {', '.join(str(level.code) for level in levels)}"
    column, dates = predictor.column, where(unknown, cells, is_like_date)
    problems = [
        *problem_at(dates, column, rows, cells, expected=expected, advice=DATES),
        *problem_at(
            unknown & ~dates,
            column,
            rows,
            cells,
            expected=expected,
            advice="Correct the cells, or list their code under levels or missing_codes",
        ),
    ]
    return values, tuple(problems)
