"""No estimate of an average effect lies beyond what the outcome allows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import NotEstimable
from twoarm.metrics import Estimate

__all__ = ["bounded", "possible"]


def possible(found: Estimate, outcome: NDArray[np.float64]) -> Estimate:
    """Give an average effect within the outcome's range.

    The range of an outcome between 0 and 1 is 1, that of any other what was seen of it. Weights and
    residuals know nothing of it. Limits of the interval end where the possible does.

    Raises
    ------
    NotEstimable
        If the estimate lies beyond.

    Examples
    --------
    >>> y = np.array([0.0, 1.0])
    >>> possible(Estimate(0.9, 0.2, 0.5, 1.3), y)
    Estimate(estimate=0.9, se=0.2, low=0.5, high=1.0)
    >>> possible(Estimate(-1.086, 4.07, -9.1, 6.9), y)
    Traceback (most recent call last):
    twoarm.errors.NotEstimable: the estimate of -1.09 lies beyond what is possible, -1 to 1
    """
    most = _most(outcome)
    # Rounding may carry an effect of everything against nothing a digit beyond.
    if abs(found.estimate) > most * (1.0 + 1e-9):
        raise NotEstimable(
            f"the estimate of {found.estimate:.3g} lies beyond what is possible, {-most:g} to "
            f"{most:g}"
        )
    return bounded(found, outcome)


def bounded(found: Estimate, outcome: NDArray[np.float64]) -> Estimate:
    """Give an estimate within the outcome's range, its limits ending there."""
    most = _most(outcome)
    low, high = np.clip((found.low, found.high), -most, most)
    return Estimate(found.estimate, found.se, float(low), float(high))


def _most(outcome: NDArray[np.float64]) -> float:
    """Give the largest difference of means that outcomes like these allow."""
    within = outcome.min() >= 0.0 and outcome.max() <= 1.0
    return 1.0 if within else float(np.ptp(outcome))
