"""The checks that the measures of benefit make of their arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, NotEstimable

__all__ = ["arms", "outcomes", "probabilities", "same_length"]


def same_length(**arrays: ArrayLike) -> list[NDArray[np.float64]]:
    """Give the named arrays as numbers; ArgumentError unless all are complete and equally long."""
    numbers = []
    for name, values in arrays.items():
        try:
            numbers.append(np.array(values, dtype=np.float64))
        except (TypeError, ValueError) as error:
            raise ArgumentError(f"`{name}` must be numbers ({error}).") from error
    shapes = {name: array.shape for name, array in zip(arrays, numbers, strict=True)}
    if (
        any(array.ndim != 1 or array.size == 0 for array in numbers)
        or len(set(shapes.values())) > 1
    ):
        raise ArgumentError(f"Expected vectors of one length, at least 1; found shapes {shapes}.")
    for name, array in zip(arrays, numbers, strict=True):
        if not np.isfinite(array).all():
            raise ArgumentError(
                f"`{name}` must be complete and finite: leave out patients without it; found "
                f"{int((~np.isfinite(array)).sum())} of {array.size} missing or infinite."
            )
    return numbers


def outcomes(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give outcomes back; ArgumentError unless all are 0 or 1."""
    if not np.isin(y, (0.0, 1.0)).all():
        raise ArgumentError(f"Outcomes must be 0 or 1; found {y[~np.isin(y, (0.0, 1.0))][:3]}.")
    return y


def arms(treatment: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Give who was treated; ArgumentError unless there are patients in both arms, 0 and 1."""
    if not np.array_equal(np.unique(treatment), (0.0, 1.0)):
        raise NotEstimable(
            "Treatment must be 0 (control) or 1 (treated), with patients in both arms; found "
            f"{np.unique(treatment).tolist()[:5]}."
        )
    return np.asarray(treatment == 1.0, dtype=np.bool_)


def probabilities(*risks: NDArray[np.float64]) -> None:
    """Raise ArgumentError unless all are between 0 and 1."""
    for risk in risks:
        outside = (risk < 0.0) | (risk > 1.0)
        if outside.any():
            raise ArgumentError(f"Probabilities must lie in 0-1; found {risk[outside][:3]}.")
