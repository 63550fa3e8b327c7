"""Do several predictions of the same patients put them into the same order?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

__all__ = ["rank_correlation"]


def rank_correlation(rows: Sequence[ArrayLike] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Give Spearman's correlations of several variables of the same patients.

    `scipy.stats.spearmanr` of a matrix gives up on all pairs where one of its first two columns
    does not vary.

    Parameters
    ----------
    rows : sequence of array_like, each of shape (n,)
        One variable a row.

    Returns
    -------
    ndarray, shape (variables, variables)
        NaN with a variable that is the same in everybody.

    Examples
    --------
    >>> rank_correlation([[0.1, 0.2, 0.3], [3.0, 2.0, 9.0], [1.0, 1.0, 1.0]])[0].round(6)
    array([1. , 0.5, nan])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.atleast_2d(np.corrcoef([rankdata(row) for row in rows]))
