"""Columns read off their sorted order: quantiles by counts, bins, and the codes of the rows.

A quantile here is the inverse of the distribution function of the counts: the smallest value at
which the cumulative weight reaches the given share. It is always an observed value, and a weight
of 3 is the same as three copies of a row.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.assign import overwrite
from twoarm.kernels.jit import kernel

__all__ = ["MOST_BINS", "bin_columns", "cut_points", "weighted_quantiles"]

MOST_BINS = 64
"""A set of occupied bins fits one machine word."""


@kernel
def weighted_quantiles(
    values: NDArray[np.float64],
    order: NDArray[np.uint32],
    weight: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give the quantiles of one column; `shares` ascend, `order` sorts the column.

    Missing values stand last in the order with weight 0. NaN if nothing has weight.
    """
    total = 0.0
    for i in range(order.shape[0]):
        total += weight[order[i]]
    found = np.full(shares.shape[0], np.nan)
    if total <= 0.0:
        return found
    reached, k = 0.0, 0
    for i in range(order.shape[0]):
        reached += weight[order[i]]
        # a hair of slack: 55 reaches 0.275 of 200, though 0.275 * 200 exceeds it
        if weight[order[i]] > 0.0:
            while k < shares.shape[0] and reached >= shares[k] * total * (1.0 - 1e-12):
                found[k] = values[order[i]]
                k += 1
    return found


@kernel
def _between(low: float, high: float) -> float:
    """Give the middle of two different numbers, below the higher one even if they are adjacent."""
    middle = 0.5 * low + 0.5 * high
    return middle if middle < high else low


@kernel
def cut_points(
    values: NDArray[np.float64], order: NDArray[np.uint32], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Cut one column into at most 64 bins; missing values and rows of weight 0 do not count.

    With at most 64 distinct values each has a bin of its own; with more, the cuts lie behind the
    64 equally spaced quantiles. A value belongs to the bin of the first cut that is not below it.
    """
    n_distinct, previous, total = 0, np.nan, 0.0
    for i in range(order.shape[0]):
        row = order[i]
        if weight[row] > 0.0 and not np.isnan(values[row]):
            n_distinct += values[row] != previous
            total += weight[row]
            previous = values[row]
    cuts = np.empty(MOST_BINS)
    n_cuts, following, reached, previous = 0, 1, 0.0, np.nan
    for i in range(order.shape[0]):
        row = order[i]
        if weight[row] > 0.0 and not np.isnan(values[row]):
            due = n_distinct <= MOST_BINS or reached * MOST_BINS >= total * following
            if due and reached > 0.0 and values[row] != previous:
                cuts[n_cuts] = _between(previous, values[row])
                n_cuts += 1
                following = int(reached * MOST_BINS / total) + 1
            reached += weight[row]
            previous = values[row]
    return cuts[:n_cuts]


@kernel
def bin_columns(
    values: NDArray[np.float64], order: NDArray[np.uint32], weight: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.int64]]:
    """Bin all columns of `values`, shape (columns, rows).

    Returns
    -------
    codes : uint8, shape (columns, rows)
        Bin of every row, also of those without weight; 0 for a missing value.
    cuts : float64, shape (columns, 63)
        A value at most ``cuts[j, b]`` has a code at most b; infinite where there is no cut.
    n_bins : int64, shape (columns,)
    """
    n_columns, n_rows = values.shape
    codes = np.zeros((n_columns, n_rows), np.uint8)
    cuts = np.full((n_columns, MOST_BINS - 1), np.inf)
    n_bins = np.empty(n_columns, np.int64)
    for j in range(n_columns):
        found = cut_points(values[j], order[j], weight)
        n_bins[j] = found.shape[0] + 1
        overwrite(cuts[j], found)
        code = 0
        for i in range(n_rows):
            row = order[j, i]
            if np.isnan(values[j, row]):
                break
            while code < found.shape[0] and values[j, row] > found[code]:
                code += 1
            codes[j, row] = code
    return codes, cuts, n_bins
