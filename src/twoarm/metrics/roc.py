"""The receiver operating characteristic with a band that few events do not narrow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.metrics.arrays import checked
from twoarm.metrics.proportion import wilson

__all__ = ["RocCurve", "roc_curve", "roc_points"]

_LEVEL = math.sqrt(0.95)  # each side of a rectangle: both hold together in 95 %


@dataclass(frozen=True, slots=True)
class RocCurve:
    """Sensitivity over 1 - specificity, each array of shape (points,).

    Attributes
    ----------
    false_positive : ndarray
        1 - specificity, 0 to 1.
    sensitivity : ndarray
        Mean over the repeats.
    low, high : ndarray
        Limits of the sensitivity.
    """

    false_positive: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def roc_points(y: ArrayLike, p: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give 1 - specificity and sensitivity at every threshold, from (0, 0) to (1, 1).

    Examples
    --------
    >>> [each.tolist() for each in roc_points([0, 1, 1], [0.1, 0.3, 0.3])]
    [[0.0, 0.0, 1.0], [0.0, 1.0, 1.0]]
    """
    outcome, risk, _ = checked(y, p, None)
    order = np.argsort(-risk, kind="stable")
    last = np.flatnonzero(np.diff(-risk[order], append=np.inf) > 0)
    events = np.cumsum(outcome[order])[last]
    others = last + 1 - events
    if not events[-1] or not others[-1]:
        raise ArgumentError("A ROC curve needs patients with the event and patients without.")
    start = np.zeros(1)
    return (
        np.concatenate([start, others / others[-1]]),
        np.concatenate([start, events / events[-1]]),
    )


def roc_curve(y: ArrayLike, p: ArrayLike, *, points: int = 101) -> RocCurve:
    """Average the curves of several predictions of the same patients, with limits.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome; both must occur.
    p : array_like, shape (n,) or (repeats, n)
        Predicted probabilities, by models that have not seen the patient.
    points : int
        Places from 0 to 1 at which sensitivities are averaged.

    Returns
    -------
    RocCurve
        A place of the curve is two shares: of patients without the event, and of those with it.
        Wilson's limits of both make a rectangle that holds the true place in 95 %; the band is the
        hull of these rectangles. It speaks of sampling the patients measured, and leaves out what
        another development of the model would change.

    References
    ----------
    Pepe MS. The Statistical Evaluation of Medical Tests (2003), section 2.2.2, for the rectangle.

    Examples
    --------
    >>> curve = roc_curve([0, 0, 1, 1], [0.1, 0.3, 0.2, 0.9], points=3)
    >>> curve.sensitivity.tolist()
    [0.5, 1.0, 1.0]
    """
    outcome = np.asarray(y)
    repeats = np.atleast_2d(np.asarray(p, dtype=np.float64))
    grid = np.linspace(0.0, 1.0, points)
    events = int(outcome.sum())
    others = outcome.size - events
    mean = _at(grid, outcome, repeats)
    first, last = wilson(grid, others, level=_LEVEL)
    low, _ = wilson(_at(first, outcome, repeats), events, level=_LEVEL)
    _, high = wilson(_at(last, outcome, repeats), events, level=_LEVEL)
    mean[-1] = low[-1] = high[-1] = 1.0  # who calls everybody positive misses nobody
    return RocCurve(grid, mean, low, high)


def _at(
    places: NDArray[np.float64], outcome: NDArray[np.generic], repeats: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the mean sensitivity at places of 1 - specificity; at a jump, the upper one."""
    curves = []
    for risk in repeats:
        false_positive, sensitivity = roc_points(outcome, risk)
        keep = np.append(np.diff(false_positive) > 0, True)  # the highest at each place
        curves.append(np.interp(places, false_positive[keep], sensitivity[keep]))
    return np.asarray(np.mean(curves, axis=0))
