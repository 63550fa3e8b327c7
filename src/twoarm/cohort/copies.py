"""Rows that repeat others: the same patient twice, whatever was changed in one column."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.problems import Problem
from twoarm.cohort.readers import Table

__all__ = ["copied_rows"]

_SELDOM = 1 / 30
"""Columns tell patients apart if two of them agree in all of these by chance more seldom."""

_BEYOND_CHANCE, _LOG_CHANCE = 10, math.log(1e-5)
"""Copies must exceed what chance gives so many times, and be so unlikely (Poisson)."""

_MANY = 20
"""More than one row in so many is an error."""

_NEARLY_ALL = 0.9
_EQUAL = "in all columns"
_BEFORE = "in all that was known at the decision"

Prints = Mapping[str, NDArray[np.uint64]]
Mask = NDArray[np.bool_]


def copied_rows(table: Table, id_column: str, baseline: Collection[str]) -> Iterator[Problem]:
    """Report rows equal to others, if that can be no chance.

    Equal in all columns of the file, in all but one, or in all that were known at the decision (as
    with a row for each visit). The id is not compared, nor is a column that the study does not read
    and in which every row differs. More than one copy in 20 rows is an error where the study names
    no id, else a notice; those of the last kind are a notice.

    Parameters
    ----------
    table : Table
    id_column : str
        Empty if the study names none.
    baseline : collection of str
        The centre, and what was measured before the decision.
    """
    if id_column and len(set(table.columns[id_column].tolist())) < table.rows.size:
        return  # reported as such
    prints = _compared(table, id_column)
    if not prints:
        return
    whole = _sum(prints.values())
    found = {_EQUAL: _copies(prints, whole)}
    for one, cells in prints.items():
        others = {name: prints[name] for name in prints if name != one}
        found[f"{_EQUAL} but '{one}'"] = _copies(others, whole - cells)
    before = {name: prints[name] for name in prints if name in baseline}
    found[_BEFORE] = _copies(before, _sum(before.values()) if before else whole)
    most = max(int(copies.sum()) for copies in found.values())
    if most:
        where = next(each for each in found if found[each].sum() >= _NEARLY_ALL * most)
        yield _problem(table, id_column, where, found[where])


def _problem(table: Table, id_column: str, where: str, copies: Mask) -> Problem:
    n = table.rows.size
    many = copies.sum() * _MANY > n and not id_column and where != _BEFORE
    same = "Keep one of each"
    advice = f"{same}, unless they are different patients"
    if not id_column:
        advice = f"{same}; if they are different patients, name the column of their id"
        advice += " under [study]"
    if id_column and where == _EQUAL:
        where += " but the id"
    return Problem(
        "error" if many else "notice",
        "",
        tuple(int(row) for row in table.rows[copies]),
        f"{int(copies.sum())} of {n} rows repeat other rows {where}",
        "one row a patient",
        advice,
    )


def _compared(table: Table, id_column: str) -> Prints:
    """Give a number for each cell, by column; columns without a name go by their number."""
    columns = {}
    for k, (name, cells) in enumerate(zip(table.header, table.prints.T, strict=True)):
        is_counter = name not in table.columns and np.unique(cells).size == cells.size
        if name != id_column and not is_counter:
            columns[name or f"#{k + 1}"] = _mixed(cells, k)
    return columns


def _mixed(cells: NDArray[np.int64], column: int) -> NDArray[np.uint64]:
    """Spread the numbers of a column over all 64 bits, so that sums of columns tell rows apart."""
    apart = np.uint64(column * 0x9E3779B97F4A7C15 % 2**64)
    spread = cells.view(np.uint64) + apart
    spread = (spread ^ spread >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    spread = (spread ^ spread >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return np.asarray(spread ^ spread >> np.uint64(31), np.uint64)


def _copies(prints: Prints, whole: NDArray[np.uint64]) -> Mask:
    """Mark the rows that equal an earlier one, by the sum of their columns; none if by chance."""
    _, first, code = np.unique(whole, return_index=True, return_inverse=True)
    copies = np.asarray(first[code] != np.arange(whole.size), np.bool_)
    count = int(copies.sum())
    if count == 0 or _may_be_chance(count, prints, whole):
        return np.zeros(whole.size, np.bool_)
    return copies


def _may_be_chance(count: int, prints: Prints, whole: NDArray[np.uint64]) -> bool:
    """Say whether rows equal but for a few telling columns agree in these about as often as any.

    Expected are the pairs equal in all other columns and not in these, times the share of all pairs
    that agree in these. Each set of a few is asked, so that the others may depend on each other.
    """
    blocks = list(_telling(prints))
    for few, share in blocks:
        others = whole - _sum(prints[name] for name in few)
        expected = (_pairs(others) - _pairs(whole) + 0.5) * share
        if count <= _BEYOND_CHANCE * expected:
            return True
        if count * math.log(expected) - math.lgamma(count + 1) > _LOG_CHANCE:
            return True
    return not blocks


def _telling(prints: Prints) -> Iterator[tuple[list[str], float]]:
    """Give sets of columns, the most telling first, in each of which few pairs agree by chance."""
    shares = {name: _pairs(cells) / math.comb(cells.size, 2) for name, cells in prints.items()}
    few: list[str] = []
    joint = 1.0
    for name in sorted(shares, key=shares.__getitem__):
        few, joint = [*few, name], joint * shares[name]
        if joint <= _SELDOM:
            yield few, joint
            few, joint = [], 1.0


def _pairs(numbers: NDArray[np.uint64]) -> float:
    """Give how many pairs of rows are equal."""
    counts = np.unique(numbers, return_counts=True)[1].astype(np.float64)
    return float((counts * (counts - 1)).sum() / 2)


def _sum(columns: Iterable[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    return np.asarray(np.sum(list(columns), axis=0, dtype=np.uint64))
