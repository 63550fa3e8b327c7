"""The measures of one replicate: on its resample, on everybody, on those not drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.ranks import concordance

__all__ = ["SCORES", "score"]

SCORES = ("auc", "brier")
"""Measures, in the order of the rows of `score`."""


def score(
    risk: NDArray[np.float64], outcome: NDArray[np.int64], counts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Measure one replicate's predictions.

    Parameters
    ----------
    risk, outcome, counts : ndarray, shape (n,)
        Predictions for all patients, their outcomes, and how often the replicate drew them.

    Returns
    -------
    ndarray, shape (measures, 3)
        Columns: the resample, the original patients, the patients not drawn. NaN where a measure
        is not defined, such as the AUC of patients who all have the event.
    """
    sets = np.stack([counts, np.ones_like(counts), counts == 0]).astype(np.float64)
    total = sets.sum(axis=1)
    squared = sets @ (outcome - risk) ** 2
    brier = np.divide(squared, total, out=np.full(3, np.nan), where=total > 0)
    return np.stack([concordance(risk, outcome, sets), brier])
