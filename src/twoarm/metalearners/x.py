"""X-learner: the effect imputed in each arm from the other arm's model.

Kunzel, Sekhon, Bickel, Yu 2019, doi 10.1073/pnas.1804597116, equations 7 to 9.
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
    fit_arm_models,
    fit_propensity,
)
from twoarm.metalearners.sample import Sample
from twoarm.seeds import integer

__all__ = ["XLearner", "imputed_effects"]


def imputed_effects(
    outcome: NDArray[np.float64], predicted_by_other_arm: NDArray[np.float64], *, treated: bool
) -> NDArray[np.float64]:
    """Give the outcome seen minus the one predicted without (or with) treatment, as mu1 - mu0.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        0 or 1, of patients of one arm.
    predicted_by_other_arm : ndarray, shape (n,)
        What the other arm's model says of them.
    treated : bool
        Whether these are the treated.

    Examples
    --------
    >>> imputed_effects(np.array([1.0, 0.0]), np.array([0.25, 0.25]), treated=False).tolist()
    [-0.75, 0.25]
    """
    difference = outcome - predicted_by_other_arm
    return difference if treated else -difference


@dataclass(frozen=True, slots=True)
class _CrossedModels:
    arm_models: tuple[Any, Any]
    effect_models: tuple[Any, Any]
    propensity: BoundedPropensity

    def arms(
        self, X: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        chance = self.propensity(X)
        of_controls, of_treated = (model.predict(X) for model in self.effect_models)
        mu0, mu1 = (model.predict_proba(X)[:, 1] for model in self.arm_models)
        effect = chance * of_controls + (1 - chance) * of_treated
        return arms_about((1 - chance) * mu0 + chance * mu1, chance, effect)


class XLearner(EffectLearner):
    """The effect regressed in each arm, and both regressions averaged by the propensity.

    The parameters are those of `EffectLearner` but `nuisance_folds`, which are not needed: a
    patient's effect is imputed by the model of the arm the patient was not in.

    Notes
    -----
    mu0 and mu1 of `Effects` are the outcome models' mean risk moved apart by the effect and cut off
    at 0 and 1 (`arms_about`); the benefit is not cut off. It is causal only if the arms are
    comparable given the predictors, which no code can check.

    Examples
    --------
    >>> from twoarm.learners import Logistic
    >>> from twoarm.seeds import generator
    >>> rng = generator(3); w = np.tile([0, 1], 400); X = rng.normal(size=(800, 2))
    >>> y = (rng.random(800) < 0.3 + 0.4 * w).astype(int)
    >>> learner = XLearner(Logistic(), desirable=True).fit(X, y, treatment=w)
    >>> bool(abs(learner.effects(X).benefit.mean() - 0.4) < 0.1)
    True
    """

    def __init__(
        self,
        base: Any,
        *,
        desirable: bool,
        seed: int = 0,
        propensity: Any = None,
        effect_model: Any = None,
    ):
        super().__init__(
            base,
            desirable=desirable,
            seed=seed,
            propensity=propensity,
            effect_model=effect_model,
        )

    def _learn(self, sample: Sample, path: tuple[int, ...]) -> Learnt:
        seed_path = (self.seed, *path)
        models = fit_arm_models(self.base, sample, seed_path)
        effect_models = []
        for arm in (0, 1):
            own = sample.treatment == arm
            predicted = models[1 - arm].predict_proba(sample.X[own])[:, 1]
            target = imputed_effects(
                sample.outcome[own].astype(np.float64), predicted, treated=arm == 1
            )
            seed = integer(*seed_path, Role.EFFECT, arm)
            effect_models.append(fit_effect(self.effect_model, sample.X[own], target, seed=seed))
        propensity = fit_propensity(self.propensity, sample, seed_path)
        return _CrossedModels(models, (effect_models[0], effect_models[1]), propensity)
