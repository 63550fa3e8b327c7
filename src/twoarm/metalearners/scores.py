"""Doubly robust scores: what a patient adds to the average effect.

Robins, Rotnitzky, Zhao 1994, doi 10.1080/01621459.1994.10476818; as an outcome to regress on:
Kennedy 2023, doi 10.1214/23-EJS2157, equation 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, NotEstimable

__all__ = ["arm_scores", "dr_scores", "hajek_control_scores", "hajek_scores"]


def arm_scores(
    outcome: ArrayLike,
    treatment: ArrayLike,
    mu0: ArrayLike,
    mu1: ArrayLike,
    propensity: ArrayLike,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give each patient's score of either arm: the prediction, plus the weighted residual if seen.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        Observed outcome, complete.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    mu0, mu1 : array_like, shape (n,)
        Expected outcome under control and under treatment given the predictors.
    propensity : array_like, shape (n,)
        Probability of treatment given the predictors, strictly between 0 and 1. It is used as it
        is, never cut off.

    Returns
    -------
    phi0, phi1 : ndarray, shape (n,)
        Their means estimate the mean outcome had everybody been in that arm. Single scores are not
        probabilities and may lie far outside [0, 1].

    Raises
    ------
    ArgumentError
        If the arrays do not fit together, or a propensity is not strictly between 0 and 1.

    Notes
    -----
    The means are right if either the outcome models or the propensity are, and if nothing
    unmeasured bears on both treatment and outcome.

    Examples
    --------
    >>> phi0, phi1 = arm_scores([1, 0], [1, 0], [0.25, 0.25], [0.5, 0.5], [0.5, 0.5])
    >>> phi0.tolist(), phi1.tolist()
    ([0.25, -0.25], [1.5, 0.5])
    """
    y, w, m0, m1, e = _arrays(outcome, treatment, mu0, mu1, propensity)
    return m0 + (1.0 - w) * (y - m0) / (1.0 - e), m1 + w * (y - m1) / e


def dr_scores(
    outcome: ArrayLike,
    treatment: ArrayLike,
    mu0: ArrayLike,
    mu1: ArrayLike,
    propensity: ArrayLike,
) -> NDArray[np.float64]:
    """Give each patient's doubly robust score of the effect, mu1 - mu0; see `arm_scores`.

    Returns
    -------
    phi : ndarray, shape (n,)
        The mean is the AIPW estimate of the average effect, its standard error SD(phi) / sqrt(n).

    Examples
    --------
    >>> dr_scores([1, 0], [1, 0], [0.25, 0.25], [0.5, 0.5], [0.5, 0.5]).tolist()
    [1.25, 0.75]
    """
    phi0, phi1 = arm_scores(outcome, treatment, mu0, mu1, propensity)
    return phi1 - phi0


def hajek_scores(
    outcome: NDArray[np.float64],
    treatment: NDArray[np.int64],
    mu0: NDArray[np.float64],
    mu1: NDArray[np.float64],
    propensity: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give doubly robust scores of mu1 - mu0 whose weights average 1 in each arm.

    A few patients with a small propensity then cannot carry more than their share.

    Examples
    --------
    >>> half = np.full(4, 0.5); y = np.array([1.0, 0.0, 1.0, 1.0]); w = np.array([0, 0, 1, 1])
    >>> hajek_scores(y, w, half, half, np.full(4, 0.3)).mean().round(6)
    np.float64(0.5)
    """
    phi0, phi1 = arm_scores(outcome, treatment, mu0, mu1, propensity)
    weight1 = float((treatment / propensity).mean())
    weight0 = float(((1 - treatment) / (1.0 - propensity)).mean())
    return np.asarray(mu1 + (phi1 - mu1) / weight1 - mu0 - (phi0 - mu0) / weight0)


def hajek_control_scores(
    outcome: NDArray[np.float64],
    treatment: NDArray[np.int64],
    mu0: NDArray[np.float64],
    propensity: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give doubly robust scores of the outcome without treatment, whose weights average 1.

    Examples
    --------
    >>> half = np.full(4, 0.5); y = np.array([1.0, 0.0, 1.0, 1.0]); w = np.array([0, 0, 1, 1])
    >>> hajek_control_scores(y, w, half, np.full(4, 0.3)).mean().round(6)
    np.float64(0.5)
    """
    phi0, _ = arm_scores(outcome, treatment, mu0, mu0, propensity)
    weight0 = float(((1 - treatment) / (1.0 - propensity)).mean())
    return np.asarray(mu0 + (phi0 - mu0) / weight0)


def _arrays(*arrays: ArrayLike) -> list[NDArray[np.float64]]:
    numbers = [np.asarray(array, dtype=np.float64) for array in arrays]
    shapes = [array.shape for array in numbers]
    if numbers[0].ndim != 1 or len(set(shapes)) > 1:
        raise ArgumentError(
            "outcome, treatment, mu0, mu1 and propensity must be vectors of one length; found "
            f"shapes {shapes}."
        )
    if not all(np.isfinite(array).all() for array in numbers):
        raise ArgumentError("Scores need complete arrays: leave out patients with a missing value.")
    treatment, propensity = numbers[1], numbers[4]
    if not np.isin(treatment, (0.0, 1.0)).all():
        raise ArgumentError(f"Treatment must be 0 or 1; found {np.unique(treatment).tolist()[:5]}.")
    if not ((propensity > 0.0) & (propensity < 1.0)).all():
        raise NotEstimable(
            "A propensity must lie strictly between 0 and 1; found "
            f"{propensity.min():.3g} to {propensity.max():.3g}. Penalise the propensity model."
        )
    return numbers
