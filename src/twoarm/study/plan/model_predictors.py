"""What outcome models see, and what a study without predictors has instead."""

from __future__ import annotations

import numpy as np

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.cohort import Cohort
from twoarm.metalearners import Predictors

__all__ = ["NO_PREDICTORS", "model_predictors"]

NO_PREDICTORS = "the study names no predictors, so there are no models of benefit"
"""Why whatever rests on such models is absent."""

_SAME = Predictor(column="same for everybody", type="number")


def model_predictors(cohort: Cohort) -> Predictors:
    """Give the cohort's predictors; one that is the same for everybody if there are none."""
    if cohort.codebook:
        return Predictors(cohort.codebook, cohort.predictors)
    return Predictors((_SAME,), np.zeros((len(cohort), 1)))
