"""How far are the predicted probabilities from what happened?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from twoarm.metrics.arrays import checked

__all__ = ["brier", "brier_no_information"]


def brier(y: ArrayLike, p: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Give the Brier score, the mean squared distance of probability and outcome.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    p : array_like, shape (n,)
        Predicted probability, 0 to 1.
    weight : array_like, shape (n,), optional
        How often each patient counts.

    Returns
    -------
    float
        0 (perfect) to 1; NaN if nobody counts.

    Examples
    --------
    >>> round(brier([0, 1], [0.1, 0.8]), 3)
    0.025
    """
    outcome, risk, weights = checked(y, p, weight)
    total = weights.sum()
    return float((weights * (outcome - risk) ** 2).sum() / total) if total > 0 else float("nan")


def brier_no_information(y: ArrayLike, p: ArrayLike) -> float:
    """Give the Brier score if outcomes and predictions had nothing to do with each other.

    The mean over all pairs of one patient's outcome and another's prediction: gamma of Efron and
    Tibshirani (1997), which .632+ needs. NaN if there is nobody.

    Examples
    --------
    >>> brier_no_information([0, 1], [0.0, 1.0])
    0.5
    """
    outcome, risk, _ = checked(y, p, None)
    if outcome.size == 0:
        return float("nan")
    share = outcome.mean()
    return float(share * np.mean((1.0 - risk) ** 2) + (1.0 - share) * np.mean(risk**2))
