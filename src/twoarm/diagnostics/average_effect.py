"""The average effect, estimated in several ways that should agree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from twoarm.errors import ArgumentError
from twoarm.learners import Logistic

__all__ = ["AverageEffect", "Estimate", "average_effect", "crude_difference"]

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its standard error and 95 % interval; None where there is none."""

    estimate: float
    se: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class AverageEffect:
    """Average effects, all as mu1 - mu0 on the scale of the outcome.

    Attributes
    ----------
    crude : Estimate
        Difference of the arms' means, nothing adjusted for.
    g_formula : Estimate
        Mean over all patients of the difference of both arms' predictions (standardisation).
        Without a standard error here: resample the whole procedure for one.
    """

    crude: Estimate
    g_formula: Estimate


def crude_difference(y: NDArray[np.float64], treatment: NDArray[np.int64]) -> Estimate:
    """Give the difference of means with Wald's interval, variances of the arms unequal.

    Examples
    --------
    >>> import numpy as np
    >>> crude_difference(np.array([0., 1., 1., 1.]), np.array([0, 0, 1, 1])).estimate
    0.5
    """
    control, treated = y[treatment == 0], y[treatment == 1]
    difference = float(treated.mean() - control.mean())
    variance = sum(float(arm.var(ddof=1)) / arm.size for arm in (control, treated) if arm.size > 1)
    se = math.sqrt(variance)
    return Estimate(difference, se, difference - _Z * se, difference + _Z * se)


def average_effect(
    X: ArrayLike,
    y: ArrayLike,
    treatment: ArrayLike,
    *,
    outcome_model: Any = None,
    mu: tuple[ArrayLike, ArrayLike] | None = None,
) -> AverageEffect:
    """Estimate the average effect of a treatment on everybody in the data.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Predictors, complete.
    y : array_like, shape (n,)
        Outcome, complete: 0 and 1, or numbers with a regression model.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    outcome_model : classifier or regressor, optional
        Copied and fitted in each arm; by default `Logistic()`.
    mu : pair of array_like, shape (n,), optional
        Predictions under control and under treatment, made elsewhere; no model is fitted then.

    Returns
    -------
    AverageEffect
        As mu1 - mu0, whatever the outcome's direction.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.

    Notes
    -----
    Only the crude difference in a randomised trial needs no assumption. The others are causal if X
    holds all that decided on treatment and bears on the outcome, and if every patient could have
    been in either arm.

    References
    ----------
    Hernan MA, Robins JM. Causal Inference: What If (2020), chapter 13 (standardisation).

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [0.0], [1.0], [1.0]] * 10); w = np.array([0, 1, 0, 1] * 10)
    >>> average_effect(X, w * X[:, 0], w, mu=(np.zeros(40), X[:, 0])).g_formula.estimate
    0.5
    """
    matrix, outcome, arm = _arrays(X, y, treatment)
    mu0, mu1 = (
        _predictions(matrix, outcome, arm, outcome_model)
        if mu is None
        else (np.asarray(mu[0], dtype=np.float64), np.asarray(mu[1], dtype=np.float64))
    )
    if mu0.shape != outcome.shape or mu1.shape != outcome.shape:
        raise ArgumentError(
            f"`mu` must hold two predictions a patient; found shapes {mu0.shape} and {mu1.shape}."
        )
    standardised = float((mu1 - mu0).mean())
    return AverageEffect(
        crude=crude_difference(outcome, arm),
        g_formula=Estimate(standardised, None, None, None),
    )


def _arrays(
    X: ArrayLike, y: ArrayLike, treatment: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    matrix, outcome = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    arm = np.asarray(treatment)
    if matrix.ndim != 2 or outcome.shape != matrix.shape[:1] or arm.shape != outcome.shape:
        raise ArgumentError(
            "X, y and treatment must have the same number of rows; found shapes "
            f"{matrix.shape}, {outcome.shape} and {arm.shape}."
        )
    if not np.array_equal(np.unique(arm), (0, 1)):
        raise ArgumentError(
            "Treatment must be 0 or 1, with patients in both arms; found "
            f"{np.unique(arm).tolist()[:5]}."
        )
    if not (np.isfinite(matrix).all() and np.isfinite(outcome).all()):
        raise ArgumentError("X and y must be complete: impute X, and leave out unknown outcomes.")
    return matrix, outcome, arm.astype(np.int64)


def _predictions(
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    arm: NDArray[np.int64],
    outcome_model: Any,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    predicted = []
    for which in (0, 1):
        model = clone(Logistic() if outcome_model is None else outcome_model)
        model.fit(X[arm == which], y[arm == which])
        predict = getattr(model, "predict_proba", None)
        predicted.append(model.predict(X) if predict is None else predict(X)[:, 1])
    return predicted[0], predicted[1]
