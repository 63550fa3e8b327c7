"""What the scores of patients average to, as the predicted benefit rises: a smooth with a band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.kernels.splines import expand, harrell_shares
from twoarm.metrics.benefit_arrays import same_length
from twoarm.metrics.least_squares import fitted_hc3
from twoarm.metrics.normal import Z

__all__ = ["BenefitCurve", "benefit_curve"]

_KNOTS = 4


@dataclass(frozen=True, slots=True)
class BenefitCurve:
    """A calibration curve for benefit, each array of shape (points,).

    Attributes
    ----------
    predicted : ndarray
        Predicted benefit, evenly spaced.
    observed : ndarray
        Smoothed score there; on the identity the predictions are right.
    low, high : ndarray
        Pointwise 95 % limits.
    """

    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def benefit_curve(scores: ArrayLike, benefit: ArrayLike, *, points: int = 61) -> BenefitCurve:
    """Smooth scores over predicted benefit by a restricted cubic spline with 4 knots.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Doubly robust scores in the direction of benefit.
    benefit : array_like, shape (n,)
        Predicted benefit by models that have not seen the patient.
    points : int
        Where the curve is given: so many places from the 2.5th to the 97.5th percentile of the
        benefit, beyond which few patients carry it. At least 2.

    Returns
    -------
    BenefitCurve
        Limits from HC3 standard errors; they take the predictions, the knots and the models behind
        the scores as given.

    Raises
    ------
    ArgumentError
        If the predicted benefits are too few, or too much alike, for a curve.

    References
    ----------
    Harrell FE. Regression Modeling Strategies (2015), section 2.4.5, for spline and knots.

    Examples
    --------
    >>> t = np.linspace(0.0, 0.3, 40)
    >>> curve = benefit_curve(t / 3, t, points=3)
    >>> curve.observed.round(4).tolist()
    [0.0025, 0.05, 0.0975]
    """
    phi, t = same_length(scores=scores, benefit=benefit)
    if points < 2:
        raise ArgumentError(f"A curve needs 2 points at least; found {points}.")
    knots = np.unique(np.quantile(t, harrell_shares(_KNOTS)))
    first, last = np.quantile(t, (0.025, 0.975)).tolist()
    grid = np.linspace(first, last, points)
    if first == last:
        raise NotEstimable("The predicted benefits are too much alike for a calibration curve.")
    value, se = fitted_hc3(_columns(t, knots), phi, _columns(grid, knots))
    if not np.isfinite(se).all():
        raise NotEstimable("The predicted benefits are too few, or tied, for a calibration curve.")
    return BenefitCurve(grid, value, value - Z * se, value + Z * se)


def _columns(t: NDArray[np.float64], knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give intercept, benefit and, with three knots or more, its spline terms, shape (n, p)."""
    rows = np.arange(t.size, dtype=np.uint32)
    terms = expand(np.ascontiguousarray(t[None]), rows, np.ascontiguousarray(knots[None]))
    return np.column_stack([np.ones(t.size), terms.T])
