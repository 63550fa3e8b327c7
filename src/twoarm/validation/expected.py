"""What was to be expected of a model here, before its outcomes were looked at.

Three things move a measure from one place to another: chance, the mix of patients, and the model
being wrong. The first two can be foretold.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import NotEstimable
from twoarm.metrics import Interval
from twoarm.metrics.arrays import checked
from twoarm.metrics.normal import Z

__all__ = [
    "BETWEEN_PLACES",
    "between_places",
    "expected_auc",
    "expected_brier",
]

Floats = NDArray[np.float64]

BETWEEN_PLACES = 0.055
"""Standard deviation of a model's AUC between validations: 469 models, 1603 validations (van
Leeuwen FD, et al. arXiv 2406.08628)."""


def expected_auc(p: ArrayLike) -> float:
    """Give the AUC in these patients if the predicted probabilities are right.

    The chance that, of two patients of whom one has the event and the other has not, the one with
    the event has the higher prediction. Ties count one half. Outcomes play no part, so that it
    says what the mix of patients allows.

    Parameters
    ----------
    p : array_like, shape (n,)
        Predicted probability, 0 to 1.

    Returns
    -------
    float
        0.5 to 1; NaN if no two patients can differ in outcome.

    References
    ----------
    van Klaveren D, et al. Stat Med 2016;35:4136-4152, doi 10.1002/sim.6997 (model-based
    concordance).

    Examples
    --------
    >>> round(expected_auc([0.2, 0.8]), 4), expected_auc([0.3, 0.3, 0.3])
    (0.9412, 0.5)
    """
    _, risk, _ = checked(np.zeros(np.shape(p)), p, None)
    value, tie = np.unique(risk, return_inverse=True)
    events = np.bincount(tie, weights=risk, minlength=value.size)
    others = np.bincount(tie, weights=1.0 - risk, minlength=value.size)
    below = np.cumsum(others) - others
    above = np.cumsum(events) - events
    # A patient is not compared with himself: his own pair is taken out of the ties.
    tied = events * others - np.bincount(tie, weights=risk * (1.0 - risk), minlength=value.size)
    right, wrong = float((events * below).sum()), float((others * above).sum())
    pairs = right + wrong + float(tied.sum())
    return (right + float(tied.sum()) / 2.0) / pairs if pairs > 0.0 else math.nan


def expected_brier(p: ArrayLike) -> float:
    """Give the Brier score in these patients if the predicted probabilities are right.

    Examples
    --------
    >>> round(expected_brier([0.5, 0.1]), 3)
    0.17
    """
    _, risk, _ = checked(np.zeros(np.shape(p)), p, None)
    return float((risk * (1.0 - risk)).mean())


def between_places(auc: float, se: float, *, between: float = BETWEEN_PLACES) -> Interval:
    """Give the range in which the AUC of a new place lies in 95 of 100 places.

    Parameters
    ----------
    auc : float
        To be expected of an average place: the development's headline.
    se : float
        Its standard error; 0 if that is not known.
    between : float
        Standard deviation between places. The default is what was found over many models, none of
        them a model of two arms.

    Examples
    --------
    >>> found = between_places(0.80, 0.03)
    >>> round(found.low, 3), round(found.high, 3)
    (0.677, 0.923)
    """
    if not 0.0 <= auc <= 1.0 or not se >= 0.0 or not between >= 0.0:
        raise NotEstimable(
            f"A range between places needs an AUC of 0 to 1 and errors from 0; found {auc}, {se} "
            f"and {between}."
        )
    half = Z * math.sqrt(se**2 + between**2)
    return Interval("between_places", max(0.0, auc - half), min(1.0, auc + half))
