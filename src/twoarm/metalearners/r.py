"""R-learner: what the predictors do not explain of the outcome, by what they do not of treatment.

Nie, Wager 2021, doi 10.1093/biomet/asaa076, equation 4; Robinson 1988, doi 10.2307/1912705.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.metalearners.effect_models import EffectLearner, arms_about, fit_effect
from twoarm.metalearners.metalearner import Learnt
from twoarm.metalearners.nuisances import (
    BoundedPropensity,
    Role,
    cross_fitted_propensity,
    fit_propensity,
)
from twoarm.metalearners.sample import Sample, fit_on, out_of_fold, sample_folds
from twoarm.seeds import integer

__all__ = ["RLearner", "residual_target"]


def residual_target(
    outcome: NDArray[np.float64],
    treatment: NDArray[np.int64],
    mean_risk: NDArray[np.float64],
    propensity: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give target and weight whose weighted least squares minimise the R-loss.

    The loss ``sum ((Y - m) - (W - e) t)^2`` is ``sum (W - e)^2 ((Y - m) / (W - e) - t)^2``.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
    treatment : ndarray of 0 and 1, shape (n,)
    mean_risk : ndarray, shape (n,)
        E[Y | X] whatever the arm, 0 to 1.
    propensity : ndarray, shape (n,)
        Strictly between 0 and 1.

    Examples
    --------
    >>> half = np.array([0.5])
    >>> [part.tolist() for part in residual_target(np.array([1.0]), np.array([1]), half, half)]
    [[1.0], [0.25]]
    """
    surprise = treatment - propensity
    return (outcome - mean_risk) / surprise, surprise**2


@dataclass(frozen=True, slots=True)
class _ResidualModel:
    mean_model: Any
    propensity: BoundedPropensity
    effect_model: Any

    def arms(
        self, X: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        mean_risk = self.mean_model.predict_proba(X)[:, 1]
        return arms_about(mean_risk, self.propensity(X), self.effect_model.predict(X))


class RLearner(EffectLearner):
    """The R-loss of cross-fitted nuisances, minimised by a weighted regression.

    The parameters are those of `EffectLearner`; `effect_model` must take `sample_weight`. The base
    models the outcome of both arms together, without knowing the arm.

    Notes
    -----
    mu0 and mu1 of `Effects` are the risk of such patients moved apart by the effect and cut off at
    0 and 1 (`arms_about`); the benefit is not cut off. It weighs patients by e (1 - e), so its mean
    leans towards those who could have been in either arm. It is causal only if the arms are
    comparable given the predictors, which no code can check.

    Examples
    --------
    >>> from twoarm.learners import Logistic
    >>> from twoarm.seeds import generator
    >>> rng = generator(3); w = np.tile([0, 1], 400); X = rng.normal(size=(800, 2))
    >>> y = (rng.random(800) < 0.3 + 0.4 * w).astype(int)
    >>> learner = RLearner(Logistic(), desirable=True).fit(X, y, treatment=w)
    >>> bool(abs(learner.effects(X).benefit.mean() - 0.4) < 0.1)
    True
    """

    def _learn(self, sample: Sample, path: tuple[int, ...]) -> Learnt:
        seed_path = (self.seed, *path)
        everybody = np.ones(sample.outcome.size, dtype=np.bool_)
        fold = sample_folds(sample, self.nuisance_folds, *seed_path, Role.FOLDS)
        prepared, outcome = sample.prepared, sample.outcome
        mean_risk = out_of_fold(
            self.base, prepared, outcome, everybody, fold, *seed_path, Role.MEAN
        )
        chance = cross_fitted_propensity(sample, self.propensity, fold, seed_path)
        target, weight = residual_target(
            outcome.astype(np.float64), sample.treatment, mean_risk, chance
        )
        seed = integer(*seed_path, Role.EFFECT)
        mean_seed = integer(*seed_path, Role.MEAN)
        return _ResidualModel(
            fit_on(self.base, prepared, outcome, everybody, seed=mean_seed),
            fit_propensity(self.propensity, sample, seed_path),
            fit_effect(self.effect_model, sample.X, target, weight=weight, seed=seed),
        )
