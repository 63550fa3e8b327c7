"""The checks that every metric makes of its arrays, and the regression that several need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.kernels.recalibration import recalibrate
from twoarm.kernels.scores import LOGIT_LIMIT

__all__ = ["Recalibration", "checked", "linear_predictor", "recalibrated"]


def checked(
    y: ArrayLike, p: ArrayLike, weight: ArrayLike | None
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Give outcome, probability and weight as arrays of one length.

    Raises
    ------
    ArgumentError
        If lengths differ, an outcome is not 0 or 1, a probability is outside 0 to 1, or a weight
        is negative or infinite; or if anything is missing, or no number.
    """
    outcome, risk = _numbers(y, "Outcomes"), _numbers(p, "Probabilities")
    weights = np.ones(risk.shape) if weight is None else _numbers(weight, "Weights")
    if risk.ndim != 1 or outcome.shape != risk.shape or weights.shape != risk.shape:
        raise ArgumentError(
            "Outcome, probability and weight must be one-dimensional and equally long; found "
            f"shapes {outcome.shape}, {risk.shape} and {weights.shape}."
        )
    if not np.isin(outcome, (0, 1)).all():
        raise ArgumentError(
            f"Outcomes must be 0 or 1; found {outcome[~np.isin(outcome, (0, 1))][:3]}."
        )
    if not ((risk >= 0) & (risk <= 1)).all():
        raise ArgumentError(
            "Probabilities must lie between 0 and 1; found "
            f"{risk[~((risk >= 0) & (risk <= 1))][:3]}."
        )
    counts = (weights >= 0) & np.isfinite(weights)
    if not counts.all():
        raise ArgumentError(f"Weights must be finite, 0 or larger; found {weights[~counts][:3]}.")
    return outcome.astype(np.int64), risk, weights


def _numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Give numbers in memory of their own, as the kernels want them."""
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name} must be numbers ({error}).") from error


def linear_predictor(risk: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the logit of probabilities, kept in 1e-6 to 1 - 1e-6."""
    kept = np.clip(risk, LOGIT_LIMIT, 1.0 - LOGIT_LIMIT)
    return np.asarray(np.log(kept / (1.0 - kept)))


@dataclass(frozen=True, slots=True)
class Recalibration:
    """A logistic regression of the outcome on the linear predictor of its predictions."""

    outcome: NDArray[np.int64]
    lp: NDArray[np.float64]
    weight: NDArray[np.float64]
    intercept: float
    slope: float
    loss: float


def recalibrated(y: ArrayLike, p: ArrayLike, weight: ArrayLike | None) -> Recalibration:
    """Check the arrays and regress the outcome on logit p."""
    outcome, risk, weights = checked(y, p, weight)
    lp = linear_predictor(risk)
    return Recalibration(outcome, lp, weights, *recalibrate(lp, outcome, weights))
