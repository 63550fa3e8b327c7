"""Predictors prepared once for many fits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.kernels.columns import bin_columns
from twoarm.kernels.data import Columns

__all__ = ["MOST_WEIGHT", "Prepared", "checked_weight", "prepare", "rows_of", "values_of"]

LARGEST = 1e100
"""Largest predictor, either sign: the kernels square what they read."""

MOST_WEIGHT = 2**24
"""Largest sum of case weights: the trees count in packed 64-bit integers."""


def values_of(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lay predictors (n, p) out as the kernels read them, (columns, rows), in memory of their own.

    Raises
    ------
    ArgumentError
        If a value is missing, infinite, or too large to be squared.
    """
    values = np.array(matrix.T, dtype=np.float64, order="C")
    fits = (np.abs(values) <= LARGEST).all(axis=1)
    if not fits.all():
        column = int(np.flatnonzero(~fits)[0])
        if np.isfinite(values[column]).all():
            raise ArgumentError(
                f"The learners of twoarm need predictors between -1e100 and 1e100; column {column} "
                f"of X holds {values[column][np.abs(values[column]).argmax()]:g}. Is it the code "
                "of a missing value?"
            )
        raise ArgumentError(
            f"The learners of twoarm need finite predictors; column {column} of X holds missing or "
            "infinite values. Impute them first, inside the resampling (for example in a pipeline)."
        )
    return values


@dataclass(frozen=True)
class Prepared:
    """Predictors of n patients; turned into numbers, sorted and binned when first asked for.

    Attributes
    ----------
    given : array or data frame, n rows
        As it came; classifiers of other libraries get rows of this.
    weight : ndarray of int64, shape (n,)
        How often each row counts for the bin edges; ones where many resamples share them.
    """

    given: Any
    weight: NDArray[np.int64]

    def __reduce__(self) -> tuple[type[Prepared], tuple[Any, NDArray[np.int64]]]:
        # Another process computes the rest anew: arrays that travel arrive read-only, and numba
        # would compile every kernel once more for them.
        return Prepared, (self.given, self.weight)

    @cached_property
    def X(self) -> NDArray[np.float64]:
        """The predictors as numbers, shape (n, p); ArgumentError if they are none."""
        try:
            return np.ascontiguousarray(self.given, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ArgumentError(
                f"The learners of twoarm need predictors that are numbers ({error}). Encode them "
                "first, inside the resampling (for example in a pipeline)."
            ) from error

    @cached_property
    def columns(self) -> Columns:
        """Sorted and binned columns; raises ArgumentError if a value is missing."""
        values = values_of(self.X)
        order = np.argsort(values, axis=1, kind="stable").astype(np.uint32)
        codes, cuts, n_bins = bin_columns(values, order, self.weight.astype(np.float64))
        both_layouts = np.concatenate([codes.ravel(), codes.T.ravel()])
        return Columns(values, order, codes, both_layouts, cuts, n_bins)


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
    fits = np.isfinite(given) & (given >= 0) & (whole == given)
    if not fits.all():
        raise ArgumentError(
            "Sample weights count copies of a row: whole numbers, 0 or larger. Found "
            f"{given[~fits][:3].tolist()}."
        )
    if not whole.any():
        raise ArgumentError("All sample weights are zero; there is nothing to learn from.")
    if whole.sum() > MOST_WEIGHT:
        raise ArgumentError(
            f"Sample weights count copies of a row; together at most {MOST_WEIGHT} rows can be "
            f"learnt from, found {whole.sum():.0f}. Divide the weights by a common factor."
        )
    return whole.astype(np.int64)


def prepare(X: Any, weight: ArrayLike | None = None) -> Prepared:
    """Prepare predictors for many fits (see `Prepared`).

    Examples
    --------
    >>> prepare([[1.0, 0.0], [2.0, 1.0], [2.0, 0.0]]).columns.n_bins
    array([2, 2])
    """
    given = X if hasattr(X, "iloc") else np.asarray(X)
    if given.ndim != 2 or 0 in given.shape:
        raise ArgumentError(
            f"Predictors must be a table (n, p) with a row and a column at least; found shape "
            f"{given.shape}."
        )
    return Prepared(given, checked_weight(weight, given.shape[0]))


def rows_of(table: Any, rows: NDArray[np.int64]) -> Any:
    """Give rows of a table as `prepare` takes it: an array, or a data frame with its columns.

    Examples
    --------
    >>> rows_of(np.array([[1.0], [2.0], [3.0]]), np.array([2, 0])).tolist()
    [[3.0], [1.0]]
    """
    return table.iloc[rows] if hasattr(table, "iloc") else table[rows]
