"""From a cohort's scores to what a trial can expect, with the joint uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.design.predicted import ObservedBenefit
from twoarm.design.prior import Prior
from twoarm.errors import ArgumentError, NotEstimable

__all__ = ["Calibrated", "calibrated"]

Floats = NDArray[np.float64]

_POSSIBLE_RISK = (0.001, 0.999)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What a cohort says of the trial to come.

    Attributes
    ----------
    prior : Prior
    model : ObservedBenefit
        Cross-fitted predicted benefit of the cohort's patients, spread as one model spreads it.
    """

    prior: Prior
    model: ObservedBenefit


def calibrated(
    scores: ArrayLike,
    control_scores: ArrayLike,
    predicted: ArrayLike,
    *,
    average: float,
    slope: float,
    slope_se: float,
    spread: float,
) -> Calibrated:
    """Put scores, predictions and the calibration slope of a cohort together.

    Parameters
    ----------
    scores, control_scores : array_like, shape (n,)
        Doubly robust scores of the benefit and of the risk without treatment.
    predicted : array_like, shape (n,)
        Cross-fitted predicted benefit, mean over the repeats.
    average : float
        Average benefit (AIPW).
    slope, slope_se : float
        Calibration slope of the benefit of one cross-fit, not clipped, and its standard error; a
        slope of 0 with an error of 0 for a model that ranks nobody.
    spread : float
        Standard deviation of the predicted benefit in one cross-fit. A mean over repeats spreads
        less than the one model by which a trial would choose its patients.

    Raises
    ------
    NotEstimable
        If everybody is predicted the same benefit.

    Notes
    -----
    Covariances are those of least squares with variances that differ between patients (HC0); the
    slope's standard error is the one given, its correlations are kept. The slope of the control
    risk on predicted benefit is estimated in the same way.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> rng = generator(1); t = rng.normal(0.1, 0.1, 400)
    >>> found = calibrated(t + rng.normal(0, 1, 400), rng.normal(0.3, 0.5, 400), t, average=0.1,
    ...                    slope=0.4, slope_se=0.3, spread=0.12)
    >>> found.prior.slope, round(float(found.model.values.std(ddof=1)), 2)
    (0.4, 0.12)
    """
    phi, phi0, t = (np.asarray(each, np.float64) for each in (scores, control_scores, predicted))
    if not (phi.shape == phi0.shape == t.shape) or t.ndim != 1 or t.size < 10:
        raise ArgumentError(
            "scores, control_scores and predicted must be vectors of one length, 10 patients or "
            f"more; found shapes {phi.shape}, {phi0.shape} and {t.shape}."
        )
    own = float(t.std(ddof=1))
    if own < 1e-9 or not spread > 0.0:
        raise NotEstimable("everybody is predicted the same benefit")
    centred = (t - t.mean()) * (spread / own)
    # One model's predictions vary about the mean over repeats by chance that no score follows.
    reliability = min(1.0, own / spread)
    control_slope = float(centred @ phi0 / (centred @ centred)) * reliability
    control_risk = float(np.clip(phi0.mean(), *_POSSIBLE_RISK))
    covariance = _covariance(phi, phi0, centred, reliability, slope_se)
    prior = Prior(
        average,
        float(np.clip(slope, 0.0, 1.0)),
        control_risk,
        control_slope,
        covariance=tuple(map(tuple, covariance.tolist())),
    )
    return Calibrated(prior, ObservedBenefit(t.mean() + centred))


def _covariance(
    phi: Floats, phi0: Floats, centred: Floats, reliability: float, slope_se: float
) -> Floats:
    """Give the joint covariance, the slope's variance put in place of its own."""
    weight = centred / (centred @ centred) * reliability
    pulls = []
    for score in (phi, phi0):
        left = score - score.mean() - centred * (centred @ score) / (centred @ centred)
        pulls += [(score - score.mean()) / score.size, left * weight]
    pull = np.array(pulls)
    found = pull @ pull.T
    factor = np.ones(4)
    factor[1] = slope_se / np.sqrt(found[1, 1])
    scaled: Floats = found * np.outer(factor, factor)
    return scaled
