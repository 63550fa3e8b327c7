"""A cohort, and the patients of one fit, as the kernels read them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cases", "Columns"]


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
