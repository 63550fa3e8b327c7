"""Do patients with the event have the higher predicted risk, in patients never seen before?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from twoarm.errors import NotEstimable
from twoarm.metrics import Estimate, auc, auc_interval, auc_variance, brier
from twoarm.metrics.arrays import checked
from twoarm.metrics.estimate import wald
from twoarm.metrics.normal import Z

__all__ = ["ExternalDiscrimination", "external_discrimination"]


@dataclass(frozen=True, slots=True)
class ExternalDiscrimination:
    """Discrimination of given predictions in new patients.

    Attributes
    ----------
    n, events : int
    auc : Estimate
        Error by DeLong, interval on the logit scale. Hanley and McNeil's where everybody is ranked
        right, or DeLong's error is 0.
    brier : Estimate
        Mean squared error of the predictions; its error takes them as given.
    """

    n: int
    events: int
    auc: Estimate
    brier: Estimate


def external_discrimination(y: ArrayLike, p: ArrayLike) -> ExternalDiscrimination:
    """Measure discrimination of given predictions, with intervals.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    p : array_like, shape (n,)
        Probability predicted by a model that was not learnt from these patients, 0 to 1.

    Raises
    ------
    NotEstimable
        With fewer than 2 events or 2 others.

    References
    ----------
    DeLong ER, et al. Biometrics 1988;44:837-845, doi 10.2307/2531595.

    Examples
    --------
    >>> found = external_discrimination([0, 1, 0, 1, 1, 0], [0.1, 0.4, 0.5, 0.6, 0.8, 0.3])
    >>> round(found.auc.estimate, 3), round(found.brier.estimate, 3)
    (0.889, 0.152)
    """
    outcome, risk, _ = checked(y, p, None)
    events, others = int(outcome.sum()), int((1 - outcome).sum())
    if min(events, others) < 2:
        raise NotEstimable(
            "An AUC with its error needs at least 2 patients with the event and 2 without; found "
            f"{events} and {others}."
        )
    squares = (outcome - risk) ** 2
    error = float(squares.std(ddof=1)) / math.sqrt(squares.size)
    return ExternalDiscrimination(
        outcome.size, events, _auc(outcome, risk, events, others), wald(brier(outcome, risk), error)
    )


def _auc(y: ArrayLike, p: ArrayLike, events: int, others: int) -> Estimate:
    value, variance = auc(y, p), auc_variance(y, p)
    if not 0.0 < value < 1.0:
        return Estimate(value, math.nan, math.nan, math.nan)
    unit = value * (1.0 - value)
    if not variance > 0.0:
        interval = auc_interval(value, events, others)
        return Estimate(value, math.nan, interval.low, interval.high)
    se = math.sqrt(variance)
    centre, half = math.log(value / (1.0 - value)), Z * se / unit
    low, high = (1.0 / (1.0 + np.exp(-(centre + side * half))) for side in (-1.0, 1.0))
    return Estimate(value, se, float(low), float(high))
