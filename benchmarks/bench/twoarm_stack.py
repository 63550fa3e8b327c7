"""Our stack, by the entry that every replicate of a study takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from twoarm.learners import Prepared, Stack, prepare, replicate

__all__ = ["FOLDS", "prepared_cohort", "prepared_work", "work"]

FOLDS = 5


def prepared_cohort(X: np.ndarray) -> Prepared:
    """Sort and bin the columns, which a study does once for all its replicates."""
    prepared = prepare(X)
    assert prepared.columns.values.shape == X.shape[::-1]  # asked for, so made
    return prepared


def prepared_work(
    members: Sequence[str], prepared: Prepared, y: np.ndarray
) -> Callable[[], np.ndarray]:
    """Fit a stack of these members and predict the cohort."""
    everybody = np.ones(y.size, dtype=np.bool_)
    stack, counts = Stack(list(members), inner_folds=FOLDS), np.ones(y.size, dtype=np.int64)
    return lambda: replicate(stack, prepared, y, counts, wanted=everybody, seed=1).risk


def work(members: Sequence[str], X: np.ndarray, y: np.ndarray) -> Callable[[], np.ndarray]:
    """Do the same from the bare table: sorting and binning included."""
    return lambda: prepared_work(members, prepared_cohort(X), y)()
