"""Predictors prepared once for many fits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.kernels.columns import bin_columns
from twoarm.kernels.stack import Columns

__all__ = ["Prepared", "checked_weight", "prepare"]


@dataclass(frozen=True)
class Prepared:
    """A matrix of predictors; sorted and binned when a kernel first asks for it.

    Attributes
    ----------
    X : ndarray, shape (n, p)
        Predictors as numbers.
    weight : ndarray of int64, shape (n,)
        How often each row counts for the bin edges; ones where many resamples share them.
    """

    X: NDArray[np.float64]
    weight: NDArray[np.int64]

    @cached_property
    def columns(self) -> Columns:
        """Sorted and binned columns; raises ArgumentError if a value is missing."""
        values = np.ascontiguousarray(self.X.T, dtype=np.float64)
        missing = np.flatnonzero(~np.isfinite(values).all(axis=1))
        if missing.size:
            raise ArgumentError(
                "The learners of twoarm need finite predictors; column "
                f"{missing[0]} of X holds missing or infinite values. Impute them first, inside "
                "the resampling (for example in a pipeline)."
            )
        order = np.argsort(values, axis=1, kind="stable").astype(np.uint32)
        codes, cuts, n_bins = bin_columns(values, order, self.weight.astype(np.float64))
        return Columns(values, order, codes, cuts, n_bins)


def checked_weight(sample_weight: ArrayLike | None, n: int) -> NDArray[np.int64]:
    """Give case weights as whole numbers; raise ArgumentError for anything else."""
    if sample_weight is None:
        return np.ones(n, dtype=np.int64)
    given = np.asarray(sample_weight, dtype=np.float64)
    if given.ndim == 0:
        given = np.full(n, float(given))
    if given.shape != (n,):
        raise ArgumentError(f"Expected {n} sample weights, one a row; found shape {given.shape}.")
    whole = np.rint(given)
    if not np.isfinite(given).all() or (given < 0).any() or (whole != given).any():
        raise ArgumentError(
            "Sample weights count copies of a row: whole numbers, 0 or larger. Found "
            f"{given[(whole != given) | ~(given >= 0)][:3].tolist()}."
        )
    if not whole.any():
        raise ArgumentError("All sample weights are zero; there is nothing to learn from.")
    return whole.astype(np.int64)


def prepare(X: ArrayLike, weight: ArrayLike | None = None) -> Prepared:
    """Prepare predictors for many fits (see `Prepared`).

    Examples
    --------
    >>> prepare([[1.0, 0.0], [2.0, 1.0], [2.0, 0.0]]).columns.n_bins
    array([2, 2])
    """
    matrix = np.ascontiguousarray(X, dtype=np.float64)
    return Prepared(matrix, checked_weight(weight, matrix.shape[0]))
