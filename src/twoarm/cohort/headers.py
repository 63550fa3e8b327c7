"""Where the names of the columns stand, if not in the first row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from twoarm.cohort.spelling import plain

__all__ = ["LOOKED_THROUGH", "header_row"]

LOOKED_THROUGH = 30
"""Records that may stand above a header: a title, the date of an export, notes."""


def header_row(records: Iterable[Sequence[str]], wanted: set[str]) -> int | None:
    """Give the row, from 1, that names most of the wanted columns, and half of them at least.

    Examples
    --------
    >>> header_row([["Registry 2024", ""], ["id", "age"], ["1", "70"]], {"id", "age"})
    2
    """
    best, most = None, max(1, len(wanted) // 2)
    for number, record in enumerate(islice(records, LOOKED_THROUGH), 1):
        named = len(wanted.intersection(plain(cell) for cell in record))
        if named > most or (named == most and best is None):
            best, most = number, named
    return best
