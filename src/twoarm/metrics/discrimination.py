"""Do patients with the event have the higher predicted risk?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.kernels.ranks import concordance
from twoarm.kernels.recalibration import gini_mean_difference
from twoarm.metrics.arrays import checked, recalibrated
from twoarm.metrics.normal import z_of

__all__ = [
    "Interval",
    "auc",
    "auc_interval",
    "auc_variance",
    "auc_within",
    "g_index",
    "gp_index",
    "hanley_mcneil_variance",
    "placement_values",
]


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval and the method that made it."""

    method: str
    low: float
    high: float


def auc(y: ArrayLike, p: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Give the area under the ROC curve, the concordance probability.

    The direction is fixed: below 0.5 means that events have the lower probabilities.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    p : array_like, shape (n,)
        Predicted probability, 0 to 1; ties count one half.
    weight : array_like, shape (n,), optional
        How often each patient counts.

    Returns
    -------
    float
        0 to 1; NaN if nobody, or everybody, has the event.

    Examples
    --------
    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    outcome, risk, weights = checked(y, p, weight)
    return float(concordance(risk, outcome, weights[None, :])[0])


def auc_within(y: ArrayLike, p: ArrayLike, fold: ArrayLike) -> float:
    """Give the AUC over the pairs of patients that were predicted by the same model.

    In cross-validation each fold has a model of its own, and models differ in level: a model that
    has lost an event to its fold predicts a little less there. Comparing across folds turns that
    into a bias downward (a constant model would get less than 0.5); pairs within a fold do not.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    p : array_like, shape (n,)
        Predicted probability, 0 to 1.
    fold : array_like, shape (n,)
        Which model predicted the patient. A fold without both outcomes has no pairs.

    Returns
    -------
    float
        0 to 1, each pair counting the same; NaN if there are no pairs.

    References
    ----------
    Airola A, et al. Comput Stat Data Anal 2011;55:1828-1844 (pooled against paired),
    doi 10.1016/j.csda.2010.11.018.

    Examples
    --------
    >>> auc_within([0, 1, 0, 1], [0.1, 0.2, 0.5, 0.6], [1, 1, 2, 2])
    1.0
    """
    outcome, risk, _ = checked(y, p, None)
    numbers = np.asarray(fold)
    if numbers.shape != outcome.shape:
        raise ArgumentError(
            f"Expected a fold for each of {outcome.size} patients; found shape {numbers.shape}."
        )
    inside = (numbers == np.unique(numbers)[:, None]).astype(np.float64)
    pairs = (inside @ outcome) * (inside @ (1 - outcome))
    defined = pairs > 0
    if not defined.any():
        return float("nan")
    values = concordance(risk, outcome, inside[defined])
    return float((values * pairs[defined]).sum() / pairs.sum())


def g_index(y: ArrayLike, p: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Give Harrell's g: how far apart two patients' log odds are, on average.

    Gini's mean difference of the recalibrated linear predictor (slope times logit p), as
    `rms::validate` computes it on test data.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    p : array_like, shape (n,)
        Predicted probability, 0 to 1; kept in 1e-6 to 1 - 1e-6, so that each has a logit.
    weight : array_like, shape (n,), optional
        How often each patient counts.

    Returns
    -------
    float
        0 (everybody the same) upward, log odds; NaN as for `r2`.

    References
    ----------
    Harrell FE. Regression Modeling Strategies, 2nd ed., section 4.10 (the g-index).

    Examples
    --------
    >>> round(g_index([0, 1, 0, 1, 1, 0], [0.1, 0.4, 0.5, 0.6, 0.8, 0.3]), 2)
    3.72
    """
    fit = recalibrated(y, p, weight)
    if np.isnan(fit.slope):
        return 0.0 if np.isfinite(fit.loss) else float("nan")
    return float(abs(fit.slope) * gini_mean_difference(fit.lp, fit.weight))


def gp_index(y: ArrayLike, p: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Give Harrell's gp: how far apart two patients' recalibrated risks are, on average.

    Parameters and special cases are those of `g_index`; 0 to 0.5 and a little more in small
    samples.

    Examples
    --------
    >>> round(gp_index([0, 1, 0, 1, 1, 0], [0.1, 0.4, 0.5, 0.6, 0.8, 0.3]), 3)
    0.474
    """
    fit = recalibrated(y, p, weight)
    if np.isnan(fit.slope):
        return 0.0 if np.isfinite(fit.loss) else float("nan")
    risk = 1.0 / (1.0 + np.exp(-(fit.intercept + fit.slope * fit.lp)))
    return float(gini_mean_difference(risk, fit.weight))


def placement_values(y: ArrayLike, p: ArrayLike) -> NDArray[np.float64]:
    """Give, for each patient, the share of those with the other outcome that he is ranked right to.

    Of a patient with the event, the share of the others with a lower prediction; of another, the
    share of events with a higher one. Ties count one half. The mean over either is the AUC.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome; both must occur.
    p : array_like, shape (n,)
        Predicted probability, 0 to 1.

    Returns
    -------
    ndarray, shape (n,)

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL. Biometrics 1988;44:837-845, doi 10.2307/2531595
    (their V10 and V01).

    Examples
    --------
    >>> placement_values([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    array([1. , 0.5, 0.5, 1. ])
    """
    outcome, risk, _ = checked(y, p, None)
    event = outcome == 1
    if event.all() or not event.any():
        raise NotEstimable("Placement values need patients with and without the event.")
    values = np.empty(risk.size)
    values[event] = _share_below(risk[event], np.sort(risk[~event]))
    values[~event] = 1.0 - _share_below(risk[~event], np.sort(risk[event]))
    return values


def auc_variance(y: ArrayLike, p: ArrayLike) -> float:
    """Give DeLong's variance of an AUC; NaN with fewer than two events or two others.

    References
    ----------
    See `placement_values`.

    Examples
    --------
    >>> round(auc_variance([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.125
    """
    outcome, risk, _ = checked(y, p, None)
    events, others = int(outcome.sum()), int((1 - outcome).sum())
    if events < 2 or others < 2:
        return float("nan")
    values = placement_values(outcome, risk)
    of_events, of_others = values[outcome == 1], values[outcome == 0]
    return float(of_events.var(ddof=1) / events + of_others.var(ddof=1) / others)


def _share_below(
    values: NDArray[np.float64], sorted_others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the share of the others below each value, ties counting one half."""
    low = np.searchsorted(sorted_others, values, side="left")
    high = np.searchsorted(sorted_others, values, side="right")
    return np.asarray((low + high) / (2.0 * sorted_others.size))


def hanley_mcneil_variance(value: float, events: int, others: int) -> float:
    """Give Hanley and McNeil's variance of an AUC from its value and the numbers of patients.

    It speaks of sampling the patients on whom a given model is measured, and takes the predictions
    of either outcome as exponential, which makes it somewhat too large for most models.

    Parameters
    ----------
    value : float
        The AUC, 0 to 1.
    events, others : int
        Patients with and without the event, each at least 1.

    References
    ----------
    Hanley JA, McNeil BJ. Radiology 1982;143:29-36, doi 10.1148/radiology.143.1.7063747, equation 2.

    Examples
    --------
    >>> round(hanley_mcneil_variance(0.8, 10, 20), 8)
    0.00875556
    """
    if not 0.0 <= value <= 1.0 or events < 1 or others < 1:
        raise NotEstimable(
            "The variance of an AUC needs an AUC of 0 to 1, events and non-events; found "
            f"{value}, {events} and {others}."
        )
    # Their Q1 - A^2 and Q2 - A^2, each without A(1 - A), which would cancel near 0 and 1.
    pairs_of_events = (events - 1) * (1.0 - value) / (2.0 - value)
    pairs_of_others = (others - 1) * value / (1.0 + value)
    ratio = (1.0 + pairs_of_events + pairs_of_others) / (events * others)
    return value * (1.0 - value) * ratio


def auc_interval(value: float, events: int, others: int, *, level: float = 0.95) -> Interval:
    """Give the confidence interval of an AUC on the logit scale, Hanley and McNeil's variance.

    It speaks of sampling the patients on whom a given model was measured. For a model that was
    learnt from the same patients it lacks what learning adds: see `twoarm.validate`.

    Parameters
    ----------
    value : float
        The AUC, strictly between 0 and 1: at either end the formula has no width, which no number
        of patients supports.
    events, others : int
        Patients with and without the event, each at least 1.
    level : float
        Confidence, between 0 and 1.

    References
    ----------
    See `hanley_mcneil_variance`.

    Examples
    --------
    >>> interval = auc_interval(0.90, 14, 184)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.728, 0.968)
    """
    if not 0.0 < value < 1.0 or events < 1 or others < 1 or not 0.0 < level < 1.0:
        raise NotEstimable(
            "An AUC interval needs an AUC inside 0-1, events and non-events, and a level in 0-1; "
            f"found {value}, {events}, {others} and {level}."
        )
    unit = value * (1.0 - value)
    half = z_of(level) * math.sqrt(hanley_mcneil_variance(value, events, others) / unit / unit)
    centre = math.log(value / (1.0 - value))
    return Interval("logit_hanley_mcneil", _expit(centre - half), _expit(centre + half))


def _expit(x: float) -> float:
    """Give 1 / (1 + exp(-x)); near an AUC of 0 or 1, half an interval is thousands wide."""
    return 1.0 / (1.0 + math.exp(min(-x, 700.0)))
