"""The measures of replicates: on their resample, on everybody, on those not drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.scores import MEASURES, score_replicates

__all__ = ["SCORES", "score", "score_all"]

SCORES = MEASURES
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
        is not defined, such as the AUC of patients who all have the event; measures that need a
        regression are not made out of bag, those that need a smoother for the original alone.
    """
    table: NDArray[np.float64] = score_all(risk[None], outcome, counts[None])[0]
    return table


def score_all(
    risk: NDArray[np.floating], outcome: NDArray[np.int64], counts: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Measure many replicates; risk and counts have shape (replicates, n).

    Returns
    -------
    ndarray, shape (replicates, measures, 3)
        As `score`; NaN throughout where any prediction of a replicate is not finite.
    """
    table: NDArray[np.float64] = score_replicates(
        np.ascontiguousarray(risk, dtype=np.float64),
        np.ascontiguousarray(outcome, dtype=np.int64),
        np.ascontiguousarray(counts, dtype=np.int64),
    )
    return table
