"""A cohort, and the patients of a fit or of several, as the kernels read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cases", "Columns", "Fits", "each_fit", "fits_without_folds", "one_fit"]


class Columns(NamedTuple):
    """A cohort's predictors, prepared once for all fits; arrays are (columns, rows)."""

    values: NDArray[np.float64]
    order: NDArray[np.uint32]  # sorts each column
    codes: NDArray[np.uint8]
    both_layouts: NDArray[np.uint8]  # the codes by column, then by row, one behind the other
    cuts: NDArray[np.float64]  # (columns, 63)
    n_bins: NDArray[np.int64]  # (columns,)


class Cases(NamedTuple):
    """Whom one fit learns from, and whom it predicts.

    Outcome (0 or 1) and weight (how often a row counts) have an entry for every row of the cohort;
    they are read for the members only, whose weight is above 0.
    """

    members: NDArray[np.uint32]
    wanted: NDArray[np.uint32]
    outcome: NDArray[np.int64]
    weight: NDArray[np.int64]


class Fits(NamedTuple):
    """Whom several fits learn from, and whom they predict: `Cases` behind one another.

    One call of a kernel makes them all. Fit k has the members from ``ends[2k]`` to ``ends[2k + 1]``
    of `rows`, and the wanted from there to ``ends[2k + 2]``.
    """

    rows: NDArray[np.uint32]
    ends: NDArray[np.int64]  # (2 * fits + 1,), from 0 onward
    outcome: NDArray[np.int64]
    weight: NDArray[np.int64]


def one_fit(cases: Cases) -> Fits:
    """Give a single fit."""
    return _behind_one_another([cases.members, cases.wanted], cases)


def fits_without_folds(cases: Cases, fold: NDArray[np.int64], n_folds: int) -> Fits:
    """Give a fit a fold: it learns from the members outside, and predicts those inside."""
    of_member, parts = fold[cases.members], []
    for number in range(n_folds):
        inside = of_member == number
        parts += [cases.members[~inside], cases.members[inside]]
    return _behind_one_another(parts, cases)


def _behind_one_another(parts: list[NDArray[np.uint32]], cases: Cases) -> Fits:
    ends = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([part.size for part in parts], out=ends[1:])
    return Fits(np.concatenate(parts), ends, cases.outcome, cases.weight)


def each_fit(fits: Fits) -> Iterator[Cases]:
    """Give the fits one by one."""
    parts = np.split(fits.rows, fits.ends[1:-1])
    for members, wanted in zip(parts[::2], parts[1::2], strict=True):
        yield Cases(members, wanted, fits.outcome, fits.weight)
