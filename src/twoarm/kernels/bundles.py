"""Histograms of all columns with as few additions and as few bins as they need.

Columns with few bins share a bundle, whose code says the bins of all of them at once (mixed radix):
one addition a row serves six yes/no columns. What is searched for a split are running sums over the
bins of each column, one column behind the other, without its last bin, behind which nothing can be
cut: a yes/no column is one number.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.columns import MOST_BINS
from twoarm.kernels.jit import inlined, kernel

__all__ = ["Bundles", "add_rows", "bundle_columns", "bundled_codes", "running_sums"]


class Bundles(NamedTuple):
    """Which columns share a code; the column that is listed last in a bundle counts in ones."""

    column: NDArray[np.int64]  # (columns,), bundle by bundle
    end: NDArray[np.int64]  # (bundles,), where a bundle's columns end
    n_codes: NDArray[np.int64]  # (bundles,), at most 64
    n_bins: NDArray[np.int64]  # (columns,)
    first: NDArray[np.int64]  # (columns + 1,), where a column's running sums begin


@kernel
def bundle_columns(n_bins: NDArray[np.int64]) -> Bundles:
    """Put every column into the first bundle that has room for it."""
    n_columns = n_bins.shape[0]
    bundle, n_codes = np.empty(n_columns, np.int64), np.ones(n_columns, np.int64)
    first = np.zeros(n_columns + 1, np.int64)
    n_bundles = 0
    for j in range(n_columns):
        first[j + 1] = first[j] + n_bins[j] - 1
        bundle[j] = 0
        while n_codes[bundle[j]] * n_bins[j] > MOST_BINS:
            bundle[j] += 1
        n_codes[bundle[j]] *= n_bins[j]
        n_bundles = max(n_bundles, bundle[j] + 1)
    column, end = np.empty(n_columns, np.int64), np.empty(n_bundles, np.int64)
    listed = 0
    for b in range(n_bundles):
        for j in range(n_columns):
            if bundle[j] == b:
                column[listed] = j
                listed += 1
        end[b] = listed
    return Bundles(column, end, n_codes[:n_bundles].copy(), n_bins, first)


@kernel
def bundled_codes(codes: NDArray[np.uint8], n_rows: int, bundles: Bundles) -> NDArray[np.uint8]:
    """Give the bundles' codes of the first rows, (rows, bundles); `codes` is (columns, rows)."""
    shared = np.zeros((n_rows, bundles.end.shape[0]), np.uint8)
    start = 0
    for b in range(bundles.end.shape[0]):
        for listed in range(start, bundles.end[b]):
            j = bundles.column[listed]
            for i in range(n_rows):
                shared[i, b] = shared[i, b] * bundles.n_bins[j] + codes[j, i]
        start = bundles.end[b]
    return shared


@inlined
def add_rows(
    shared: NDArray[np.uint8],
    rows: NDArray[np.uint32],
    first: int | np.int64,
    last: int | np.int64,
    packed: NDArray[np.int64],
    table: NDArray[np.int64],
) -> None:
    """Fill the bundles' histograms, 64 bins each, with what the rows `first` to `last` carry."""
    table[:] = 0
    n_bundles, six = np.uint64(shared.shape[1]), np.uint64(6)
    for i in range(np.uint64(first), np.uint64(last)):
        row = rows[i]
        count = packed[row]
        for b in range(n_bundles):
            table[(b << six) + np.uint64(shared[row, b])] += count


@inlined
def running_sums(table: NDArray[np.int64], bundles: Bundles, sums: NDArray[np.int64]) -> None:
    """Add up the bins of every column from the left; the table is used up.

    The first column of a bundle is read off as sums over all others, which are then folded.
    """
    start = 0
    for b in range(bundles.end.shape[0]):
        origin, size = np.uint64(b * MOST_BINS), np.uint64(bundles.n_codes[b])
        for listed in range(start, bundles.end[b]):
            j = bundles.column[listed]
            n_bins, first = np.uint64(bundles.n_bins[j]), np.uint64(bundles.first[j])
            size //= n_bins
            if size == np.uint64(1):
                _add_up(table, origin, n_bins, sums, first)
            else:
                _add_up_blocks(table, origin, n_bins, size, sums, first)
                _fold(table, origin, n_bins, size)
        start = bundles.end[b]


@inlined
def _add_up(
    table: NDArray[np.int64], origin: Any, n_bins: Any, sums: NDArray[np.int64], first: Any
) -> None:
    reached = 0
    for k in range(n_bins - np.uint64(1)):
        reached += table[origin + k]
        sums[first + k] = reached


@inlined
def _add_up_blocks(
    table: NDArray[np.int64],
    origin: Any,
    n_bins: Any,
    size: Any,
    sums: NDArray[np.int64],
    first: Any,
) -> None:
    reached = 0
    for k in range(n_bins - np.uint64(1)):
        block = origin + k * size
        for code in range(size):
            reached += table[block + code]
        sums[first + k] = reached


@inlined
def _fold(table: NDArray[np.int64], origin: Any, n_bins: Any, size: Any) -> None:
    for k in range(np.uint64(1), n_bins):
        block = origin + k * size
        for code in range(size):
            table[origin + code] += table[block + code]
