"""DR-learner: doubly robust scores regressed on the predictors.

Kennedy 2023, doi 10.1214/23-EJS2157, algorithm 1, with cross-fitting in place of a single split.
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
    cross_fitted_nuisances,
    fit_arm_models,
    fit_propensity,
)
from twoarm.metalearners.sample import Sample
from twoarm.metalearners.scores import dr_scores
from twoarm.seeds import integer

__all__ = ["DRLearner"]


@dataclass(frozen=True, slots=True)
class _ScoreModel:
    arm_models: tuple[Any, Any]
    propensity: BoundedPropensity
    effect_model: Any

    def arms(
        self, X: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        chance = self.propensity(X)
        mu0, mu1 = (model.predict_proba(X)[:, 1] for model in self.arm_models)
        return arms_about((1 - chance) * mu0 + chance * mu1, chance, self.effect_model.predict(X))


class DRLearner(EffectLearner):
    """The doubly robust scores of cross-fitted nuisances, regressed on the predictors.

    The parameters are those of `EffectLearner`.

    Notes
    -----
    mu0 and mu1 of `Effects` are the outcome models' mean risk moved apart by the effect and cut off
    at 0 and 1 (`arms_about`); the benefit is not cut off. It is right if either the outcome models
    or the propensity are, and causal only if the arms are comparable given the predictors, which no
    code can check.

    Examples
    --------
    >>> from twoarm.learners import Logistic
    >>> from twoarm.seeds import generator
    >>> rng = generator(3); w = np.tile([0, 1], 400); X = rng.normal(size=(800, 2))
    >>> y = (rng.random(800) < 0.3 + 0.4 * w).astype(int)
    >>> learner = DRLearner(Logistic(), desirable=True).fit(X, y, treatment=w)
    >>> bool(abs(learner.effects(X).benefit.mean() - 0.4) < 0.1)
    True
    """

    def _learn(self, sample: Sample, path: tuple[int, ...]) -> Learnt:
        seed_path = (self.seed, *path)
        nuisances = cross_fitted_nuisances(
            sample, self.base, self.propensity, folds=self.nuisance_folds, seed_path=seed_path
        )
        scores = dr_scores(
            sample.outcome,
            sample.treatment,
            nuisances.mu0,
            nuisances.mu1,
            nuisances.propensity,
        )
        seed = integer(*seed_path, Role.EFFECT)
        return _ScoreModel(
            fit_arm_models(self.base, sample, seed_path),
            fit_propensity(self.propensity, sample, seed_path),
            fit_effect(self.effect_model, sample.X, scores, seed=seed),
        )
