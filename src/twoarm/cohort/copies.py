"""Rows that repeat others: the same patient twice, whatever was changed in one column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.coincidence import Prints, families, may_be_chance, summed
from twoarm.cohort.problems import Problem
from twoarm.cohort.readers import Table

__all__ = ["copied_rows"]

_MANY = 20
"""More than one row in so many is an error."""

_NEARLY_ALL, _MANY_MORE = 0.9, 2
_EQUAL = "in all columns"
_BEFORE = "in all that was known at the decision"

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
    whole = summed(prints.values())
    candidates = {_EQUAL: (prints, whole)}
    for one, cells in prints.items():
        others = {name: prints[name] for name in prints if name != one}
        candidates[f"{_EQUAL} but '{one}'"] = (others, whole - cells)
    before = {name: prints[name] for name in prints if name in baseline}
    if before:
        candidates[_BEFORE] = (before, summed(before.values()))
    found = _beyond_chance({where: each for where, each in candidates.items() if each[0]})
    known_before = found.pop(_BEFORE, np.zeros(whole.size, np.bool_))
    most = max((int(copies.sum()) for copies in found.values()), default=0)
    if most:
        where = next(each for each in found if found[each].sum() >= _NEARLY_ALL * most)
        copies = found[where]
        yield _problem(
            table, id_column, where if (copies & ~_repeats(whole)).any() else _EQUAL, copies
        )
    if known_before.sum() > _MANY_MORE * most:
        yield _problem(table, id_column, _BEFORE, known_before)


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


def _compared(table: Table, id_column: str) -> dict[str, NDArray[np.uint64]]:
    """Give a number for each cell, by column; columns without a name go by their number.

    Of columns that say the same in other words, such as a code and its label, the first is kept.
    """
    columns: dict[str, NDArray[np.uint64]] = {}
    known: set[bytes] = set()
    for k, (name, cells) in enumerate(zip(table.header, table.prints.T, strict=True)):
        _, first, code = np.unique(cells, return_index=True, return_inverse=True)
        words = first[code].tobytes()
        is_counter = name not in table.columns and first.size == cells.size
        if name == id_column or is_counter or first.size < 2 or words in known:
            continue
        known.add(words)
        columns[name or f"#{k + 1}"] = _mixed(cells, k)
    return columns


def _mixed(cells: NDArray[np.int64], column: int) -> NDArray[np.uint64]:
    """Spread the numbers of a column over all 64 bits, so that sums of columns tell rows apart."""
    apart = np.uint64(column * 0x9E3779B97F4A7C15 % 2**64)
    spread = cells.view(np.uint64) + apart
    spread = (spread ^ spread >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    spread = (spread ^ spread >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return np.asarray(spread ^ spread >> np.uint64(31), np.uint64)


def _repeats(whole: NDArray[np.uint64]) -> Mask:
    """Mark the rows that equal an earlier one."""
    _, first, code = np.unique(whole, return_index=True, return_inverse=True)
    return np.asarray(first[code] != np.arange(whole.size), np.bool_)


def _beyond_chance(
    candidates: Mapping[str, tuple[Prints, NDArray[np.uint64]]],
) -> dict[str, Mask]:
    """Mark, for each set of columns, the rows that equal an earlier one, if that is no chance."""
    found: dict[str, Mask] = {}
    family: dict[str, frozenset[str]] | None = None
    for where, (prints, whole) in candidates.items():
        copies = _repeats(whole)
        if not copies.any():
            continue
        if family is None:
            family = families(candidates[_EQUAL][0])
        if not may_be_chance(int(copies.sum()), prints, whole, family):
            found[where] = copies
    return found
