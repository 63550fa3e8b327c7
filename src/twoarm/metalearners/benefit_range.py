"""A range for one patient's benefit: a posterior that does not shrink where the prediction does.

The recommended learner falls back on one odds ratio for all where the data say little of
interactions. Its prediction is then near the truth on average, but a range that rested on the same
strengths would be narrow there and miss the patients with the largest benefit. So the range rests
on one fit of the same model with interactions as free as `RANGE_PENALTY` lets them be, and the
distance between both predictions counts as uncertainty, too. What it holds was measured:
docs/decisions/0023-the-range-for-one-patient.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.metalearners.interactions import InteractionFit, fit_interactions, information
from twoarm.metalearners.penalized_interaction import PENALTIES

__all__ = ["RANGE_MULTIPLE", "RANGE_PENALTY", "BenefitRange", "fit_range"]

RANGE_PENALTY = PENALTIES[4]
"""Strength of the ridge on interactions: a log odds ratio of 0.22 per standard deviation."""

RANGE_MULTIPLE = 2.5
"""Standard deviations on either side, chosen in synthetic worlds; no quantile of a normal."""

_MAIN_PENALTY = 10.0  # as the recommended learner


@dataclass(frozen=True, slots=True)
class BenefitRange:
    """What the width of a patient's range rests on.

    Attributes
    ----------
    fit : InteractionFit
        The model with interactions of strength `RANGE_PENALTY`.
    root : ndarray, shape (2p + 2, 2p + 2)
        Lower triangle L with L L' = posterior covariance of intercept, treatment, main effects and
        interactions (Laplace's approximation).
    """

    fit: InteractionFit
    root: NDArray[np.float64]

    def half_width(self, X: ArrayLike, effect: ArrayLike) -> NDArray[np.float64]:
        """Give half the width of the range, shape (n,).

        Parameters
        ----------
        X : array_like, shape (n, p)
        effect : array_like, shape (n,)
            The predicted mu1 - mu0, around which the range lies.
        """
        rows = np.asarray(X, dtype=np.float64)
        mu0, mu1, freer = self.fit.arms(rows)
        spread = ((_gradient(self.fit, rows, mu0, mu1) @ self.root) ** 2).sum(axis=1)
        apart = freer - np.asarray(effect, dtype=np.float64)
        return np.asarray(RANGE_MULTIPLE * np.sqrt(spread + apart**2))


def _gradient(
    fit: InteractionFit,
    X: NDArray[np.float64],
    mu0: NDArray[np.float64],
    mu1: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give how mu1 - mu0 moves with intercept, treatment, main effects and interactions."""
    z = (X - fit.centre) / fit.scale
    slope0, slope1 = mu0 * (1.0 - mu0), mu1 * (1.0 - mu1)
    middle, side = slope1 - slope0, (slope1 + slope0) / 2.0
    return np.column_stack([middle, side, middle[:, None] * z, side[:, None] * z])


def fit_range(
    X: NDArray[np.float64], outcome: NDArray[np.int64], treatment: NDArray[np.int64]
) -> BenefitRange:
    """Fit what a patient's range rests on.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Finite predictors.
    outcome, treatment : ndarray of int64, shape (n,)
        0 or 1.

    Raises
    ------
    FitError
        If all patients have the event or none has.

    Notes
    -----
    It says nothing of hidden confounding, of other models, or of another hospital.

    References
    ----------
    Tierney L, Kadane JB. J Am Stat Assoc 1986;81:82-86, doi 10.1080/01621459.1986.10478240; the
    posterior of a ridge is that of a normal prior with precision equal to its strength.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> rng = generator(3); w = np.tile([0, 1], 400); X = rng.normal(size=(800, 2))
    >>> y = (rng.random(800) < 1 / (1 + np.exp(-X[:, 0] - w))).astype(int)
    >>> found = fit_range(X, y, w)
    >>> found.half_width([[0.0, 0.0], [0.0, 0.0]], [0.23, 0.33]).round(2)
    array([0.09, 0.26])
    """
    fit = fit_interactions(X, outcome, treatment, penalty=RANGE_PENALTY, main_penalty=_MAIN_PENALTY)
    precision = information(fit, X, treatment, main_penalty=_MAIN_PENALTY)
    return BenefitRange(fit, np.linalg.cholesky(np.linalg.inv(precision)))
