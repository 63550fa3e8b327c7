"""How far are the predicted probabilities from what happened?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from twoarm.kernels.recalibration import null_loss
from twoarm.kernels.scores import LOG_LOSS_LIMIT
from twoarm.metrics.arrays import checked, recalibrated

__all__ = [
    "brier",
    "brier_no_information",
    "log_loss",
    "log_loss_no_information",
    "r2",
    "scaled_brier",
]


def brier(y: ArrayLike, p: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Give the Brier score, the mean squared distance of probability and outcome.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    p : array_like, shape (n,)
        Predicted probability, 0 to 1.
    weight : array_like, shape (n,), optional
        How often each patient counts.

    Returns
    -------
    float
        0 (perfect) to 1; NaN if nobody counts.

    Examples
    --------
    >>> round(brier([0, 1], [0.1, 0.8]), 3)
    0.025
    """
    outcome, risk, weights = checked(y, p, weight)
    total = weights.sum()
    return float((weights * (outcome - risk) ** 2).sum() / total) if total > 0 else float("nan")


def brier_no_information(y: ArrayLike, p: ArrayLike) -> float:
    """Give the Brier score if outcomes and predictions had nothing to do with each other.

    The mean over all pairs of one patient's outcome and another's prediction: gamma of Efron and
    Tibshirani (1997), which .632+ needs. NaN if there is nobody.

    Examples
    --------
    >>> brier_no_information([0, 1], [0.0, 1.0])
    0.5
    """
    outcome, risk, _ = checked(y, p, None)
    if outcome.size == 0:
        return float("nan")
    share = outcome.mean()
    return float(share * np.mean((1.0 - risk) ** 2) + (1.0 - share) * np.mean(risk**2))


def scaled_brier(y: ArrayLike, p: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Give the Brier score as a share of what the event rate alone leaves: 1 - B / (r (1 - r)).

    Parameters
    ----------
    y, p, weight
        As for `brier`.

    Returns
    -------
    float
        1 perfect, 0 no better than predicting everybody the event rate r, below 0 worse; NaN if
        nobody, or everybody, has the event.

    Examples
    --------
    >>> round(scaled_brier([0, 1], [0.1, 0.8]), 3)
    0.9
    """
    outcome, risk, weights = checked(y, p, weight)
    total = weights.sum()
    rate = float((weights * outcome).sum() / total) if total > 0 else float("nan")
    if not 0.0 < rate < 1.0:
        return float("nan")
    return 1.0 - brier(outcome, risk, weight=weights) / (rate * (1.0 - rate))


def log_loss(y: ArrayLike, p: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Give the mean negative log-likelihood, in nats; probabilities are kept in 0.001 to 0.999.

    Without that limit one patient with a probability of 0 and the event would make it infinite.

    Parameters
    ----------
    y, p, weight
        As for `brier`.

    Returns
    -------
    float
        0.001 (perfect) to 6.9; log 2 for a coin; NaN if nobody counts.

    Examples
    --------
    >>> round(log_loss([0, 1], [0.1, 0.8]), 4)
    0.1643
    """
    outcome, risk, weights = checked(y, p, weight)
    kept = np.clip(risk, LOG_LOSS_LIMIT, 1.0 - LOG_LOSS_LIMIT)
    total = weights.sum()
    surprise = -np.log(np.where(outcome == 1, kept, 1.0 - kept))
    return float((weights * surprise).sum() / total) if total > 0 else float("nan")


def log_loss_no_information(y: ArrayLike, p: ArrayLike) -> float:
    """Give the log-loss if outcomes and predictions had nothing to do with each other.

    The mean over all pairs of one patient's outcome and another's prediction, as for
    `brier_no_information`; NaN if there is nobody.

    Examples
    --------
    >>> round(log_loss_no_information([0, 1], [0.25, 0.75]), 4)  # (log 4 + log 4/3) / 2
    0.837
    """
    outcome, risk, _ = checked(y, p, None)
    if outcome.size == 0:
        return float("nan")
    kept = np.clip(risk, LOG_LOSS_LIMIT, 1.0 - LOG_LOSS_LIMIT)
    share = outcome.mean()
    return float(-share * np.log(kept).mean() - (1.0 - share) * np.log(1.0 - kept).mean())


def r2(y: ArrayLike, p: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Give Nagelkerke's R2 of the logistic recalibration of the predictions.

    The outcome is regressed on logit p first, as `rms::validate` does on test data: the measure
    tells how much the predictions know, whether or not they are calibrated.

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
        0 to 1; 0 if everybody is predicted the same; NaN if nobody or everybody has the event, or
        the predictions separate the two groups.

    References
    ----------
    Nagelkerke NJD. Biometrika 1991;78:691-692, doi 10.1093/biomet/78.3.691.

    Examples
    --------
    >>> round(r2([0, 1, 0, 1, 1, 0], [0.1, 0.4, 0.5, 0.6, 0.8, 0.3]), 3)
    0.601
    """
    fit = recalibrated(y, p, weight)
    without = null_loss(fit.outcome, fit.weight)
    total = fit.weight.sum()
    explained = 1.0 - np.exp(2.0 * (fit.loss - without) / total)
    return float(explained / (1.0 - np.exp(-2.0 * without / total)))
