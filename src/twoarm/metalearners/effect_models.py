"""Parts of the learners that model the effect itself: X, R and DR."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from twoarm.errors import ArgumentError
from twoarm.learners.plugin import with_seed
from twoarm.metalearners.metalearner import Metalearner

__all__ = [
    "EffectLearner",
    "arms_about",
    "default_effect_model",
    "fit_effect",
]


def default_effect_model() -> Any:
    """Give ridge regression on standardised predictors, penalty by leave-one-out error.

    The largest penalties leave next to nothing but the mean, which is often the best answer.
    """
    return make_pipeline(StandardScaler(), RidgeCV(alphas=np.logspace(0, 6, 13)))


def fit_effect(
    model: Any,
    X: NDArray[np.float64],
    target: NDArray[np.float64],
    *,
    weight: NDArray[np.float64] | None = None,
    seed: int,
) -> Any:
    """Fit a copy of a regressor on the target; None means `default_effect_model`.

    Raises
    ------
    ArgumentError
        If weights are needed and the regressor takes none.
    """
    regressor = default_effect_model() if model is None else clone(model)
    with_seed(regressor, seed % 2**32)
    if weight is None:
        return regressor.fit(X, target)
    is_pipeline = isinstance(regressor, Pipeline)
    name = f"{regressor.steps[-1][0]}__sample_weight" if is_pipeline else "sample_weight"
    try:
        return regressor.fit(X, target, **{name: weight})
    except TypeError as error:
        raise ArgumentError(
            f"The R-learner weights its patients; {regressor} must take `sample_weight` in `fit` "
            f"({error}). Choose another `effect_model`."
        ) from error


def arms_about(
    mean_risk: NDArray[np.float64], propensity: NDArray[np.float64], effect: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give the two risks that differ by the effect and average to the risk of such patients.

    With m = (1 - e) mu0 + e mu1 and mu1 - mu0 = t: mu0 = m - e t and mu1 = m + (1 - e) t. Risks
    outside 0 to 1 are cut off there; the effect is given back as it was.

    Examples
    --------
    >>> mu0, mu1, _ = arms_about(np.array([0.4]), np.array([0.25]), np.array([0.2]))
    >>> mu0.round(3), mu1.round(3)
    (array([0.35]), array([0.55]))
    """
    mu0 = np.clip(mean_risk - propensity * effect, 0.0, 1.0)
    mu1 = np.clip(mean_risk + (1.0 - propensity) * effect, 0.0, 1.0)
    return mu0, mu1, effect


class EffectLearner(Metalearner):
    """A metalearner with a second stage that regresses on the effect.

    Parameters
    ----------
    base : classifier
        Any scikit-learn classifier with `predict_proba`, such as `twoarm.learners.Stack()`.
    desirable : bool
        Whether the outcome is one to hope for; fixes the sign of the benefit.
    seed : int
        Seed of every fit and fold.
    propensity : classifier, optional
        Model of treatment; by default ``twoarm.learners.Logistic()``. Its predictions are kept
        within 0.01 and 0.99.
    effect_model : regressor, optional
        Second stage; by default ridge regression on standardised predictors.
    nuisance_folds : int
        Folds in which outcome models and propensity are cross-fitted.
    """

    def __init__(
        self,
        base: Any,
        *,
        desirable: bool,
        seed: int = 0,
        propensity: Any = None,
        effect_model: Any = None,
        nuisance_folds: int = 5,
    ):
        super().__init__(base, desirable=desirable, seed=seed)
        self.propensity = propensity
        self.effect_model = effect_model
        self.nuisance_folds = nuisance_folds
