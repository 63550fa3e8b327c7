"""Targeted maximum likelihood: outcome models nudged until the average is free of first-order bias.

Van der Laan, Rubin 2006, doi 10.2202/1557-4679.1043; for outcomes that are numbers: Gruber, van
der Laan 2010, doi 10.2202/1557-4679.1260.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from twoarm.metalearners.scores import dr_scores
from twoarm.metrics import Estimate, wald

__all__ = ["targeted_effect"]

Floats = NDArray[np.float64]

_CLIP = 0.0005
"""Initial predictions stay this far from 0 and 1, as in R's tmle (1 - alpha, alpha = 0.9995)."""
_SATURATED = 40.0
"""A shift of the logit beyond which a double precision probability is 0 or 1."""


def targeted_effect(
    y: Floats, treatment: NDArray[np.int64], mu0: Floats, mu1: Floats, propensity: Floats
) -> Estimate:
    """Give the targeted estimate of the average effect, its error from the influence curve.

    Outcomes other than 0 to 1 are brought to that range by their smallest and largest value, and
    the estimate back to the scale of y.

    Examples
    --------
    >>> y, w, half = np.array([0.0, 1.0, 1.0, 1.0]), np.array([0, 0, 1, 1]), np.full(4, 0.5)
    >>> round(targeted_effect(y, w, half, half, half).estimate, 6)
    0.5
    """
    within = y.min() >= 0.0 and y.max() <= 1.0
    low, spread = (0.0, 1.0) if within else (float(y.min()), float(np.ptp(y)))
    unit = (y - low) / spread
    targeted = []
    for arm, mu in enumerate((mu0, mu1)):
        start = logit(np.clip((mu - low) / spread, _CLIP, 1.0 - _CLIP))
        clever = 1.0 / (propensity if arm else 1.0 - propensity)
        seen = treatment == arm
        step = _fluctuation(unit[seen], start[seen], clever[seen])
        targeted.append(expit(start + step * clever))
    scores = dr_scores(unit, treatment, targeted[0], targeted[1], propensity)
    effect = float((targeted[1] - targeted[0]).mean())
    return wald(spread * effect, spread * float(scores.std(ddof=1)) / math.sqrt(y.size))


def _fluctuation(y: Floats, start: Floats, clever: Floats) -> float:
    """Solve sum H (y - expit(start + step H)) = 0 for the step: the score falls with the step.

    With all outcomes 0 (or 1) in an arm there is no finite root; the step is then the one beyond
    which predictions no longer change.
    """

    def score(step: float) -> float:
        return float(clever @ (y - expit(start + step * clever)))

    far = (_SATURATED + float(np.abs(start).max())) / float(clever.min())
    if score(far) >= 0.0:
        return far
    if score(-far) <= 0.0:
        return -far
    return float(brentq(score, -far, far, xtol=1e-13))
