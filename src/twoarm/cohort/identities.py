"""Is every row another patient, by his id?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.dates import is_like_date
from twoarm.cohort.problems import Problem
from twoarm.cohort.spelling import folded, name_folded
from twoarm.cohort.unknownwords import is_like_unknown
from twoarm.cohort.values import problem_at, where

__all__ = ["id_problems"]

_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")


def id_problems(column: str, ids: NDArray[np.str_], rows: NDArray[np.int64]) -> Iterator[Problem]:
    """Report ids that are absent, repeated, nearly equal, or made by a spreadsheet.

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
    alike = _alike(folded, ids) & known & ~same
    yield from problem_at(
        alike,
        column,
        rows,
        ids,
        expected="ids that differ by more than case, leading zeros and what cannot be seen",
        advice="Keep one row a patient, and spell his id the same way",
    )
    yield from problem_at(
        _alike(name_folded, ids) & known & ~same & ~alike,
        column,
        rows,
        ids,
        expected="ids that differ by more than accents and punctuation",
        advice="They count as different patients; keep one row a patient",
        level="notice",
    )
    yield from problem_at(
        where(known & ~same, ids, is_like_unknown),
        column,
        rows,
        ids,
        expected="an id",
        advice="",
        level="notice",
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


def _alike(fold: Callable[[str], str], ids: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Mark ids that equal others once they are folded; what is nothing then stays as it is."""
    return _repeated(np.array([fold(text) or text for text in ids.tolist()], dtype=np.str_))


def _repeated(texts: NDArray[np.str_]) -> NDArray[np.bool_]:
    _, code, counts = np.unique(texts, return_inverse=True, return_counts=True)
    return np.asarray(counts[code] > 1, np.bool_)
