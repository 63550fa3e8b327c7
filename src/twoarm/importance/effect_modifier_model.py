"""The model of the benefit behind the measures of effect modification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.metalearners.effect_models import fit_effect

__all__ = ["PENALTIES", "LeaveOneOutRidge", "fitted_effect", "leave_one_out_ridge"]

Floats = NDArray[np.float64]

PENALTIES = np.logspace(0, 6, 13)
"""As in `twoarm.metalearners.effect_models.default_effect_model`."""


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOneOutRidge:
    """A fitted ridge regression in the predictors' own units.

    Attributes
    ----------
    coefficient : ndarray, shape (p,)
    intercept, penalty : float
    """

    coefficient: Floats
    intercept: float
    penalty: float

    def predict(self, X: Floats) -> Floats:
        """Give the predicted benefit of patients X, shape (n, p)."""
        predicted: Floats = X @ self.coefficient + self.intercept
        return predicted


def leave_one_out_ridge(X: Floats, y: Floats) -> LeaveOneOutRidge:
    """Fit ridge regression on standardised predictors, penalty by leave-one-out error.

    The same fit as `default_effect_model` gives (a test compares them), without the checks of a
    pipeline: ranks and references take tens of thousands of fits to a few hundred patients, which
    cost ten times less so. Leaving one out: Golub, Heath, Wahba 1979, doi
    10.1080/00401706.1979.10489751.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Finite predictors; a column that does not vary gets coefficient 0.
    y : ndarray, shape (n,)

    Examples
    --------
    >>> x = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> leave_one_out_ridge(x, 0.5 * x[:, 0]).predict(np.array([[1.5]])).round(6)
    array([0.75])
    """
    mean, spread = X.mean(axis=0), X.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    u, d, vt = np.linalg.svd((X - mean) / scale, full_matrices=False)
    centred = y - y.mean()
    projected = u.T @ centred
    shrink = d[:, None] ** 2 / (d[:, None] ** 2 + PENALTIES)
    residual = centred[:, None] - u @ (shrink * projected[:, None])
    leverage = 1.0 / y.size + u**2 @ shrink
    best = int(np.argmin(((residual / (1.0 - leverage)) ** 2).mean(axis=0)))
    solved = vt.T @ (d / (d**2 + PENALTIES[best]) * projected)
    coefficient = np.where(spread > 0, solved, 0.0) / scale
    return LeaveOneOutRidge(
        coefficient, float(y.mean() - mean @ coefficient), float(PENALTIES[best])
    )


def fitted_effect(effect_model: Any, X: Floats, scores: Floats, *, seed: int) -> Any:
    """Fit a model of the benefit; None means `leave_one_out_ridge`."""
    if effect_model is None:
        return leave_one_out_ridge(X, scores)
    return fit_effect(effect_model, X, scores, seed=seed)
