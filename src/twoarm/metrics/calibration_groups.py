"""Calibration in a few groups of patients: what few events can carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.metrics.arrays import checked
from twoarm.metrics.proportion import wilson

__all__ = ["CalibrationGroups", "calibration_groups"]

_EVENTS_A_GROUP = 5


@dataclass(frozen=True, slots=True)
class CalibrationGroups:
    """Predicted and observed risk in groups of rising prediction, each of shape (groups,).

    Attributes
    ----------
    n, events : ndarray of int64
    predicted, observed : ndarray
        Mean predicted risk, and share with the event.
    low, high : ndarray
        Wilson's 95 % limits of `observed`.
    """

    n: NDArray[np.int64]
    events: NDArray[np.int64]
    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def calibration_groups(y: ArrayLike, p: ArrayLike, *, most: int = 8) -> CalibrationGroups:
    """Compare predicted with observed risk in groups that carry equal information.

    Patients are cut by rising risk where the sum of ``p (1 - p)`` reaches equal parts of its total:
    where risks are small, groups of equal size would hold no event. There is a group for every 5
    patients with the rarer outcome, 2 at least and `most` at most; patients with the same risk stay
    together, so that there may be fewer.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
    p : array_like, shape (n,)
        Predicted probability, by models that have not seen the patient.
    most : int
        Groups at most.

    Examples
    --------
    >>> found = calibration_groups([0, 0, 1, 1], [0.1, 0.1, 0.9, 0.9])
    >>> found.predicted.round(3).tolist(), found.observed.tolist()
    ([0.1, 0.9], [0.0, 1.0])
    """
    outcome, risk, _ = checked(y, p, None)
    events = int(outcome.sum())
    rarer = min(events, outcome.size - events)
    groups = int(np.clip(rarer // _EVENTS_A_GROUP, 2, most))
    back = np.unique(risk, return_inverse=True)[1]
    information = np.bincount(back, weights=np.maximum(risk * (1 - risk), 1e-12))
    middle = (np.cumsum(information) - information / 2) / information.sum()
    number = np.unique(np.floor(groups * middle), return_inverse=True)[1][back]
    n = np.bincount(number)
    with_event = np.bincount(number, weights=outcome).astype(np.int64)
    observed = with_event / n
    low, high = wilson(observed, n)
    return CalibrationGroups(
        n=n.astype(np.int64),
        events=with_event,
        predicted=np.bincount(number, weights=risk) / n,
        observed=observed,
        low=low,
        high=high,
    )
