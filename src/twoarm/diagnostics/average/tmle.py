"""Targeted maximum likelihood: outcome models nudged until the average is free of first-order bias.

Van der Laan, Rubin 2006, doi 10.2202/1557-4679.1043; for outcomes that are numbers: Gruber, van
der Laan 2010, doi 10.2202/1557-4679.1260.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from twoarm.diagnostics.comparability.population import Population, target_weights
from twoarm.diagnostics.comparability.weighting import population_weights

__all__ = ["targeted"]

Floats = NDArray[np.float64]

_CLIP = 0.0005
"""Initial predictions stay this far from 0 and 1, as in R's tmle (1 - alpha, alpha = 0.9995)."""
_SATURATED = 40.0
"""A shift of the logit beyond which a double precision probability is 0 or 1."""


def targeted(
    y: Floats,
    treatment: NDArray[np.int64],
    mu0: Floats,
    mu1: Floats,
    propensity: Floats,
    population: Population = "all",
) -> tuple[float, Floats, Floats]:
    """Give the targeted estimate of the average effect, and the targeted predictions of both arms.

    Each arm's predictions are shifted on the logit scale by one number, fitted with the weights
    that let the arm stand for the population. So the estimate is bounded by the outcomes' range,
    however large a weight: with the weight as a covariate instead, single patients' predictions
    are moved to 0 or 1 (R's tmle weights by default too, ``target.gwt``).

    Outcomes other than 0 to 1 are brought to that range by their smallest and largest value, and
    back.

    Examples
    --------
    >>> y, w, half = np.array([0.0, 1.0, 1.0, 1.0]), np.array([0, 0, 1, 1]), np.full(4, 0.5)
    >>> round(targeted(y, w, half, half, half)[0], 6)
    0.5
    """
    within = y.min() >= 0.0 and y.max() <= 1.0
    low, spread = (0.0, 1.0) if within else (float(y.min()), float(np.ptp(y)))
    unit = (y - low) / spread
    weights = population_weights(population, treatment, propensity)
    moved = []
    for arm, mu in enumerate((mu0, mu1)):
        start = logit(np.clip((mu - low) / spread, _CLIP, 1.0 - _CLIP))
        seen = treatment == arm
        moved.append(low + spread * expit(start + _shift(unit[seen], start[seen], weights[seen])))
    target = target_weights(population, treatment, propensity)
    effect = float(np.average(moved[1] - moved[0], weights=target))
    return effect, moved[0], moved[1]


def _shift(y: Floats, start: Floats, weights: Floats) -> float:
    """Solve sum w (y - expit(start + shift)) = 0: the score falls with the shift.

    With all outcomes 0 (or 1) in an arm there is no finite root; the shift is then the one beyond
    which predictions no longer change.
    """

    def score(shift: float) -> float:
        return float(weights @ (y - expit(start + shift)))

    far = _SATURATED + float(np.abs(start).max())
    if score(far) >= 0.0:
        return far
    if score(-far) <= 0.0:
        return -far
    return float(brentq(score, -far, far, xtol=1e-13))
