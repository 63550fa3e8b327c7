"""How much of the error is spent by each look (Lan, DeMets. Biometrika 1983;70:659-663).

Both functions start at 0 and reach the whole error when all information is in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from twoarm.design.checks import check_share
from twoarm.errors import ArgumentError

__all__ = ["SPENDING", "Spending", "obrien_fleming_spent", "pocock_spent"]

#: How the error is shared out over the looks: Lan and DeMets, after O'Brien and Fleming or Pocock.
Spending = Literal["obrien-fleming", "pocock"]
Floats = NDArray[np.float64]


def obrien_fleming_spent(information: ArrayLike, error: float) -> Floats:
    """Give the one-sided error spent at these shares of the information: late, as O'Brien-Fleming.

    Examples
    --------
    >>> obrien_fleming_spent([0.5, 1.0], 0.025).round(5)
    array([0.00153, 0.025  ])
    """
    shares = _shares(information, error)
    spent: Floats = 2.0 * ndtr(ndtri(error / 2.0) / np.sqrt(shares))
    return spent


def pocock_spent(information: ArrayLike, error: float) -> Floats:
    """Give the one-sided error spent at these shares of the information: evenly, as Pocock.

    Examples
    --------
    >>> pocock_spent([0.5, 1.0], 0.025).round(5)
    array([0.0155, 0.025 ])
    """
    spent: Floats = error * np.log1p((np.e - 1.0) * _shares(information, error))
    return spent


SPENDING: Final[dict[Spending, Callable[[ArrayLike, float], Floats]]] = {
    "obrien-fleming": obrien_fleming_spent,
    "pocock": pocock_spent,
}


def _shares(information: ArrayLike, error: float) -> Floats:
    check_share(error=error)
    shares = np.asarray(information, dtype=np.float64)
    if not ((shares > 0.0) & (shares <= 1.0)).all():
        raise ArgumentError(
            f"Shares of the information lie above 0 and up to 1; found {shares.tolist()}."
        )
    return shares
