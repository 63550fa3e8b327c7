"""Which centre: unknown ones are unknown, and names that differ by a trifle are told."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical
from twoarm.cohort.problems import Problem
from twoarm.cohort.spelling import is_like_date, is_like_unknown, name_folded
from twoarm.cohort.values import problem_at

__all__ = ["centre_names"]


def centre_names(
    column: str, cells: NDArray[np.str_], rows: NDArray[np.int64]
) -> tuple[NDArray[np.str_], tuple[Problem, ...]]:
    """Give each patient's centre, empty where unknown, and what is odd about the names.

    Blank cells, NA, -, ?, unknown and the like are unknown. Nothing else is changed.

    Parameters
    ----------
    column : str
    cells : ndarray of str, shape (n,)
    rows : ndarray of int, shape (n,)
        Row of each cell in the file.
    """
    unknown = np.isin(cells, [name for name in set(cells.tolist()) if is_like_unknown(name)])
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
        *_dates(column, centre, rows),
    )


def _spellings(column: str, centre: NDArray[np.str_], rows: NDArray[np.int64]) -> Iterator[Problem]:
    """Point at names that differ by case, accents, punctuation or leading zeros alone."""
    alike: dict[str, list[str]] = {}
    for name in sorted(set(centre.tolist()) - {""}):
        alike.setdefault(name_folded(canonical(name)) or name, []).append(name)
    for names in alike.values():
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


def _dates(column: str, centre: NDArray[np.str_], rows: NDArray[np.int64]) -> Iterator[Problem]:
    made = np.isin(centre, [name for name in set(centre.tolist()) if is_like_date(name)])
    if 0 < made.sum() < (centre != "").sum():
        advice = "A spreadsheet may have made dates of their codes: compare them with their source"
        yield from problem_at(
            made, column, rows, centre, expected="", advice=advice, level="notice"
        )
