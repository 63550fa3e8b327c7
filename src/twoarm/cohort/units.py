"""Values of a positive quantity that are of another unit than the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["other_unit"]

_HUNDRED = 100
_GAP, _FEWEST = 10.0, 3
"""Hundredths lie that many times below the others (nothing is between 0.52 and 32), and are so many
at least, as are the others."""

_NARROW_GAP, _FEWEST_NARROW = 5.0, 5
"""The same of two kinds that are each narrower than the step between them: 4 to 11, 85 to 190."""

_FACTOR, _HOLE, _SHARE, _VALUES = 5.0, 2.0, 0.02, 4
"""The same of two kinds that are alike but for a factor: nothing lies between them up to twice the
larger of the low ones, and each has its share of the patients, and several values."""

_ALIKE = 2.5
"""How many times wider, on the logarithmic scale, one kind may be than the other."""

Numbers = NDArray[np.float64]


def other_unit(known: Numbers) -> Numbers:
    """Give the values that seem to be of a larger unit than the others, which are larger numbers.

    Parameters
    ----------
    known : ndarray, shape (n,)
        Finite.

    Returns
    -------
    ndarray
        Sorted; empty if there are none, or not all values are positive.

    Examples
    --------
    >>> other_unit(np.array([0.31, 0.45, 0.52, 32, 41, 44, 60, 71]))
    array([0.31, 0.45, 0.52])
    >>> other_unit(np.array([2.0, 3, 5, 8, 13, 21, 34, 55])).size
    0
    """
    positive = np.sort(known)
    if positive.size < 2 * _FEWEST or positive[0] <= 0:
        return np.empty(0)
    ratio = positive[1:] / positive[:-1]
    cut = int(np.argmax(ratio)) + 1
    low, high = positive[:cut], positive[cut:]
    fewest = min(low.size, high.size)
    if fewest < _FEWEST or np.unique(low).size < 2:
        return np.empty(0)
    step = float(ratio[cut - 1])
    hundredths = step >= _GAP and high.min() <= _HUNDRED * np.median(low) <= high.max()
    widest = max(low.max() / low.min(), high.max() / high.min())
    narrow = step >= max(_NARROW_GAP, widest) and np.unique(high).size > 1
    narrow = narrow and fewest >= _FEWEST_NARROW
    return low if hundredths or narrow or _is_multiple(low, high) else np.empty(0)


def _is_multiple(low: Numbers, high: Numbers) -> bool:
    """Say whether the high values look as the low ones do, times a factor."""
    fewest = max(_FEWEST_NARROW, _SHARE * (low.size + high.size))
    if min(low.size, high.size) < fewest or high.min() < _HOLE * low.max():
        return False
    if min(np.unique(low).size, np.unique(high).size) < _VALUES:
        return False
    spreads = [np.subtract(*np.quantile(np.log(each), [0.75, 0.25])) for each in (low, high)]
    alike = max(spreads) <= _ALIKE * min(spreads)
    return bool(alike and np.median(high) >= _FACTOR * np.median(low))
