"""Shares of few patients, and their differences, with intervals that do not collapse at 0 or 1."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from twoarm.errors import ArgumentError
from twoarm.metrics.estimate import Estimate

__all__ = ["newcombe", "wilson"]


def wilson(
    share: ArrayLike, n: ArrayLike, *, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give Wilson's limits of a share.

    Parameters
    ----------
    share : array_like
        Observed shares, 0 to 1.
    n : array_like
        Patients they are of, 1 or more.
    level : float
        Confidence, between 0 and 1.

    Raises
    ------
    ArgumentError
        If a share or a level is out of range, or there is nobody.

    References
    ----------
    Wilson EB. JASA 1927;22:209-212.

    Examples
    --------
    >>> low, high = wilson(0.0, 10)
    >>> float(low), round(float(high), 3)
    (0.0, 0.278)
    """
    p, size = np.asarray(share, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if ((p < 0) | (p > 1)).any() or (size < 1).any() or not 0.0 < level < 1.0:
        raise ArgumentError("Expected shares from 0 to 1, of 1 patient at least, and a level.")
    z = float(norm.ppf(0.5 + level / 2.0))
    middle = (p + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * np.sqrt(p * (1 - p) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    low = np.where(p == 0.0, 0.0, np.maximum(middle - half, 0.0))
    high = np.where(p == 1.0, 1.0, np.minimum(middle + half, 1.0))
    return low, high


def newcombe(events: tuple[int, int], n: tuple[int, int]) -> Estimate:
    """Give the difference of two shares, second minus first, with Newcombe's 95 % interval.

    Parameters
    ----------
    events, n : tuple of int, int
        Events and patients, 1 or more, of both groups.

    Returns
    -------
    Estimate
        Its `se` is that of the plain difference; the interval does not rest on it.

    References
    ----------
    Newcombe RG. Stat Med 1998;17:873-890, method 10.

    Examples
    --------
    >>> found = newcombe((48, 56), (80, 70))
    >>> round(found.estimate, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    if min(n) < 1 or any(not 0 <= k <= size for k, size in zip(events, n, strict=True)):
        raise ArgumentError(f"Expected patients in both groups; found {events} of {n}.")
    p0, p1 = (k / size for k, size in zip(events, n, strict=True))
    (low0, low1), (high0, high1) = ((float(a), float(b)) for a, b in wilson([p0, p1], n))
    difference = p1 - p0
    se = math.sqrt(p0 * (1 - p0) / n[0] + p1 * (1 - p1) / n[1])
    return Estimate(
        difference,
        se,
        difference - math.hypot(p1 - low1, high0 - p0),
        difference + math.hypot(high1 - p1, p0 - low0),
    )
