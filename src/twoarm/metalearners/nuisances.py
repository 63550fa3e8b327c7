"""Outcome models and propensity: what the effect is not, but needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.learners import Logistic
from twoarm.metalearners.sample import Sample, fit_on, out_of_fold, sample_folds
from twoarm.seeds import integer

__all__ = [
    "BoundedPropensity",
    "Nuisances",
    "Role",
    "cross_fitted_nuisances",
    "cross_fitted_propensity",
    "fit_arm_models",
    "fit_propensity",
]

_LEAST_PROPENSITY = 0.01


class Role(IntEnum):
    """Last step of a seed's path: which part of a metalearner it belongs to."""

    FOLDS = 0
    MU0 = 1
    MU1 = 2
    MEAN = 3
    PROPENSITY = 4
    EFFECT = 5


@dataclass(frozen=True, slots=True)
class Nuisances:
    """Risks and propensity of n patients, by models that have not seen them.

    Attributes
    ----------
    mu0, mu1 : ndarray, shape (n,)
        Probability of the outcome under control and under treatment.
    propensity : ndarray, shape (n,)
        Probability of treatment, kept within 0.01 and 0.99.
    """

    mu0: NDArray[np.float64]
    mu1: NDArray[np.float64]
    propensity: NDArray[np.float64]


def cross_fitted_nuisances(
    sample: Sample, base: Any, propensity: Any = None, *, folds: int = 5, seed_path: tuple[int, ...]
) -> Nuisances:
    """Predict both arms' risks and the propensity of each patient from the other folds.

    Chernozhukov et al. 2018, doi 10.1111/ectj.12097, definition 3.1: folds by patient, spread
    evenly over arms and outcomes.

    Parameters
    ----------
    sample : Sample
        Patients with known outcome.
    base : classifier
        Outcome model, fitted in each arm.
    propensity : classifier, optional
        Model of treatment; by default ``Logistic()``.
    folds : int
        At least 2.
    seed_path : tuple of int
        Seed, then the path of this piece of work.

    Raises
    ------
    FitError
        If a model cannot be fitted.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> rng = generator(3); w = np.tile([0, 1], 100); X = rng.normal(size=(200, 2))
    >>> y = (rng.random(200) < 0.3 + 0.4 * w).astype(int)
    >>> found = cross_fitted_nuisances(Sample(X, y, w), Logistic(), seed_path=(1,))
    >>> bool(found.mu0.mean() < 0.4 < found.mu1.mean())
    True
    """
    fold = sample_folds(sample, folds, *seed_path, Role.FOLDS)
    mu0, mu1 = (
        out_of_fold(
            base, sample.prepared, sample.outcome, sample.treatment == arm, fold, *seed_path, role
        )
        for arm, role in ((0, Role.MU0), (1, Role.MU1))
    )
    return Nuisances(mu0, mu1, cross_fitted_propensity(sample, propensity, fold, seed_path))


def cross_fitted_propensity(
    sample: Sample, propensity: Any, fold: NDArray[np.int64], seed_path: tuple[int, ...]
) -> NDArray[np.float64]:
    """Predict each patient's probability of treatment from the other folds, within 0.01-0.99."""
    model = Logistic() if propensity is None else propensity
    everybody = np.ones(fold.size, dtype=np.bool_)
    chance = out_of_fold(
        model, sample.prepared, sample.treatment, everybody, fold, *seed_path, Role.PROPENSITY
    )
    return _bounded(chance)


def fit_arm_models(base: Any, sample: Sample, seed_path: tuple[int, ...]) -> tuple[Any, Any]:
    """Fit the base on all controls, and on all treated; give both models."""
    models = [
        fit_on(
            base,
            sample.prepared,
            sample.outcome,
            sample.treatment == arm,
            seed=integer(*seed_path, role),
        )
        for arm, role in ((0, Role.MU0), (1, Role.MU1))
    ]
    return models[0], models[1]


def fit_propensity(
    propensity: Any, sample: Sample, seed_path: tuple[int, ...]
) -> BoundedPropensity:
    """Fit the model of treatment on everybody; None means ``Logistic()``."""
    model = Logistic() if propensity is None else propensity
    everybody = np.ones(sample.treatment.size, dtype=np.bool_)
    seed = integer(*seed_path, Role.PROPENSITY)
    return BoundedPropensity(fit_on(model, sample.prepared, sample.treatment, everybody, seed=seed))


@dataclass(frozen=True, slots=True)
class BoundedPropensity:
    """A fitted propensity model whose answers stay within 0.01 and 0.99."""

    model: Any

    def __call__(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability of treatment of patients X, shape (n,)."""
        return _bounded(self.model.predict_proba(X)[:, 1])


def _bounded(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(chance, _LEAST_PROPENSITY, 1 - _LEAST_PROPENSITY)
