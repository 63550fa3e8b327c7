"""The doubly robust average effect (AIPW) with its interval."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics.comparability.influence import inflated, influence_interval
from twoarm.diagnostics.comparability.population import (
    Population,
    population_scores,
    target_weights,
)
from twoarm.diagnostics.comparability.weighting import effective_df, population_weights
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
    inflated as in HC3, and t has the degrees of freedom of `influence_interval`, at most those of
    `effective_df`.

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
    residuals = weights * np.where(treatment == 1, outcome - mu1, mu0 - outcome) / scale
    contributions = inflated(influence, residuals, weights, treatment) / n
    estimate = scores.effect if effect is None else effect
    return influence_interval(estimate, se, contributions, effective_df(treatment, weights))
