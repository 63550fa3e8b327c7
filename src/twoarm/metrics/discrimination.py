"""Do patients with the event have the higher predicted risk?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from numpy.typing import ArrayLike

from twoarm.errors import ArgumentError
from twoarm.kernels.ranks import concordance
from twoarm.metrics.arrays import checked

__all__ = ["Interval", "auc", "auc_interval"]


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


def auc_interval(value: float, events: int, others: int, *, level: float = 0.95) -> Interval:
    """Give the confidence interval of an AUC on the logit scale, Hanley and McNeil's variance.

    It speaks of sampling the patients on whom the AUC was measured. Centred on a corrected AUC
    (.632+, out-of-bag) it is approximate; it is wrong around Harrell's value for learners that
    reproduce their training labels.

    Parameters
    ----------
    value : float
        The AUC, between 0 and 1. At 0 or 1 exactly the interval is that point.
    events, others : int
        Patients with and without the event, each at least 1.
    level : float
        Confidence, between 0 and 1.

    References
    ----------
    Hanley JA, McNeil BJ. Radiology 1982;143:29-36, doi 10.1148/radiology.143.1.7063747.

    Examples
    --------
    >>> interval = auc_interval(0.90, 14, 184)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.728, 0.968)
    """
    if not 0.0 <= value <= 1.0 or events < 1 or others < 1 or not 0.0 < level < 1.0:
        raise ArgumentError(
            "An AUC interval needs an AUC in 0-1, events and non-events, and a level in 0-1; found "
            f"{value}, {events}, {others} and {level}."
        )
    method = "logit_hanley_mcneil"
    if value in (0.0, 1.0):
        return Interval(method, value, value)
    # Their Q1 - A^2 and Q2 - A^2, each without A(1 - A), which would cancel near 0 and 1.
    pairs_of_events = (events - 1) * (1.0 - value) / (2.0 - value)
    pairs_of_others = (others - 1) * value / (1.0 + value)
    ratio = (1.0 + pairs_of_events + pairs_of_others) / (events * others)
    half = NormalDist().inv_cdf(0.5 + level / 2) * math.sqrt(ratio / (value * (1.0 - value)))
    centre = math.log(value / (1.0 - value))
    return Interval(method, _expit(centre - half), _expit(centre + half))


def _expit(x: float) -> float:
    """Give 1 / (1 + exp(-x)); near an AUC of 0 or 1, half an interval is thousands wide."""
    return 1.0 / (1.0 + math.exp(min(-x, 700.0)))
