"""What a cohort supports, arm by arm and outcome by outcome, before anything is fitted."""

from __future__ import annotations

import numpy as np

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.encoding import EncodingSpec
from twoarm.design import Support, supported_by

__all__ = ["model_parameters", "supported"]


def model_parameters(cohort: Cohort) -> int:
    """Count the columns of a cohort's predictors as every model sees them.

    A regression spends one parameter on each; splines, trees and the choice among members spend
    more.
    """
    return len(EncodingSpec.learn(cohort.codebook, cohort.predictors).names)


def supported(cohort: Cohort, outcome: str, arm: int) -> Support | None:
    """Say what the patients of one arm with a known outcome support; see `supported_by`.

    None if all of them, or none, have the event, or there are no predictors.
    """
    if not cohort.codebook:
        return None
    values = cohort.outcomes[outcome][cohort.treatment == arm]
    n, events = int(np.isfinite(values).sum()), int(np.sum(values == 1))
    return supported_by(n, events, parameters=model_parameters(cohort))
