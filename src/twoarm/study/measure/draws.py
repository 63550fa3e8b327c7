"""The resamples of the replicates, drawn again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.study.plan.plan import Plan

__all__ = ["draws"]


def draws(plan: Plan, done: NDArray[np.int64]) -> NDArray[np.unsignedinteger]:
    """Draw the replicates again, shape (replicates, patients): cheaper than keeping them.

    As the smallest integers that hold the cohort's size: nobody is drawn more often.
    """
    n = len(plan.cohort)
    counts = np.empty((done.size, n), dtype=np.min_scalar_type(n))
    for row, index in enumerate(done):
        counts[row] = plan.draw(int(index))
    return counts
