"""Concordance by ranks, for several sets of case weights at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.jit import kernel

__all__ = ["concordance"]


@kernel
def concordance(
    risk: NDArray[np.float64], outcome: NDArray[np.int64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the area under the ROC curve for each row of `weight`, shape (sets, n).

    The predictions are sorted once. Ties count one half. NaN where a set has no event or nothing
    but events, and for all sets if a prediction is missing.
    """
    n_sets, n = weight.shape
    order = np.argsort(risk)
    result = np.full(n_sets, np.nan)
    if n == 0 or np.isnan(risk[order[n - 1]]):  # missing ones sort last
        return result
    for s in range(n_sets):
        events, below, concordant = 0.0, 0.0, 0.0
        i = 0
        while i < n:
            tied_events, tied_others = 0.0, 0.0
            value = risk[order[i]]
            while i < n and risk[order[i]] == value:
                row = order[i]
                tied_events += weight[s, row] * outcome[row]
                tied_others += weight[s, row] * (1 - outcome[row])
                i += 1
            concordant += tied_events * (below + 0.5 * tied_others)
            below += tied_others
            events += tied_events
        pairs = events * below
        if pairs > 0.0:
            result[s] = concordant / pairs
    return result
