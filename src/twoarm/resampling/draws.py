"""Which patients a bootstrap replicate draws, and how often."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import ArgumentError
from twoarm.seeds import Stream, generator

__all__ = ["counts_of", "draw_counts"]


def draw_counts(
    seed: int,
    index: int,
    n: int,
    *,
    strata: NDArray[Any] | None = None,
    groups: NDArray[Any] | None = None,
) -> NDArray[np.int64]:
    """Draw replicate number `index`: how often each of n patients is in it.

    Parameters
    ----------
    seed, index : int
        The run's seed and the replicate's number; nothing else decides.
    n : int
        Number of patients.
    strata : ndarray, shape (n,), optional
        Draw within each stratum as many as it has: the arms of a two-arm cohort.
    groups : ndarray, shape (n,), optional
        Draw whole groups (centres, repeated measurements) in place of patients.

    Returns
    -------
    ndarray of int64, shape (n,)

    Raises
    ------
    ArgumentError
        If a group spreads over several strata.

    Examples
    --------
    >>> draw_counts(1, 0, 6).sum()
    np.int64(6)
    """
    rng = generator(seed, Stream.REPLICATE, index)
    unit = np.arange(n) if groups is None else np.unique(groups, return_inverse=True)[1]
    n_units = int(unit.max()) + 1
    stratum = np.zeros(n_units, dtype=np.int64)
    if strata is not None:
        labels = np.unique(strata, return_inverse=True)[1]
        stratum[unit] = labels
        if (stratum[unit] != labels).any():
            raise ArgumentError("Each group must lie within one stratum; some spread over several.")
    counts = np.zeros(n_units, dtype=np.int64)
    for label in range(int(stratum.max()) + 1):
        pool = np.flatnonzero(stratum == label)
        drawn = pool[rng.integers(0, pool.size, pool.size)]
        counts += np.bincount(drawn, minlength=n_units)
    return counts[unit]


def counts_of(resamples: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Turn zero-based row numbers, shape (B, n), into counts; ArgumentError if any is outside."""
    rows = np.asarray(resamples)
    if rows.ndim != 2 or not np.issubdtype(rows.dtype, np.integer):
        raise ArgumentError(
            "`resamples` must be whole numbers of shape (replicates, draws); found "
            f"{rows.dtype} of shape {rows.shape}."
        )
    if rows.size == 0 or rows.min() < 0 or rows.max() >= n:
        raise ArgumentError(
            f"`resamples` holds row numbers from 0 to {n - 1}; found "
            f"{rows.min() if rows.size else 'none'} to {rows.max() if rows.size else 'none'}. "
            "Row numbers from R count from 1: subtract 1."
        )
    return np.stack([np.bincount(row, minlength=n) for row in rows])
