"""The benefit in groups of one variable: as it was observed, adjusted, and as predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.metrics import Estimate, mean_estimate, newcombe

__all__ = ["GroupContrast", "group_contrasts", "value_groups"]

_WITH_AN_ERROR = 2


@dataclass(frozen=True, slots=True)
class GroupContrast:
    """The benefit in one group of patients.

    Attributes
    ----------
    n, events : tuple of int
        Of controls and treated: patients, and those with the event.
    crude : Estimate or None
        Difference of the arms as they are, in benefit direction, with Newcombe's interval; None
        where an arm has nobody.
    adjusted : Estimate or None
        Mean doubly robust score; None where an arm has nobody with the event or nobody without,
        and where it is beyond -1 to 1: too few patients tell none.
    predicted : float
        Mean predicted benefit.
    """

    n: tuple[int, int]
    events: tuple[int, int]
    crude: Estimate | None
    adjusted: Estimate | None
    predicted: float


def group_contrasts(
    outcome: ArrayLike,
    treatment: ArrayLike,
    scores: ArrayLike,
    benefit: ArrayLike,
    group: ArrayLike,
    *,
    desirable: bool,
) -> tuple[GroupContrast, ...]:
    """Give the benefit in each group.

    Parameters
    ----------
    outcome, treatment : array_like of 0 and 1, shape (n,)
    scores : array_like, shape (n,)
        Doubly robust scores in the direction of benefit.
    benefit : array_like, shape (n,)
        Predicted benefit, cross-fitted.
    group : array_like of int, shape (n,)
        From 0; a negative one is left out.
    desirable : bool
        Whether the event is one to hope for.

    Notes
    -----
    The crude difference is one of effect only if a lot decided on treatment. The groups must not
    have been chosen by looking at the outcome.

    Examples
    --------
    >>> y, w = [0, 1, 0, 1, 1, 0], [0, 0, 0, 1, 1, 1]
    >>> (only,) = group_contrasts(y, w, [0.3] * 6, [0.2] * 6, [0] * 6, desirable=True)
    >>> only.n, only.events, round(only.crude.estimate, 3), round(only.adjusted.estimate, 3)
    ((3, 3), (1, 2), 0.333, 0.3)
    """
    y, w, number = (np.asarray(each, dtype=np.int64) for each in (outcome, treatment, group))
    phi, t = (np.asarray(each, dtype=np.float64) for each in (scores, benefit))
    if not y.shape == w.shape == number.shape == phi.shape == t.shape or y.ndim != 1:
        raise ArgumentError("Expected one outcome, arm, score, benefit and group a patient.")
    found = []
    for k in range(int(number.max(initial=-1)) + 1):
        own = number == k
        if own.any():
            found.append(_one(y[own], w[own], phi[own], t[own], desirable))
    return tuple(found)


def _one(
    y: NDArray[np.int64],
    w: NDArray[np.int64],
    phi: NDArray[np.float64],
    t: NDArray[np.float64],
    desirable: bool,
) -> GroupContrast:
    counts = np.bincount(2 * w + y, minlength=4).reshape(2, 2)
    n, events = counts.sum(axis=1).tolist(), counts[:, 1].tolist()
    size, with_event = (n[0], n[1]), (events[0], events[1])
    crude = newcombe(with_event, size).as_benefit(desirable=desirable) if min(size) else None
    adjusted = None
    if counts.min() > 0 and phi.size >= _WITH_AN_ERROR and abs(float(phi.mean())) <= 1.0:
        adjusted = mean_estimate(phi)
    return GroupContrast(size, with_event, crude, adjusted, float(t.mean()))


def value_groups(values: ArrayLike, groups: int) -> NDArray[np.int64]:
    """Put patients into groups of about equal size by rising value; -1 where it is missing.

    Equal values stay together, so that there may be fewer groups.

    Examples
    --------
    >>> value_groups([5.0, 1.0, 2.0, 9.0, float("nan")], 2).tolist()
    [1, 0, 0, 1, -1]
    """
    x = np.asarray(values, dtype=np.float64)
    known = np.isfinite(x)
    number = np.full(x.size, -1, dtype=np.int64)
    if known.any():
        shares = np.arange(1, groups) / groups
        edges = np.unique(np.quantile(x[known], shares, method="inverted_cdf"))
        below = np.searchsorted(edges, x[known], side="left")
        number[known] = np.unique(below, return_inverse=True)[1]
    return number
