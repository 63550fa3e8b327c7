"""Which centre: unknown ones are unknown, and names that differ by a trifle are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical, spells_number
from twoarm.cohort.dates import is_like_date
from twoarm.cohort.problems import Problem
from twoarm.cohort.scales import is_unknown_code
from twoarm.cohort.spelling import is_slip_of, name_folded
from twoarm.cohort.unknownwords import is_like_unknown, may_be_unknown
from twoarm.cohort.values import problem_at

__all__ = ["centre_names"]

_NOBODY = ("none", "nil")
_BEYOND = 1.5
"""A code such as 99 is so many times the largest number of a centre."""

_SEVERAL = 10
"""Fewer centres may well have few patients each."""

Names = NDArray[np.str_]
Rows = NDArray[np.int64]


def centre_names(column: str, cells: Names, rows: Rows) -> tuple[Names, tuple[Problem, ...]]:
    """Give each patient's centre, empty where unknown, and what is odd about the names.

    Blank cells, NA, -, ?, unknown and the like are unknown. Nothing else is changed.

    Parameters
    ----------
    column : str
    cells : ndarray of str, shape (n,)
    rows : ndarray of int, shape (n,)
        Row of each cell in the file.
    """
    unknown = _named(cells, is_like_unknown)
    centre = np.where(unknown, "", cells)
    return centre, (
        *problem_at(
            unknown,
            column,
            rows,
            cells,
            expected="a centre",
            advice="They count as not recorded, together; if one of them is a centre's name, "
            "spell it out",
            level="notice",
        ),
        *_spellings(column, centre, rows),
        *_doubtful(column, centre, rows),
        *_each_his_own(column, centre),
    )


def _named(cells: Names, kind: Callable[[str], bool]) -> NDArray[np.bool_]:
    return np.isin(cells, [name for name in set(cells.tolist()) if kind(name)])


def _spellings(column: str, centre: Names, rows: Rows) -> Iterator[Problem]:
    """Point at names that differ by case, accents, punctuation, leading zeros, or a slip."""
    alike: dict[str, list[str]] = {}
    for name in sorted(set(centre.tolist()) - {""}):
        alike.setdefault(name_folded(canonical(name)) or name, []).append(name)
    slips = [
        alike[first] + alike[second]
        for first, second in combinations(alike, 2)
        if is_slip_of(first, second)
    ]
    for names in (*alike.values(), *slips):
        if len(names) > 1:
            yield from problem_at(
                np.isin(centre, names),
                column,
                rows,
                centre,
                expected="one spelling for each centre",
                advice="They count as different centres; if they are one, spell it the same way",
                level="notice",
            )


def _doubtful(column: str, centre: Names, rows: Rows) -> Iterator[Problem]:
    """Point at names that may mean "unknown", and at dates among others."""
    known = centre != ""
    codes = _codes({canonical(name) for name in set(centre.tolist()) - {""}})
    unknown = known & _named(centre, lambda name: _may_be_nobody(name) or canonical(name) in codes)
    dates = known & _named(centre, is_like_date)
    kinds = (
        (unknown, "It counts as a centre; if it means unknown, list it under missing_codes of a "
         "[[columns]] entry"),
        (dates, "A spreadsheet may have made dates of their codes: compare them with their source"),
    )  # fmt: skip
    for odd, advice in kinds:
        if 0 < odd.sum() < known.sum():
            yield from problem_at(
                odd, column, rows, centre, expected="", advice=advice, level="notice"
            )


def _may_be_nobody(name: str) -> bool:
    return may_be_unknown(name) or name.casefold() in _NOBODY


def _codes(names: set[str]) -> set[str]:
    """Give the numbers that stand apart from the others as codes for "unknown" do."""
    numbers = {name for name in names if spells_number(name)}
    usual = {name for name in numbers if is_unknown_code(name)}
    largest = max((float(name) for name in numbers - usual), default=np.inf)
    return {name for name in usual if float(name) < 0 or float(name) > _BEYOND * largest}


def _each_his_own(column: str, centre: Names) -> Iterator[Problem]:
    """Point at a column with hardly two patients in one centre."""
    known = int((centre != "").sum())
    names = len(set(centre.tolist()) - {""})
    if names >= _SEVERAL and 2 * names > known:
        found = f"{names} centres for {known} patients"
        advice = (
            "Is it the column of the centres? What is compared within centres has little to go by"
        )
        yield Problem("notice", column, (), found, "several patients in each", advice)
