"""Average effects by weighting patients, so that both arms stand for the same population."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics.comparability.influence import influence_interval, leave_one_out
from twoarm.diagnostics.comparability.population import Population
from twoarm.metrics import Estimate

__all__ = [
    "effective_df",
    "effective_sample_size",
    "inverse_weights",
    "overlap_weights",
    "population_weights",
    "weighted_difference",
]

Floats = NDArray[np.float64]


def inverse_weights(treatment: NDArray[np.int64], propensity: Floats) -> Floats:
    """Give 1 / e to the treated and 1 / (1 - e) to controls: both arms stand for everybody."""
    return np.where(treatment == 1, 1.0 / propensity, 1.0 / (1.0 - propensity))


def overlap_weights(treatment: NDArray[np.int64], propensity: Floats) -> Floats:
    """Give 1 - e to the treated and e to controls: patients whose treatment was open count most.

    Li, Morgan, Zaslavsky 2018, doi 10.1080/01621459.2016.1260466. If the propensity comes from a
    logistic regression without penalty, the weighted arms have equal means of its columns.
    """
    return np.where(treatment == 1, 1.0 - propensity, propensity)


def population_weights(
    population: Population, treatment: NDArray[np.int64], propensity: Floats
) -> Floats:
    """Give the weights with which either arm stands for a population.

    Inverse probability weights for everybody; 1 for the treated and the odds e / (1 - e) for
    controls to stand for the treated; overlap weights.

    Examples
    --------
    >>> weights = population_weights("treated", np.array([0, 1]), np.array([0.75, 0.5]))
    >>> weights.tolist()
    [3.0, 1.0]
    """
    if population == "treated":
        return np.where(treatment == 1, 1.0, propensity / (1.0 - propensity))
    if population == "overlap":
        return overlap_weights(treatment, propensity)
    return inverse_weights(treatment, propensity)


def effective_sample_size(weights: Floats) -> float:
    """Give (sum w)^2 / sum w^2: how many equally weighted patients carry as much information.

    Examples
    --------
    >>> effective_sample_size(np.array([1.0, 1.0, 0.0]))
    2.0
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


def effective_df(treatment: NDArray[np.int64], weights: Floats) -> float:
    """Give the degrees of freedom of a weighted difference of arms: 1 or more.

    What the patients of the smaller arm are worth, less one.

    Examples
    --------
    >>> effective_df(np.array([0, 0, 0, 1, 1, 1]), np.array([1.0, 1.0, 1.0, 4.0, 1.0, 1.0]))
    1.0
    >>> effective_df(np.array([0, 0, 0, 1, 1, 1]), np.ones(6))
    2.0
    """
    worth = min(effective_sample_size(weights[treatment == arm]) for arm in (0, 1))
    return max(1.0, worth - 1.0)


def weighted_difference(y: Floats, treatment: NDArray[np.int64], weights: Floats) -> Estimate:
    """Give the difference of weighted means (Hajek), with the sandwich error of that regression.

    The error takes the weights as known. For inverse probability weights from a regression that
    is too wide on average (Lunceford, Davidian 2004, doi 10.1002/sim.1903), never too narrow in
    large samples. The interval reaches farther where few patients carry much of the weight: errors
    as in HC3, t with the degrees of freedom of `influence_interval` and at most `effective_df`.

    Examples
    --------
    >>> arm, ones = np.array([0, 0, 1, 1]), np.ones(4)
    >>> weighted_difference(np.array([0.0, 1.0, 1.0, 1.0]), arm, ones).estimate
    0.5
    """
    means, shares = [], np.empty(y.size)
    inflated = np.empty(y.size)
    for arm in (0, 1):
        rows = treatment == arm
        w, values = weights[rows], y[rows]
        mean = float(w @ values / w.sum())
        means.append(mean)
        shares[rows] = w * (values - mean) / w.sum()
        inflated[rows] = leave_one_out(shares[rows], w)
    return influence_interval(
        means[1] - means[0],
        math.sqrt(float(shares @ shares)),
        inflated,
        effective_df(treatment, weights),
    )
