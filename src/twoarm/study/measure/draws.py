"""The resamples of the replicates, drawn again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.study.plan.plan import Plan

__all__ = ["draws"]


def draws(plan: Plan, done: NDArray[np.int64]) -> NDArray[np.int32]:
    """Draw the replicates again, shape (replicates, patients): cheaper than keeping them."""
    counts = np.empty((done.size, len(plan.cohort)), dtype=np.int32)
    for row, index in enumerate(done):
        counts[row] = plan.draw(int(index))
    return counts
