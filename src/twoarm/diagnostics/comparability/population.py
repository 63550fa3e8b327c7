"""Over whom an effect is averaged: everybody, the treated, or where treatment was most open.

Li, Morgan, Zaslavsky 2018, doi 10.1080/01621459.2016.1260466: each average is one of a family of
weighted averages of the effect given X, with weights 1, e and e (1 - e).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.cohort.studyfile import Population
from twoarm.errors import ArgumentError
from twoarm.metalearners.scores import arm_scores

__all__ = [
    "NAMES",
    "OVER",
    "Population",
    "PopulationScores",
    "over",
    "population_scores",
    "target_weights",
]

Floats = NDArray[np.float64]

NAMES: Final[dict[Population, str]] = {"all": "ate", "treated": "att", "overlap": "ato"}
"""Short names of the averages."""

OVER: Final[dict[Population, str]] = {
    "all": "over all patients",
    "treated": "over the treated",
    "overlap": "in the overlap population",
}
"""How a sentence names them."""


@dataclass(frozen=True, slots=True)
class PopulationScores:
    """Doubly robust scores of both arms in a population; each of shape (n,).

    Attributes
    ----------
    phi0, phi1 : ndarray
        Their means estimate the mean outcome of the population under control and under treatment.
    weight : ndarray
        How much each patient belongs to the population; the mean is 1. A mean of predictions over
        the population is ``(weight * prediction).mean()``.
    """

    phi0: Floats
    phi1: Floats
    weight: Floats

    @property
    def effect(self) -> float:
        """Doubly robust estimate (AIPW) of mu1 - mu0 in the population."""
        return float((self.phi1 - self.phi0).mean())

    @property
    def influence(self) -> tuple[Floats, Floats]:
        """Deviations of either arm's mean: variances over n are those of the two means."""
        return (
            self.phi0 - self.phi0.mean() * self.weight,
            self.phi1 - self.phi1.mean() * self.weight,
        )


def over(study: Study) -> str:
    """Name the study's population after an average, with a space before; empty for everybody."""
    population = study.file.target_trial.population
    return "" if population == "all" else f" {OVER[population]}"


def target_weights(
    population: Population, treatment: NDArray[np.int64], propensity: Floats
) -> Floats:
    """Give how much each patient counts in the population, without a scale.

    Examples
    --------
    >>> target_weights("overlap", np.array([0, 1]), np.array([0.5, 0.9])).round(2).tolist()
    [0.25, 0.09]
    """
    if population == "all":
        return np.ones(propensity.size)
    if population == "treated":
        return treatment.astype(np.float64)
    if population == "overlap":
        return propensity * (1.0 - propensity)
    raise ArgumentError(f"A population is one of {get_args(Population)}; found {population!r}.")


def population_scores(
    outcome: ArrayLike,
    treatment: ArrayLike,
    mu0: ArrayLike,
    mu1: ArrayLike,
    propensity: ArrayLike,
    population: Population,
) -> PopulationScores:
    """Give each patient's doubly robust scores of both arms' means in a population.

    Parameters
    ----------
    outcome, treatment, mu0, mu1, propensity : array_like, shape (n,)
        As in `arm_scores`.
    population : {"all", "treated", "overlap"}
        The average effect over everybody (ATE), over the treated (ATT), or with weights e (1 - e)
        (ATO).

    Raises
    ------
    ArgumentError
        If the arrays do not fit together, or the population has no such name.

    Notes
    -----
    The treated are the patients who were treated, not weights e: the mean under treatment is then
    that of their outcomes, and only controls are weighted, by e / (1 - e). In the overlap
    population the weights e (1 - e) are taken as known.

    References
    ----------
    Hahn J. Econometrica 1998;66:315-331, doi 10.2307/2998560 (the treated); Mao H, Li L, Greene T.
    Stat Methods Med Res 2019;28:2439-2454, doi 10.1177/0962280218781171 (augmented estimates).

    Examples
    --------
    >>> half = [0.5, 0.5]
    >>> found = population_scores([1, 0], [1, 0], [0.25, 0.25], half, half, "treated")
    >>> found.phi1.tolist(), found.phi0.tolist(), found.weight.tolist()
    ([2.0, 0.0], [0.5, -0.5], [2.0, 0.0])
    """
    phi0, phi1 = arm_scores(outcome, treatment, mu0, mu1, propensity)
    arm, e = np.asarray(treatment).astype(np.int64), np.asarray(propensity, dtype=np.float64)
    target = target_weights(population, arm, e)
    if population == "treated":
        # Weighted by e, and the predictions moved from the weights e to the treated themselves.
        m0, m1 = np.asarray(mu0, dtype=np.float64), np.asarray(mu1, dtype=np.float64)
        phi0, phi1 = e * phi0 + (target - e) * m0, e * phi1 + (target - e) * m1
    elif population == "overlap":
        phi0, phi1 = target * phi0, target * phi1
    scale = float(target.mean())
    return PopulationScores(phi0 / scale, phi1 / scale, target / scale)
