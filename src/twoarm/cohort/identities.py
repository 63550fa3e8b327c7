"""Is every row another patient? Ids, and rows that repeat others."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.problems import Problem
from twoarm.cohort.readers import Table
from twoarm.cohort.spelling import folded, is_like_date
from twoarm.cohort.values import problem_at, where

__all__ = ["copied_rows", "id_problems"]

_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")
_TELLING = 10
"""A column tells patients apart if it has more values than a tenth of the patients."""

_BEYOND_CHANCE, _LOG_CHANCE = 10, math.log(1e-5)
"""Copies must exceed what independent columns give so many times, and be so unlikely (Poisson)."""

_MANY = 20
"""More than one row in so many is an error."""


def id_problems(column: str, ids: NDArray[np.str_], rows: NDArray[np.int64]) -> Iterator[Problem]:
    """Report ids that are absent, repeated, equal but for case or zeros, or made by a spreadsheet.

    Parameters
    ----------
    column : str
    ids : ndarray of str, shape (n,)
    rows : ndarray of int, shape (n,)
        Row of each id in the file.
    """
    known = ids != ""
    yield from problem_at(
        ~known, column, rows, ids, expected="an id", advice="Give every patient an id"
    )
    same = _repeated(ids) & known
    yield from problem_at(
        same,
        column,
        rows,
        ids,
        expected="one row a patient",
        advice="The same id stands in several rows; keep one row a patient",
    )
    alike = _repeated(np.array([folded(text) for text in ids], dtype=np.str_)) & known & ~same
    yield from problem_at(
        alike,
        column,
        rows,
        ids,
        expected="ids that differ by more than case, leading zeros and what cannot be seen",
        advice="Keep one row a patient, and spell his id the same way",
    )
    for kind, what in _KINDS:
        made = where(known, ids, kind)
        if 0 < made.sum() < known.sum():
            advice = f"A spreadsheet may have {what}: compare them with their source"
            yield from problem_at(
                made, column, rows, ids, expected="", advice=advice, level="notice"
            )


_KINDS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (is_like_date, "made dates of them"),
    (lambda text: _SHORTENED.fullmatch(text) is not None, "rounded them"),
)


def _repeated(texts: NDArray[np.str_]) -> NDArray[np.bool_]:
    _, code, counts = np.unique(texts, return_inverse=True, return_counts=True)
    return np.asarray(counts[code] > 1, np.bool_)


def copied_rows(table: Table, id_column: str) -> Iterator[Problem]:
    """Report rows equal to others in all columns of the file, if that can be no chance.

    The id is not compared, nor is a column that the study does not read and in which every row
    differs, such as a row number. One of the others must have more values than a tenth of the rows.
    More than one copy in 20 rows is an error where the study names no id, else a notice.

    Parameters
    ----------
    table : Table
    id_column : str
        Empty if the study names none.
    """
    n = table.rows.size
    distinct = {name: int(np.unique(column).size) for name, column in _named(table)}
    if id_column and distinct[id_column] < n:
        return  # reported as such
    unread = {name for name in distinct if name not in table.columns}
    compared = {
        name: column
        for name, column in _named(table)
        if name != id_column and not (name in unread and distinct[name] == n)
    }
    if not any(distinct[name] * _TELLING > n for name in compared):
        return
    prints = np.column_stack(list(compared.values()))
    _, first, code = np.unique(_one_number(prints), return_index=True, return_inverse=True)
    copies = first[code] != np.arange(n)
    if _may_be_chance(int(copies.sum()), _pairs_by_chance(prints)):
        return
    many = copies.sum() * _MANY > n and not id_column
    yield Problem(
        "error" if many else "notice",
        "",
        tuple(int(row) for row in table.rows[copies]),
        f"{int(copies.sum())} of {n} rows repeat other rows in all columns"
        + (" but the id" if id_column else ""),
        "one row a patient",
        "Keep one of each; if they are different patients, name the column of their id under "
        "[study]"
        if not id_column
        else "Keep one of each, unless they are different patients",
    )


def _may_be_chance(copies: int, expected: float) -> bool:
    """Say whether so many copies may be chance, where the columns need not be independent."""
    if copies <= _BEYOND_CHANCE * expected:
        return True
    return copies * math.log(expected) - math.lgamma(copies + 1) > _LOG_CHANCE


def _named(table: Table) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Give the columns of the file; those without a name go by their number."""
    for k, (name, column) in enumerate(zip(table.header, table.prints.T, strict=True)):
        yield name or f"#{k}", column


def _one_number(prints: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Give one number a row: equal rows have equal numbers."""
    row = np.zeros(prints.shape[0], dtype=np.uint64)
    for column in prints.T:
        row = (row ^ column.view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        row ^= row >> np.uint64(29)
    return row


def _pairs_by_chance(prints: NDArray[np.int64]) -> float:
    """Give how many pairs of rows would be equal if the columns were independent."""
    n = prints.shape[0]
    pairs: float = n * (n - 1) / 2
    for column in prints.T:
        shares = np.unique(column, return_counts=True)[1] / n
        pairs *= float((shares**2).sum())
    return pairs
