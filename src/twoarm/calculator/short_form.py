"""The short form: the answers that move the benefit most, and what leaving out the rest costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ShortForm", "short_form"]

Floats = NDArray[np.float64]

MOST = 9
"""A form for the bedside has fewer than ten answers."""

ENOUGH = 0.02
"""A mean error of two points of benefit ends the search for a shorter list."""


@dataclass(frozen=True, slots=True)
class ShortForm:
    """The leading predictors and the error of a form that asks for them alone.

    Attributes
    ----------
    leading : tuple of int
        Numbers of the predictors, the one that moves the benefit most first.
    mean, median, p95 : float
        Absolute difference of the benefit from that of the full form, as a probability.
    n : int
        Patients that the errors were measured in.
    """

    leading: tuple[int, ...]
    mean: float
    median: float
    p95: float
    n: int


def short_form(
    benefit: Callable[[Floats], Floats], coded: Floats, fill: Sequence[float]
) -> ShortForm | None:
    """Find the fewest predictors, in the order of their weight, that nearly give the full benefit.

    A predictor's weight is the mean absolute change of the benefit when it alone takes its average.

    Parameters
    ----------
    benefit : callable
        Gives the benefit, shape (n,), of coded predictors, shape (n, predictors).
    coded : ndarray, shape (n, predictors)
        Patients; NaN where unknown.
    fill : sequence of float
        What stands for an answer that is left out.

    Returns
    -------
    ShortForm or None
        None where the full form is as short.

    Examples
    --------
    >>> patients = np.random.default_rng(0).uniform(size=(200, 12))
    >>> found = short_form(lambda x: 0.9 * x[:, 3] + 0.1 * x[:, 7], patients, [0.5] * 12)
    >>> found.leading, found.mean == 0.0
    ((3, 7), True)
    """
    average = np.asarray(fill, dtype=np.float64)
    full = benefit(coded)

    def error(left_out: NDArray[np.intp]) -> Floats:
        shortened = coded.copy()
        shortened[:, left_out] = average[left_out]
        found: Floats = np.abs(benefit(shortened) - full)
        return found

    moved = [float(error(np.array([k])).mean()) for k in range(average.size)]
    order = np.argsort(-np.asarray(moved), kind="stable")
    if average.size <= MOST:
        return None
    for asked in range(1, MOST + 1):
        errors = error(order[asked:])
        if errors.mean() <= ENOUGH or asked == MOST:
            break
    return ShortForm(
        tuple(order[:asked].tolist()),
        float(errors.mean()),
        float(np.median(errors)),
        float(np.quantile(errors, 0.95)),
        errors.size,
    )
