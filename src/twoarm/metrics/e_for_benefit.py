"""How far are the predicted benefits of matched pairs from what was seen in them?

Maas CCHM, et al. BMC Med Res Methodol 2023;23:165, doi 10.1186/s12874-023-01974-w.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.metrics.direction import as_benefit
from twoarm.metrics.loess import loess
from twoarm.metrics.matched_pairs import MatchedPairs

__all__ = ["EForBenefit", "brier_for_benefit", "e_for_benefit", "log_loss_for_benefit"]

_CLIP = 0.001  # probabilities of 0 and 1 are taken as this far from them in the log-loss


@dataclass(frozen=True, slots=True)
class EForBenefit:
    """Calibration of pairwise benefit.

    Attributes
    ----------
    in_the_large : float
        Mean observed minus mean predicted benefit; 0 is ideal.
    average, median, p90 : float
        Mean, median and 90th percentile of the distance between prediction and smoothed
        observation, 0 or larger. Means of absolute values: above 0 even for a perfect model.
    """

    in_the_large: float
    average: float
    median: float
    p90: float


def e_for_benefit(pairs: MatchedPairs) -> EForBenefit:
    """Give Eavg, E50 and E90 for benefit, with R's `loess` (span 0.75, degree 2) as the smoother.

    Parameters
    ----------
    pairs : MatchedPairs
        See `match_pairs`; the predicted benefit is `arm_difference`.

    Raises
    ------
    ArgumentError
        If the pairs are too few or too tied to be smoothed.

    Examples
    --------
    >>> import numpy as np
    >>> from twoarm.metrics import match_pairs
    >>> mu0, mu1 = np.linspace(0.2, 0.8, 40), np.linspace(0.21, 0.9, 40)
    >>> y, w = np.tile([0, 1, 1, 0, 1], 8), np.tile([0, 1], 20)
    >>> round(e_for_benefit(match_pairs(y, mu0, mu1, w, desirable=True)).in_the_large, 2)
    -0.07
    """
    predicted = pairs.arm_difference
    distance = np.abs(loess(predicted, pairs.observed) - predicted)
    return EForBenefit(
        in_the_large=float(pairs.observed.mean() - predicted.mean()),
        average=float(distance.mean()),
        median=float(np.median(distance)),
        p90=float(np.quantile(distance, 0.9)),
    )


def log_loss_for_benefit(pairs: MatchedPairs) -> float:
    """Give minus the mean log probability of what was seen in the pairs.

    Probabilities are kept within 0.001 and 0.999. Differences between models are small: an optimal
    model had 0.733 and a disturbed one 0.757 in the paper.
    """
    chance = _levels(np.clip(pairs.mu0, _CLIP, 1 - _CLIP), np.clip(pairs.mu1, _CLIP, 1 - _CLIP))
    return float(-np.log(chance[_seen(pairs), np.arange(pairs.observed.size)]).mean())


def brier_for_benefit(pairs: MatchedPairs) -> float:
    """Give half the mean squared distance of the three probabilities and what was seen, 0 to 1."""
    chance = _levels(pairs.mu0, pairs.mu1)
    seen = np.zeros(chance.shape)
    seen[_seen(pairs), np.arange(pairs.observed.size)] = 1.0
    return float(((chance - seen) ** 2).sum(axis=0).mean() / 2.0)


def _levels(mu0: NDArray[np.float64], mu1: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the chances of an event in the control only, in both or none, in the treated only."""
    control_only, treated_only = (1.0 - mu1) * mu0, mu1 * (1.0 - mu0)
    return np.stack([control_only, 1.0 - control_only - treated_only, treated_only])


def _seen(pairs: MatchedPairs) -> NDArray[np.int64]:
    """Give the row of `_levels` that was seen in each pair."""
    difference = as_benefit(pairs.observed, desirable=pairs.desirable)  # turned back
    return (difference + 1.0).astype(np.int64)
