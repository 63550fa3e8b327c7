"""Patients who are lost before the outcome is known."""

from __future__ import annotations

import math

from twoarm.design.checks import check_shares_of_all, positive

__all__ = ["randomised"]


def randomised(with_outcome: float, loss: float) -> int:
    """Give the patients to randomise so that this many have an outcome.

    Parameters
    ----------
    with_outcome : float
        Patients whose outcome is needed, above 0.
    loss : float
        Share lost, 0 or more and below 1; lost by chance, in both arms alike.

    Examples
    --------
    >>> randomised(152, 0.05)
    160
    """
    positive(with_outcome=with_outcome)
    check_shares_of_all(loss=loss)
    return math.ceil(with_outcome / (1.0 - loss) - 1e-9)
