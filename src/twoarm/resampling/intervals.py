"""Confidence intervals for measures corrected for optimism.

z is the normal quantile of the level. None of them speaks of another hospital.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import NotEstimable
from twoarm.metrics import Interval, auc, auc_variance
from twoarm.metrics.normal import z_of

__all__ = ["delong", "harrell_2025", "infinitesimal_jackknife", "location_shifted", "logit_normal"]

_FEWEST = 20  # replicates below which no quantile or spread is given


def location_shifted(
    train: NDArray[np.float64], apparent: float, estimate: float, *, level: float = 0.95
) -> Interval | None:
    """Move the middle of the measures on the resamples by the estimate's distance from apparent.

    Parameters
    ----------
    train : ndarray, shape (replicates,)
        The measure of each replicate on its own resample; not finite where undefined.
    apparent, estimate : float
        The measure of the full fit on its own patients, and the corrected value.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    Interval or None
        None with fewer than 20 defined replicates. Valid for regression models with many events
        only: it needs `train` to vary from resample to resample as the measure does, and learners
        that reproduce their labels have the same value always.

    References
    ----------
    Noma H, et al. Stat Med 2021;40:5691-5701, doi 10.1002/sim.9148, algorithm 1.

    Examples
    --------
    >>> train = np.linspace(0.75, 0.85, 101)
    >>> found = location_shifted(train, apparent=0.80, estimate=0.77)
    >>> round(found.low, 4), round(found.high, 4)
    (0.7225, 0.8175)
    """
    defined = train[np.isfinite(train)]
    if defined.size < _FEWEST:
        return None
    tail = 0.5 * (1.0 - level)
    low, high = np.quantile(defined, [tail, 1.0 - tail])
    shift = estimate - apparent
    return Interval("location_shifted", float(low + shift), float(high + shift))


def harrell_2025(
    train: NDArray[np.float64],
    test: NDArray[np.float64],
    estimate: float,
    *,
    level: float = 0.95,
) -> Interval | None:
    """Spread of ``train - 1.25 test``, separately above and below its mean, about the estimate.

    Parameters
    ----------
    train, test : ndarray, shape (replicates,)
        The measure of each replicate on its resample and on the original patients.
    estimate : float
        Corrected value, the centre.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    Interval or None
        None with fewer than 20 defined replicates. Tuned by its author on logistic regression; see
        `location_shifted` for what it cannot do.

    References
    ----------
    Harrell FE. fharrell.com/post/bootcal, 2025; `rms::validate` from 8.1, `Hmisc::dualSD`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> found = harrell_2025(rng.normal(0.8, 0.02, 500), np.full(500, 0.75), 0.75)
    >>> 0.70 < found.low < 0.72 < 0.78 < found.high < 0.80
    True
    """
    x = train - 1.25 * test
    x = x[np.isfinite(x)]
    if x.size < _FEWEST:
        return None
    deviation = x - x.mean()
    z = z_of(level)
    top, bottom = _half_sd(deviation[deviation >= 0]), _half_sd(deviation[deviation <= 0])
    return Interval("harrell_2025", float(estimate - z * top), float(estimate + z * bottom))


def _half_sd(deviation: NDArray[np.float64]) -> float:
    return math.sqrt(float((deviation**2).sum()) / max(1, deviation.size - 1))


def delong(y: ArrayLike, p: ArrayLike, *, level: float = 0.95) -> Interval | None:
    """Give DeLong's interval of an apparent AUC, for comparison: it knows nothing of optimism.

    Returns
    -------
    Interval or None
        None with fewer than two events or two others, or without variance: at 0 or 1 exactly.

    References
    ----------
    See `twoarm.metrics.auc_variance`.

    Examples
    --------
    >>> found = delong([0, 0, 1, 1] * 5, [0.1, 0.4, 0.35, 0.8] * 5)
    >>> round(found.low, 2), round(found.high, 2)
    (0.52, 0.98)
    """
    variance = auc_variance(y, p)
    if not variance > 0.0:  # NaN neither
        return None
    value, half = auc(y, p), z_of(level) * math.sqrt(variance)
    return Interval("delong_apparent", value - half, value + half)


def logit_normal(method: str, value: float, variance: float, *, level: float = 0.95) -> Interval:
    """Give a normal interval on the logit scale from a variance on the scale of the value.

    Parameters
    ----------
    method : str
        Name of the interval.
    value : float
        Centre, strictly between 0 and 1.
    variance : float
        Variance of the value, 0 or larger.
    level : float
        Confidence, between 0 and 1.

    Examples
    --------
    >>> found = logit_normal("example", 0.8, 0.0016)
    >>> round(found.low, 3), round(found.high, 3)
    (0.71, 0.867)
    """
    if not 0.0 < value < 1.0 or not variance >= 0.0:
        raise NotEstimable(
            f"An interval on the logit scale needs a value inside 0-1 and a variance; found "
            f"{value} and {variance}."
        )
    centre = math.log(value / (1.0 - value))
    z = z_of(level)
    half = z * math.sqrt(variance) / (value * (1.0 - value))
    low, high = (1.0 / (1.0 + math.exp(-max(x, -700.0))) for x in (centre - half, centre + half))
    return Interval(method, low, high)


def infinitesimal_jackknife(
    counts: NDArray[np.integer], values: NDArray[np.float64]
) -> float | None:
    """Give the variance of a mean over replicates, such as the out-of-bag AUC.

    The sum over patients of the squared covariance of how often a patient was drawn and what the
    replicate said, less what the finite number of replicates adds to it.

    Parameters
    ----------
    counts : ndarray, shape (replicates, n)
        How often each replicate drew each patient.
    values : ndarray, shape (replicates,)
        What each replicate said; not finite where undefined.

    Returns
    -------
    float or None
        None if the replicates are too few for a positive value: it needs several times n.

    References
    ----------
    Efron B. J Am Stat Assoc 2014;109:991-1007, doi 10.1080/01621459.2013.823775, equation 3.7; the
    correction: Wager S, Hastie T, Efron B. J Mach Learn Res 2014;15:1625-1651, equation 7.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=40)
    >>> draws = np.array([np.bincount(rng.integers(0, 40, 40), minlength=40) for _ in range(4000)])
    >>> variance = infinitesimal_jackknife(draws, draws @ x / 40)
    >>> bool(abs(variance / (x.var() / 40) - 1) < 0.1)
    True
    """
    defined = np.isfinite(values)
    n_defined, n = int(defined.sum()), counts.shape[1]
    if n_defined < _FEWEST:
        return None
    drawn = counts[defined] - counts[defined].mean(axis=0)
    centred = values[defined] - values[defined].mean()
    covariance = drawn.T @ centred / n_defined
    noise = n / n_defined * float((centred**2).mean())
    variance = float((covariance**2).sum()) - noise
    return variance if variance > 0.0 else None
