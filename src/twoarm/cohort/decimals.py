"""How a file writes decimals: decided once for all of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor, Range, spells_number
from twoarm.cohort.problems import Problem

__all__ = ["decimal_comma", "looks_like_thousands", "ranges_of", "with_points"]

_DECIMAL = {
    mark: re.compile(rf"[-+]?(?:[0-9]+\{mark}[0-9]*|\{mark}[0-9]+)(?:[eE][-+]?[0-9]+)?")
    for mark in ",."
}
_THOUSANDS = {mark: re.compile(rf"[-+]?[1-9][0-9]{{0,2}}\{mark}[0-9]{{3}}") for mark in ",."}
_SHORTENED = {mark: re.compile(rf"[1-9][0-9]{{0,2}}\{mark}[0-9]{{1,3}}") for mark in ",."}
_NAMES = {",": "decimal comma", ".": "decimal point"}
_LEAST_WHOLE = 100
_THOUSAND = 1000
"""Whole numbers beside 1.184 end below 1000; of one or two digits they tell nothing."""

Place = tuple[str, int]
Columns = Mapping[str, NDArray[np.str_]]


def decimal_comma(
    columns: Columns,
    names: Collection[str],
    rows: NDArray[np.int64],
    ranges: Mapping[str, Range] | None = None,
) -> tuple[bool, tuple[Problem, ...]]:
    """Say whether decimals are written with a comma.

    An error if both marks are used, or if the marks may as well set off thousands: in the whole
    file, or in a column in which whole numbers end where the others would begin (819 beside 1.184).

    Parameters
    ----------
    columns : mapping of str to ndarray of str, shape (n,)
        The cells of the file.
    names : collection of str
        Columns of numbers.
    rows : ndarray of int, shape (n,)
        Rows of the file.
    ranges : mapping of str to Range, optional
        Limits of some of the columns: where only one reading of a cell keeps to them, it is taken.
    """
    found: dict[str, list[Place]] = {",": [], ".": []}
    for name in sorted(names):
        for k, cell in enumerate(columns[name]):
            for mark, decimal in _DECIMAL.items():
                if mark in cell and decimal.fullmatch(cell):
                    found[mark].append((name, k))
    commas, points = found[","], found["."]
    if commas and points:
        what = "decimal commas and decimal points in one file"
        advice = "Write all numbers the same way, thousands without a separator"
        fewer = min(commas, points, key=len)
        return False, (_problem(fewer, rows, what, "one of them throughout", advice),)
    mark = "," if commas else "."
    unclear = _unclear(columns, found[mark], mark, ranges or {})
    asked = tuple(_asked(columns, places, mark, rows) for places in unclear)
    return bool(commas), asked


def _unclear(
    columns: Columns, places: list[Place], mark: str, ranges: Mapping[str, Range]
) -> Iterator[list[Place]]:
    """Give the places, column by column, at which the mark may as well set off thousands."""
    settled = {
        (name, k)
        for name, k in places
        if not _is_either(columns[name][k], mark, ranges.get(name, Range()))
    }
    by_column: dict[str, list[Place]] = {}
    for place in places:
        by_column.setdefault(place[0], []).append(place)
    for name, here in by_column.items():
        in_range = ranges.get(name, Range())
        if not settled or _goes_on(columns[name], here, mark, in_range):
            yield here


def _is_either(cell: str, mark: str, limits: Range) -> bool:
    """Say whether a cell reads as a decimal or as thousands, and the limits allow thousands."""
    if not _THOUSANDS[mark].fullmatch(cell):
        return False
    as_decimal, as_thousands = float(cell.replace(mark, ".")), float(cell.replace(mark, ""))
    return limits.holds(as_thousands) or not limits.holds(as_decimal)


def _goes_on(cells: NDArray[np.str_], marked: list[Place], mark: str, limits: Range) -> bool:
    """Say whether a column's whole numbers lie below 1000 and above the marked ones.

    A spreadsheet makes 1.25 of 1.250, so that half of the marked ones must have three digits.
    """
    texts = [str(cells[k]) for _, k in marked]
    three = [text for text in texts if _is_either(text, mark, limits)]
    if 2 * len(three) < len(texts) or not all(_SHORTENED[mark].fullmatch(text) for text in texts):
        return False
    others = set(range(cells.size)) - {k for _, k in marked}
    whole = [float(cells[k]) for k in others if spells_number(cells[k])]
    if not whole or float(np.median(whole)) < _LEAST_WHOLE or max(whole) >= _THOUSAND:
        return False
    return max(float(text.replace(mark, ".")) for text in texts) < min(whole)


def _asked(columns: Columns, places: list[Place], mark: str, rows: NDArray[np.int64]) -> Problem:
    name, k = places[0]
    cell = columns[name][k]
    what = f"found '{cell}': a {_NAMES[mark]}, or a separator of thousands?"
    advice = (
        "Write decimals with a point, and thousands without a separator; or give the column a "
        f"range in the study file that only one of {cell.replace(mark, '.')} and "
        f"{cell.replace(mark, '')} keeps to"
    )
    return _problem(places, rows, what, "", advice)


def looks_like_thousands(cell: str) -> bool:
    """Say whether a number has a point and three digits after it, such as 1.184."""
    return _THOUSANDS["."].fullmatch(cell) is not None


def ranges_of(codebook: Collection[Predictor]) -> dict[str, Range]:
    """Give the limits of the columns that are numbers."""
    return {each.column: each.range for each in codebook if each.is_number}


def _problem(
    places: list[Place], rows: NDArray[np.int64], found: str, expected: str, advice: str
) -> Problem:
    column = places[0][0]
    at = tuple(int(rows[k]) for name, k in places if name == column)
    return Problem("error", column, at, found, expected, advice)


def with_points(cells: NDArray[np.str_]) -> NDArray[np.str_]:
    """Write decimal commas as points; cells that are no such numbers stay as they are."""
    comma = _DECIMAL[","]
    changed = [cell.replace(",", ".") if comma.fullmatch(cell) else cell for cell in cells]
    return np.array(changed, dtype=np.str_)
