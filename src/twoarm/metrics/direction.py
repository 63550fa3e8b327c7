"""The one place that turns treated minus control into benefit.

Whoever makes a difference of the arms turns it at once; whatever reads a benefit takes it as it is.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["as_benefit", "limits_as_benefit"]

Difference = TypeVar("Difference", float, NDArray[np.float64])


def as_benefit(difference: Difference, *, desirable: bool) -> Difference:
    """Turn treated minus control so that it is positive where the treatment helps.

    Parameters
    ----------
    difference : float or ndarray
        Of an outcome, a risk, a score or an effect.
    desirable : bool
        Whether the outcome is one to hope for.

    Returns
    -------
    float or ndarray
        As it is for a desirable outcome, else its opposite; no difference stays 0, without a sign.

    Examples
    --------
    >>> as_benefit(0.25, desirable=False), as_benefit(0.0, desirable=False)
    (-0.25, 0.0)
    """
    return difference if desirable else 0.0 - difference


def limits_as_benefit(
    low: Difference, high: Difference, *, desirable: bool
) -> tuple[Difference, Difference]:
    """Turn the limits of treated minus control, which change places with their sign.

    Examples
    --------
    >>> limits_as_benefit(-0.25, 0.5, desirable=False)
    (-0.5, 0.25)
    """
    if desirable:
        return low, high
    return as_benefit(high, desirable=False), as_benefit(low, desirable=False)
