"""The doubly robust average effect (AIPW) with its interval."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics.comparability.influence import influence_interval, leave_one_out
from twoarm.diagnostics.comparability.population import (
    Population,
    population_scores,
    target_weights,
)
from twoarm.diagnostics.comparability.weighting import population_weights
from twoarm.metrics import Estimate

__all__ = ["doubly_robust_effect"]

Floats = NDArray[np.float64]


def doubly_robust_effect(
    outcome: Floats,
    treatment: NDArray[np.int64],
    mu0: Floats,
    mu1: Floats,
    propensity: Floats,
    population: Population = "all",
    *,
    effect: float | None = None,
) -> Estimate:
    """Give the mean of the doubly robust scores, or another estimate with their error.

    The standard error is that of the influence function, SD / sqrt(n), nuisances taken as known.
    The interval reaches farther where few patients carry much of the weight: their residuals are
    inflated as in HC3, and t has the degrees of freedom of `influence_interval`.

    Parameters
    ----------
    outcome, treatment, mu0, mu1, propensity : ndarray, shape (n,)
        As in `population_scores`.
    population : {"all", "treated", "overlap"}
    effect : float, optional
        A targeted estimate; mu0 and mu1 are then its targeted predictions.

    Examples
    --------
    >>> y, w, half = np.array([0.0, 1.0, 1.0, 1.0]), np.array([0, 0, 1, 1]), np.full(4, 0.5)
    >>> found = doubly_robust_effect(y, w, half, half, half)
    >>> found.estimate, round(found.se, 4)
    (0.5, 0.5)
    """
    scores = population_scores(outcome, treatment, mu0, mu1, propensity, population)
    influence = scores.influence[1] - scores.influence[0]
    n = influence.size
    se = float(influence.std(ddof=1)) / math.sqrt(n)
    scale = float(target_weights(population, treatment, propensity).mean())
    weights = population_weights(population, treatment, propensity)
    inflated = influence.copy()
    for arm, mu in ((0, mu0), (1, mu1)):
        rows = treatment == arm
        residuals = (2 * arm - 1) * weights[rows] * (outcome[rows] - mu[rows]) / scale
        inflated[rows] += leave_one_out(residuals, weights[rows]) - residuals
    estimate = scores.effect if effect is None else effect
    return influence_interval(estimate, se, inflated / n)
