"""How differently the replicates' models of one arm and outcome perform, from what they left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.resampling import ModelSpread, model_spread, replicates_needed

__all__ = ["spread_of"]


def spread_of(
    risk: NDArray[np.generic],
    counts: NDArray[np.integer],
    done: NDArray[np.int64],
    own: NDArray[np.bool_],
    outcome: NDArray[np.int64],
) -> ModelSpread:
    """Give the spread from as many of the first replicates as it needs.

    `risk`, shape (replicates, patients), is an array of the store; `counts`, shape (done,
    patients), how often the replicates `done` drew each patient; `own` the patients that are
    measured, and `outcome` theirs.
    """
    first = slice(0, replicates_needed(outcome.size))
    stored = risk[done[first]][:, own].astype(np.float64)
    return model_spread(stored, outcome, counts[first][:, own])
