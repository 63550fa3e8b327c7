"""Whole-array steps written as plain loops, which compile in a tenth of the time.

For ``target[:] = source`` numba compiles broadcasting and the text of an error, most of a second in
each kernel that holds it; for ``np.abs(values).max()`` a reduction over any number of dimensions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.jit import kernel

__all__ = ["largest_size", "overwrite"]


@kernel
def overwrite(target: NDArray[Any], source: NDArray[Any]) -> None:
    """Copy the source's numbers to the front of the target; both are vectors."""
    for i in range(source.shape[0]):
        target[i] = source[i]


@kernel
def largest_size(values: NDArray[np.float64]) -> float:
    """Give the largest absolute value of a vector, NaN if one of them is NaN."""
    largest = 0.0
    for value in values:
        if np.isnan(value):
            return np.nan
        largest = max(largest, abs(value))
    return largest
