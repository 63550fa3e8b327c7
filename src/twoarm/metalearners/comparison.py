"""Several metalearners on one page: what they agree on, and what depends on the learner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.metrics import (
    Estimate,
    benefit_slope,
    rank_correlation,
    share_at_threshold,
    share_losing,
)

__all__ = ["Comparison", "LearnerSummary", "compare"]


@dataclass(frozen=True, slots=True)
class LearnerSummary:
    """What one learner says of the cohort.

    Attributes
    ----------
    name : str
    mean, sd : float
        Of the benefit over the patients.
    share_at_threshold, share_losing_threshold : float
        Share of patients predicted to gain, and to lose, at least the threshold; which is not the
        share who do.
    slope : Estimate
        Calibration slope for benefit (`benefit_slope`): 1 where differences between patients are
        as large as predicted, below 1 where they are exaggerated. NaN where every patient has the
        same benefit.
    """

    name: str
    mean: float
    sd: float
    share_at_threshold: float
    share_losing_threshold: float
    slope: Estimate


@dataclass(frozen=True, slots=True)
class Comparison:
    """Learners side by side.

    Attributes
    ----------
    learners : tuple of LearnerSummary
    threshold : float
    rank_correlation : ndarray, shape (learners, learners)
        Spearman's correlation of the benefits; NaN with a learner that does not rank.
    """

    learners: tuple[LearnerSummary, ...]
    threshold: float
    rank_correlation: NDArray[np.float64]


def compare(
    benefits: Mapping[str, ArrayLike],
    scores: ArrayLike,
    *,
    threshold: float,
    fold: ArrayLike | None = None,
) -> Comparison:
    """Set learners side by side.

    Parameters
    ----------
    benefits : mapping from name to array_like, shape (n,)
        Cross-fitted benefit of the same patients by each learner; in-sample ones make the slopes
        meaningless.
    scores : array_like, shape (n,)
        Doubly robust scores of the benefit of these patients (`dr_scores`, with the sign turned for
        an outcome to be avoided).
    threshold : float
        Smallest benefit worth treating for, as a probability.
    fold : array_like, shape (n,), optional
        Folds of the cross-fitting; for the slope, benefits are centred within them, so that
        differences between the folds' models do not count as differences between patients.

    Raises
    ------
    ArgumentError
        If there is no learner, or arrays are not finite or not of one length.

    Examples
    --------
    >>> benefit = np.array([0.0, 0.1, 0.2, 0.3])
    >>> page = compare({"t": benefit, "twice": 2 * benefit}, benefit, threshold=0.15)
    >>> [(each.share_at_threshold, round(each.slope.estimate, 3)) for each in page.learners]
    [(0.5, 1.0), (0.75, 0.5)]
    """
    if not benefits:
        raise ArgumentError("A comparison needs one learner at least; found none.")
    learners = tuple(
        _summary(name, benefit, scores, threshold, fold) for name, benefit in benefits.items()
    )
    return Comparison(learners, threshold, rank_correlation(list(benefits.values())))


def _summary(
    name: str,
    benefit: ArrayLike,
    scores: ArrayLike,
    threshold: float,
    fold: ArrayLike | None,
) -> LearnerSummary:
    slope = benefit_slope(scores, benefit, fold=fold).slope
    values = np.asarray(benefit, dtype=np.float64)
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    shares = (share_at_threshold(values, threshold), share_losing(values, threshold))
    return LearnerSummary(name, mean, sd, *shares, slope)
