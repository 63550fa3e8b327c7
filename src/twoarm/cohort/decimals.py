"""How a file writes decimals: decided once for all of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.problems import Problem

__all__ = ["decimal_comma", "with_points"]

_DECIMAL = {
    mark: re.compile(rf"[-+]?(?:[0-9]+\{mark}[0-9]*|\{mark}[0-9]+)(?:[eE][-+]?[0-9]+)?")
    for mark in ",."
}
_LIKE_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}")


def decimal_comma(
    columns: Mapping[str, NDArray[np.str_]], names: Collection[str], rows: NDArray[np.int64]
) -> tuple[bool, tuple[Problem, ...]]:
    """Say whether decimals are written with a comma.

    An error if both marks are used, or if the commas may as well set off thousands.

    Parameters
    ----------
    columns : mapping of str to ndarray of str, shape (n,)
        The cells of the file.
    names : collection of str
        Columns of numbers.
    rows : ndarray of int, shape (n,)
        Rows of the file.
    """
    found: dict[str, list[tuple[str, int]]] = {",": [], ".": []}
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
    if commas and all(_LIKE_THOUSANDS.fullmatch(columns[name][k]) for name, k in commas):
        name, k = commas[0]
        what = f"found '{columns[name][k]}': a decimal comma, or a separator of thousands?"
        advice = "Write decimals with a point, and thousands without a separator"
        return False, (_problem(commas, rows, what, "", advice),)
    return bool(commas), ()


def _problem(
    places: list[tuple[str, int]], rows: NDArray[np.int64], found: str, expected: str, advice: str
) -> Problem:
    column = places[0][0]
    at = tuple(int(rows[k]) for name, k in places if name == column)
    return Problem("error", column, at, found, expected, advice)


def with_points(cells: NDArray[np.str_]) -> NDArray[np.str_]:
    """Write decimal commas as points; cells that are no such numbers stay as they are."""
    comma = _DECIMAL[","]
    changed = [cell.replace(",", ".") if comma.fullmatch(cell) else cell for cell in cells]
    return np.array(changed, dtype=np.str_)
