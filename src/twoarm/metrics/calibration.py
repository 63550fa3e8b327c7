"""Does the event happen as often as predicted?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.kernels.lowess import calibration_errors, lowess
from twoarm.kernels.recalibration import in_the_large
from twoarm.metrics.arrays import checked, recalibrated
from twoarm.seeds import Stream, generator

__all__ = [
    "Calibration",
    "NullBand",
    "calibration",
    "calibration_curve",
    "ici_null",
    "ici_of_calibrated",
    "slope_variance",
]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Agreement of predicted probabilities with what happened; NaN where it is not defined.

    Attributes
    ----------
    intercept, slope : float
        Of a logistic regression of the outcome on logit p; ideally 0 and 1. A slope below 1:
        predictions too extreme. NaN if everybody is predicted the same, or the predictions
        separate events from others.
    in_the_large : float
        Intercept with the slope held at 1; ideally 0, above it if risks are predicted too low.
    ici, e50, e90, emax : float
        Mean, median, 90th percentile and maximum over the patients of the distance from the
        predicted probability to the smoothed outcome, 0 to 1; `calibration_curve` tells of the
        smoother.
    """

    intercept: float
    slope: float
    in_the_large: float
    ici: float
    e50: float
    e90: float
    emax: float


@dataclass(frozen=True, slots=True)
class NullBand:
    """What a measure is by chance: its mean, and the middle 95 % of it."""

    mean: float
    low: float
    high: float


def calibration(y: ArrayLike, p: ArrayLike, *, weight: ArrayLike | None = None) -> Calibration:
    """Measure calibration.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    p : array_like, shape (n,)
        Predicted probability, 0 to 1; its logit is that of 1e-6 to 1 - 1e-6.
    weight : array_like of whole numbers, shape (n,), optional
        How often each patient counts.

    Raises
    ------
    ArgumentError
        If the arrays do not fit, or a weight is no whole number.

    References
    ----------
    Austin PC, Steyerberg EW. Stat Med 2019;38:4051-4065, doi 10.1002/sim.8281 (ICI, E50, E90);
    `rms::val.prob` for the smoother.

    Examples
    --------
    >>> found = calibration([0, 1, 0, 1, 1, 0], [0.1, 0.4, 0.5, 0.6, 0.8, 0.3])
    >>> round(found.in_the_large, 2), round(found.slope, 2)
    (0.25, 2.53)
    """
    fit = recalibrated(y, p, weight)
    if (fit.weight != np.round(fit.weight)).any():
        raise ArgumentError(
            f"Weights of a calibration count patients; found {fit.weight[fit.weight % 1 > 0][:3]}."
        )
    risk, outcome = _sorted(fit.outcome, np.array(p, dtype=np.float64), fit.weight)
    large = in_the_large(fit.lp, fit.outcome, fit.weight)
    return Calibration(fit.intercept, fit.slope, large, *calibration_errors(risk, outcome))


def slope_variance(y: ArrayLike, p: ArrayLike) -> float:
    """Give the variance of a calibration slope: inverse information of its logistic regression.

    It speaks of sampling the patients on whom a given model is measured.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    p : array_like, shape (n,)
        Predicted probability, 0 to 1; its logit is that of 1e-6 to 1 - 1e-6.

    Returns
    -------
    float
        NaN where the slope is.

    References
    ----------
    Cox DR. Biometrika 1958;45:562-565, doi 10.1093/biomet/45.3-4.562 (the regression).

    Examples
    --------
    >>> round(slope_variance([0, 1, 0, 1, 1, 0], [0.1, 0.4, 0.5, 0.6, 0.8, 0.3]), 2)
    5.03
    """
    fit = recalibrated(y, p, None)
    if not np.isfinite(fit.slope):
        return float("nan")
    eta = fit.intercept + fit.slope * fit.lp
    curvature = 1.0 / (2.0 + np.exp(eta) + np.exp(-eta))
    centred = fit.lp - np.average(fit.lp, weights=curvature)
    return float(1.0 / (curvature * centred**2).sum())


def _sorted(
    outcome: NDArray[np.int64], risk: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Repeat rows by their weight and sort by predicted risk."""
    order = np.lexsort((outcome, risk))
    rows = np.repeat(order, weight[order].astype(np.int64))
    return risk[rows], outcome[rows].astype(np.float64)


def calibration_curve(y: ArrayLike, p: ArrayLike) -> NDArray[np.float64]:
    """Give the smoothed share of events at each patient's predicted probability.

    The smoother is lowess with span 2/3 and no robustness iterations, as in `rms::val.prob`; Austin
    and Steyerberg use loess, which gives somewhat larger distances (0.024 for 0.022 in the cohort
    of our tests).

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    p : array_like, shape (n,)
        Predicted probability, 0 to 1.

    Returns
    -------
    ndarray, shape (n,)
        In the order of the patients; a smoother may leave 0 to 1 at the ends.

    Examples
    --------
    >>> calibration_curve([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4]).shape
    (4,)
    """
    outcome, risk, _ = checked(y, p, None)
    order = np.lexsort((outcome, risk))
    curve = np.empty(risk.size)
    curve[order] = lowess(risk[order], outcome[order].astype(np.float64))
    return curve


def ici_of_calibrated(p: ArrayLike, *, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw the ICI of perfectly calibrated predictions: outcomes are drawn from p itself.

    Returns
    -------
    ndarray, shape (draws,)
    """
    risk = np.sort(checked(np.zeros(np.shape(p)), p, None)[1])
    drawn = rng.random((draws, risk.size)) < risk
    return np.array([calibration_errors(risk, each.astype(np.float64))[0] for each in drawn])


def ici_null(p: ArrayLike, *, draws: int = 1000, seed: int = 0) -> NullBand:
    """Give the ICI that these predictions would show if they were perfectly calibrated.

    A mean of absolute distances is above 0 even then; an ICI inside this band is no evidence of
    miscalibration.

    Parameters
    ----------
    p : array_like, shape (n,)
        Predicted probability, 0 to 1.
    draws : int
        Number of outcomes drawn from p (parametric bootstrap), at least 2.
    seed : int
        Seed of the draws.

    Examples
    --------
    >>> band = ici_null([0.1, 0.2, 0.3, 0.4, 0.5] * 20, draws=200)
    >>> 0.0 < band.low < band.mean < band.high < 0.3
    True
    """
    if draws < 2:
        raise ArgumentError(f"A null band needs at least 2 draws; found {draws}.")
    values = ici_of_calibrated(p, draws=draws, rng=generator(seed, Stream.FULL_FIT))
    low, high = np.quantile(values, [0.025, 0.975])
    return NullBand(float(values.mean()), float(low), float(high))
