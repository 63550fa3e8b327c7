"""How many patients reach the threshold: as predicted, shrunk, and freed of estimation noise."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from twoarm.errors import NotEstimable
from twoarm.metrics.benefit_arrays import same_length

__all__ = ["deconvolved_share", "share_at_threshold", "share_losing", "shrunk_benefit"]


def share_at_threshold(benefit: ArrayLike, threshold: float) -> float:
    """Give the share of patients *predicted* to gain the threshold or more.

    It is no estimate of the share who do: noise in the predictions spreads them.

    Examples
    --------
    >>> share_at_threshold([0.1, 0.15, 0.2, 0.0], 0.15)
    0.5
    """
    (t,) = same_length(benefit=benefit)
    return float((t >= threshold).mean())


def share_losing(benefit: ArrayLike, threshold: float) -> float:
    """Give the share of patients *predicted* to lose the threshold or more: a harm that large.

    It is no estimate of the share who do, as `share_at_threshold` is none of those who gain.

    Examples
    --------
    >>> share_losing([0.1, -0.15, 0.2, -0.3], 0.15)
    0.5
    """
    (t,) = same_length(benefit=benefit)
    return float((t <= -threshold).mean())


def shrunk_benefit(centred: ArrayLike, slope: float, average: float) -> NDArray[np.float64]:
    """Pull predicted benefits towards the average by the calibration slope.

    Parameters
    ----------
    centred : array_like, shape (n,)
        Predicted benefit minus its mean, cross-fitted or of new patients. Never in-sample.
    slope : float
        See `benefit_slope`; it is kept within 0 and 1 here, and nowhere else.
    average : float
        Average benefit (AIPW).

    Examples
    --------
    >>> shrunk_benefit([-0.1, 0.1], 0.5, 0.2).tolist()
    [0.15000000000000002, 0.25]
    """
    (t,) = same_length(centred=centred)
    if not (math.isfinite(slope) and math.isfinite(average)):
        raise NotEstimable(f"Shrinking needs a slope and an average; found {slope}, {average}.")
    return np.asarray(average + min(max(slope, 0.0), 1.0) * t, dtype=np.float64)


def deconvolved_share(average: float, variance: float, threshold: float) -> float:
    """Estimate the share of patients who *have* the threshold or more, if benefits are normal.

    Parameters
    ----------
    average : float
        Average benefit (AIPW).
    variance : float
        Variance of the true benefits. The covariance of scores and cross-fitted predictions
        estimates it where predictions are truth plus unrelated noise; 0 or less counts as 0.
    threshold : float
        Absolute benefit.

    Returns
    -------
    float
        0 to 1. Skewed benefits bias it: with true mean and variance it gave .75 for .67 in a
        synthetic world.

    Examples
    --------
    >>> round(deconvolved_share(0.1, 0.01, 0.15), 4)
    0.3085
    >>> deconvolved_share(0.1, -0.001, 0.15)
    0.0
    """
    if not (math.isfinite(average) and math.isfinite(variance)):
        raise NotEstimable(f"Expected an average and a variance; found {average} and {variance}.")
    if variance <= 0.0:
        return float(average >= threshold)
    return float(ndtr((average - threshold) / math.sqrt(variance)))
