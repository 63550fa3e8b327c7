"""The checks that resampling makes of outcomes and labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError

__all__ = ["binary", "labels_of"]


def binary(y: ArrayLike) -> NDArray[np.int64]:
    """Code an outcome of two classes as 0 and 1; the second in sorted order is the event."""
    labels = np.asarray(y)
    classes = np.unique(labels)
    if labels.ndim != 1 or classes.size != 2:
        raise ArgumentError(
            f"The outcome must be one column of two classes; found shape {labels.shape} and "
            f"{classes.size} different values."
        )
    return np.asarray(labels == classes[1], dtype=np.int64)


def labels_of(values: ArrayLike | None, n: int) -> NDArray[Any] | None:
    """Check that strata or groups have one label a row."""
    if values is None:
        return None
    labels = np.asarray(values)
    if labels.shape != (n,):
        raise ArgumentError(f"Strata and groups need one label a row; found shape {labels.shape}.")
    return labels
