"""The chance that a benefit exceeds a threshold, read off its range.

The range is benefit ± half width and said to hold 95 of 100; as a normal distribution it has a part
above every threshold. It is the chance that the difference between the arms, given the predictors,
is that large; like the range it holds no hidden confounding, choice of model or other hospital
(docs/decisions/0023-the-range-for-one-patient.md).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["chance_above"]

Floats = NDArray[np.float64]

_TWO_SIDED_95 = 1.959963984540054


def chance_above(benefit: Floats, half_width: Floats, threshold: float) -> Floats:
    """Give the chance that each benefit exceeds the threshold, shape (n,).

    Parameters
    ----------
    benefit : ndarray, shape (n,)
        The middle of the range.
    half_width : ndarray, shape (n,)
        Half the width of the range before it is cut at -1 and 1. Without any width the chance is 1
        where the benefit is larger, 0 elsewhere; NaN gives NaN.
    threshold : float
        On the scale of the benefit.

    Examples
    --------
    >>> chance_above(np.array([0.15, 0.2, 0.2]), np.array([0.2, 0.2, 0.0]), 0.15).round(3)
    array([0.5  , 0.688, 1.   ])
    """
    above = benefit - threshold
    wide = half_width > 0.0
    z = _TWO_SIDED_95 * above / np.where(wide, half_width, 1.0)
    parts = np.array([0.5 * math.erfc(-each / math.sqrt(2.0)) for each in z], dtype=np.float64)
    chance: Floats = np.where(wide, parts, above > 0.0)
    return np.where(np.isfinite(half_width), chance, np.nan)
