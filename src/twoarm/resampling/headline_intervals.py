"""Intervals of the estimates to quote: sampling of the patients, and what learning adds.

An estimate by cross-validation misses the performance of the fitted model in new patients for two
reasons: it was measured on these patients, and it was learnt from them: the models of the folds
are not the fitted one. The variance is that of the first, as if the model were given, and the
spread between replicates' models (`model_spread`), each with a multiple chosen once and measured
on other worlds: docs/decisions/0022-the-auc-interval.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import NotEstimable
from twoarm.metrics import Interval, auc_variance, slope_variance
from twoarm.metrics.normal import Z
from twoarm.resampling.intervals import logit_normal
from twoarm.resampling.metric import Metric
from twoarm.resampling.model_spread import ModelSpread
from twoarm.resampling.nested_cv import CrossValidated

__all__ = [
    "AUC_LEARNING",
    "AUC_SAMPLING",
    "BRIER_LEARNING",
    "BRIER_SAMPLING",
    "LARGEST_SLOPE_ERROR",
    "SLOPE_SAMPLING",
    "auc_headline_interval",
    "auc_sampling_variance",
    "brier_headline_interval",
    "brier_sampling_variance",
    "slope_headline_interval",
    "slope_sampling_variance",
    "with_intervals",
]

AUC_SAMPLING, AUC_LEARNING = 1.0, 1.0
BRIER_SAMPLING, BRIER_LEARNING = 1.0, 1.0
SLOPE_SAMPLING = 2.0
"""Multiples of the variances: 0022. Of slopes there is no second one: their spread has no use,
since a model that finds next to nothing has a slope without bounds."""

LARGEST_SLOPE_ERROR = 0.25
"""Of the slope; beyond it the logarithm is no scale of its error."""

_NO_SPREAD = (
    "how much models differ from sample to sample is not told: fewer than 10 replicates, or more "
    "than 20 % of them lack the measure in the patients not drawn"
)


def with_intervals(
    auc: Metric,
    brier: Metric,
    slope: Metric,
    outcome: NDArray[np.int64],
    cv: CrossValidated,
    spread: ModelSpread,
) -> tuple[Metric, Metric, Metric]:
    """Give AUC, Brier score and calibration slope the interval of their headline, or the reason."""
    risk = cv.risk[cv.complete]

    def of_auc(value: float) -> Interval:
        return auc_headline_interval(value, auc_sampling_variance(outcome, risk), spread.auc)

    def of_brier(value: float) -> Interval:
        sampling = brier_sampling_variance(outcome, risk)
        return brier_headline_interval(value, sampling, spread.brier)

    def of_slope(value: float) -> Interval:
        sampling = slope_sampling_variance(outcome, risk)
        return slope_headline_interval(value, sampling)

    return _with(auc, of_auc), _with(brier, of_brier), _with(slope, of_slope)


def _with(metric: Metric, interval: Callable[[float], Interval]) -> Metric:
    if metric.headline is None:
        return replace(metric, ci_reason=metric.headline_reason)
    try:
        return replace(metric, ci=interval(metric.headline), ci_reason="")
    except NotEstimable as refused:
        return replace(metric, ci_reason=str(refused))


def _told(spread: float | None) -> float:
    if spread is None:
        raise NotEstimable(_NO_SPREAD)
    return spread


def auc_sampling_variance(outcome: NDArray[np.int64], risk: NDArray[np.float64]) -> float:
    """Give the sampling variance of a cross-validated AUC: DeLong's, the mean over repeats.

    It compares predictions across folds, where the AUC itself compares within them.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        0 or 1.
    risk : ndarray, shape (repeats, n)
        Predictions of each complete repeat.

    Returns
    -------
    float
        NaN with fewer than two events or two others, or without a repeat.

    Examples
    --------
    >>> outcome, risk = np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])
    >>> auc_sampling_variance(outcome, np.stack([risk, risk]))
    0.125
    """
    found = [auc_variance(outcome, each) for each in risk]
    return float(np.mean(found)) if found else math.nan


def auc_headline_interval(value: float, sampling: float, spread: float | None) -> Interval:
    """Give the 95 % interval of a cross-validated AUC, on the logit scale.

    Parameters
    ----------
    value : float
        The AUC, strictly between 0 and 1.
    sampling : float
        From `auc_sampling_variance`.
    spread : float or None
        `ModelSpread.auc`.

    Raises
    ------
    NotEstimable
        At an AUC of 0 or 1, without a sampling variance above 0, or without the spread.

    Examples
    --------
    >>> found = auc_headline_interval(0.75, 0.0016, 0.001)
    >>> round(found.low, 3), round(found.high, 3)
    (0.638, 0.836)
    """
    if value in (0.0, 1.0):
        raise NotEstimable("an AUC of exactly 0 or 1 has no interval on the logit scale")
    if not sampling > 0.0:  # NaN neither
        raise NotEstimable(
            "how much the AUC varies between patients is not told: fewer than two events or two "
            "others, or none of them is ranked between the others"
        )
    variance = AUC_SAMPLING * sampling + AUC_LEARNING * _told(spread)
    return logit_normal("logit_sampling_and_learning", value, variance)


def brier_sampling_variance(outcome: NDArray[np.int64], risk: NDArray[np.float64]) -> float:
    """Give the sampling variance of a cross-validated Brier score.

    That of the patients' losses, each the mean over repeats, divided by n. Parameters are as in
    `auc_sampling_variance`.

    Examples
    --------
    >>> round(brier_sampling_variance(np.array([0, 1]), np.array([[0.1, 0.4], [0.3, 0.4]])), 5)
    0.02402
    """
    loss = ((outcome - risk) ** 2).mean(axis=0)
    return float(loss.var(ddof=1) / loss.size)


def brier_headline_interval(value: float, sampling: float, spread: float | None) -> Interval:
    """Give the 95 % interval of a cross-validated Brier score, on the logit scale.

    Parameters
    ----------
    value : float
        The score, strictly between 0 and 1.
    sampling : float
        From `brier_sampling_variance`.
    spread : float or None
        `ModelSpread.brier`.

    Raises
    ------
    NotEstimable
        At a score of 0 or 1, or without the spread.

    Examples
    --------
    >>> found = brier_headline_interval(0.16, 0.0001, 0.0)
    >>> round(found.low, 3), round(found.high, 3)
    (0.141, 0.181)
    """
    if not 0.0 < value < 1.0:
        raise NotEstimable("a Brier score of exactly 0 or 1 has no interval on the logit scale")
    variance = BRIER_SAMPLING * sampling + BRIER_LEARNING * _told(spread)
    return logit_normal("logit_sampling_and_learning", value, variance)


def slope_sampling_variance(outcome: NDArray[np.int64], risk: NDArray[np.float64]) -> float:
    """Give the sampling variance of a cross-validated calibration slope: median over repeats.

    Parameters are as in `auc_sampling_variance`; NaN without a repeat that has one.

    Examples
    --------
    >>> outcome, risk = np.array([0, 1, 0, 1, 1, 0]), np.array([0.1, 0.4, 0.5, 0.6, 0.8, 0.3])
    >>> round(slope_sampling_variance(outcome, np.stack([risk, risk])), 2)
    5.03
    """
    found = np.array([slope_variance(outcome, each) for each in risk])
    found = found[np.isfinite(found)]
    return float(np.median(found)) if found.size else math.nan


def slope_headline_interval(value: float, sampling: float) -> Interval:
    """Give the 95 % interval of a cross-validated calibration slope, on the log scale.

    Parameters
    ----------
    value : float
        The slope.
    sampling : float
        From `slope_sampling_variance`.

    Raises
    ------
    NotEstimable
        Where the slope is not above 0, or its standard error more than a quarter of it.

    Examples
    --------
    >>> found = slope_headline_interval(1.0, 0.02)
    >>> round(found.low, 3), round(found.high, 3)
    (0.676, 1.48)
    """
    if not value > 0.0:
        raise NotEstimable(f"a slope that is not above 0 ({value:.2f}) has none on the log scale")
    error = math.sqrt(SLOPE_SAMPLING * sampling)
    if not error <= LARGEST_SLOPE_ERROR * value:
        raise NotEstimable(
            f"its standard error ({error:.2f}) is more than a quarter of the slope ({value:.2f})"
        )
    half = Z * error / value
    return Interval("log_sampling", value * math.exp(-half), value * math.exp(half))
