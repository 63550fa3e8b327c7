"""The models that an average effect leans on: outcome in each arm, and choice of treatment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.linear_model import LinearRegression

from twoarm.errors import NotEstimable
from twoarm.learners import Logistic, Split, cross_fitted
from twoarm.seeds import Stream, fold_numbers, generator

__all__ = ["cross_fit_folds", "fit_outcomes", "fit_propensity"]

Floats = NDArray[np.float64]
Folds = NDArray[np.int64]

_NEAREST = 1e-12


def cross_fit_folds(y: Floats, treatment: NDArray[np.int64], n_folds: int, seed: int) -> Folds:
    """Give the fold of each patient, both arms (and outcomes 0 and 1) spread evenly.

    Without cross-fitting (0 folds) nobody is held out: -1 for everybody.

    Raises
    ------
    ArgumentError
        If there is 1 fold, or more folds than patients.
    """
    if n_folds == 0:
        return np.full(y.size, -1, dtype=np.int64)
    binary = np.isin(y, (0.0, 1.0)).all()
    strata = 2 * treatment + (y.astype(np.int64) if binary else 0)
    return fold_numbers(strata, n_folds, generator(seed, Stream.CROSS_FIT))


def fit_outcomes(
    X: Floats, y: Floats, treatment: NDArray[np.int64], folds: Folds, model: Any = None
) -> tuple[Floats, Floats]:
    """Predict every patient's outcome in either arm by a copy of the model fitted in that arm.

    A patient with a fold is predicted by a model that has not seen this fold. Without a model:
    `Logistic()` for outcomes 0 and 1, `LinearRegression()` for numbers.
    """
    if model is None:
        model = Logistic() if np.isin(y, (0.0, 1.0)).all() else LinearRegression()

    def predict(split: Split) -> Floats:
        own = [split.learnt & (treatment == arm) for arm in (0, 1)]
        return np.stack([_fitted(model, X[rows], y[rows], X[split.held]) for rows in own])

    mu0, mu1 = _predicted(folds, predict)
    return mu0, mu1


def fit_propensity(
    X: Floats, treatment: NDArray[np.int64], folds: Folds, model: Any = None
) -> Floats:
    """Predict every patient's probability of treatment; by default with `Logistic()`, a ridge.

    A probability that a computer cannot tell from 0 or 1 is brought to 1e-12 from it, so that every
    weight is finite; averages that would rest on such patients are not told (`identified`).
    """
    chosen = Logistic() if model is None else model

    def predict(split: Split) -> Floats:
        return _fitted(chosen, X[split.learnt], treatment[split.learnt], X[split.held])

    return np.clip(_predicted(folds, predict), _NEAREST, 1.0 - _NEAREST)


def _predicted(folds: Folds, predict: Callable[[Split], Floats]) -> Floats:
    """Predict each fold from the others; without folds everybody is learnt from and predicted."""
    if (folds >= 0).any():
        return cross_fitted(folds, predict)
    everybody = np.ones(folds.size, dtype=np.bool_)
    return predict(Split(0, 0, everybody, everybody))


def _fitted(model: Any, X: Floats, y: NDArray[Any], X_new: Floats) -> Floats:
    if X.shape[0] == 0:
        raise NotEstimable("A fold holds all patients of an arm: use fewer folds.")
    fitted = clone(model).fit(X, y)
    predict = getattr(fitted, "predict_proba", None)
    predicted = fitted.predict(X_new) if predict is None else predict(X_new)[:, 1]
    return np.asarray(predicted, dtype=np.float64)
