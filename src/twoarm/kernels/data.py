"""A cohort, and the patients of a fit or of several, as the kernels read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.assign import overwrite
from twoarm.kernels.jit import kernel

__all__ = ["Cases", "Columns", "Fits", "each_fit", "fits_with_folds", "one_fit"]


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
    ends: NDArray[np.int64]  # (2 * fits + 1,)
    outcome: NDArray[np.int64]
    weight: NDArray[np.int64]


@kernel
def _behind_one_another(
    members: NDArray[np.uint32], wanted: NDArray[np.uint32], fold: NDArray[np.int64], n_folds: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """List rows and ends of the fit to all members, then of the fits without one fold."""
    m, ends = members.shape[0], np.empty(2 * n_folds + 3, np.int64)
    rows = np.empty((1 + n_folds) * m + wanted.shape[0], np.uint32)
    overwrite(rows[:m], members)
    overwrite(rows[m : m + wanted.shape[0]], wanted)
    ends[0], ends[1], ends[2] = 0, m, m + wanted.shape[0]
    for number in range(n_folds):
        first = ends[2 * number + 2]
        n_outside = 0
        for i in range(m):
            n_outside += fold[members[i]] != number
        outside, inside = first, first + n_outside
        ends[2 * number + 3], ends[2 * number + 4] = inside, first + m
        for i in range(m):
            if fold[members[i]] == number:
                rows[inside] = members[i]
                inside += 1
            else:
                rows[outside] = members[i]
                outside += 1
    return rows, ends


def one_fit(cases: Cases) -> Fits:
    """Give a single fit."""
    return fits_with_folds(cases, cases.weight, 0)[0]


def fits_with_folds(cases: Cases, fold: NDArray[np.int64], n_folds: int) -> tuple[Fits, Fits]:
    """Give the fit to all members, and a fit a fold.

    That learns from the members outside, and predicts those inside. `fold` has an entry a row.
    """
    rows, ends = _behind_one_another(cases.members, cases.wanted, fold, n_folds)
    outcome, weight = cases.outcome, cases.weight
    return Fits(rows, ends[:3], outcome, weight), Fits(rows, ends[2:], outcome, weight)


def each_fit(fits: Fits) -> Iterator[Cases]:
    """Give the fits one by one."""
    ends = fits.ends.tolist()
    for first, middle, last in zip(ends[::2], ends[1::2], ends[2::2], strict=False):
        yield Cases(fits.rows[first:middle], fits.rows[middle:last], fits.outcome, fits.weight)
