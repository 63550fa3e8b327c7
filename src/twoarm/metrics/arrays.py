"""The checks that every metric makes of its arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError

__all__ = ["checked"]


def checked(
    y: ArrayLike, p: ArrayLike, weight: ArrayLike | None
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Give outcome, probability and weight as arrays of one length.

    Raises
    ------
    ArgumentError
        If lengths differ, an outcome is not 0 or 1, a probability is outside 0 to 1, or a weight
        is negative; or if anything is missing.
    """
    outcome, risk = np.asarray(y), np.asarray(p, dtype=np.float64)
    weights = np.ones(risk.shape) if weight is None else np.asarray(weight, dtype=np.float64)
    if risk.ndim != 1 or outcome.shape != risk.shape or weights.shape != risk.shape:
        raise ArgumentError(
            "Outcome, probability and weight must be one-dimensional and equally long; found "
            f"shapes {outcome.shape}, {risk.shape} and {weights.shape}."
        )
    if not np.isin(outcome, (0, 1)).all():
        raise ArgumentError(
            f"Outcomes must be 0 or 1; found {np.unique(outcome[~np.isin(outcome, (0, 1))])[:3]}."
        )
    if not ((risk >= 0) & (risk <= 1)).all():
        raise ArgumentError(
            "Probabilities must lie between 0 and 1; found "
            f"{risk[~((risk >= 0) & (risk <= 1))][:3]}."
        )
    if not (weights >= 0).all():
        raise ArgumentError(f"Weights must be 0 or larger; found {weights[~(weights >= 0)][:3]}.")
    return outcome.astype(np.int64), risk, weights
