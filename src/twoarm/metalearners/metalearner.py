"""What all metalearners but the T-learner share: checks, folds, and the way to their effects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.metalearners.effects import Effects
from twoarm.metalearners.sample import Sample
from twoarm.metalearners.t import two_arm_arrays
from twoarm.metrics import as_benefit
from twoarm.seeds import Stream, fold_numbers, generator

__all__ = ["Learnt", "Metalearner"]


class Learnt(Protocol):
    """What a fit keeps: enough to predict anybody."""

    def arms(
        self, X: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Give mu0, mu1 and the effect of patients X, each of shape (n,)."""


class Metalearner(ABC):
    """Learns from patients of both arms what either treatment would do.

    A subclass says how one fit goes (`_learn`). Patients without a known outcome take no part in
    any fit; every model, fold and seed is as if they were not there.

    Parameters
    ----------
    base : classifier
        Any scikit-learn classifier with `predict_proba`, such as `twoarm.learners.Stack()`.
    desirable : bool
        Whether the outcome is one to hope for; fixes the sign of the benefit.
    seed : int
        Seed of every fit and fold.
    """

    def __init__(self, base: Any, *, desirable: bool, seed: int = 0):
        self.base = base
        self.desirable = desirable
        self.seed = seed

    @abstractmethod
    def _learn(self, sample: Sample, path: tuple[int, ...]) -> Learnt:
        """Fit on the sample; `path` names this piece of work to the seeds."""

    def fit(self, X: ArrayLike, y: ArrayLike, *, treatment: ArrayLike) -> Self:
        """Fit on everybody whose outcome is known.

        Parameters
        ----------
        X : array_like, shape (n, p)
            Finite predictors.
        y : array_like of 0, 1 or NaN, shape (n,)
            Outcome; NaN where not known.
        treatment : array_like of 0 and 1, shape (n,)
            Arm.

        Raises
        ------
        ArgumentError
            If the arrays do not fit together.
        FitError
            If a model cannot be fitted, for example without events in an arm.
        """
        matrix, outcome, arm = _checked(X, y, treatment)
        everybody = np.ones(arm.size, dtype=np.bool_)
        self.learnt_ = self._learn(_known(matrix, outcome, arm, everybody), (int(Stream.FULL_FIT),))
        return self

    def effects(self, X: ArrayLike) -> Effects:
        """Give both arms' probabilities and the benefit of patients X, shape (m, p)."""
        return self._signed(*self.learnt_.arms(np.asarray(X, dtype=np.float64)))

    def cross_fitted(
        self, X: ArrayLike, y: ArrayLike, *, treatment: ArrayLike, folds: int = 10
    ) -> Effects:
        """Give the effects of every patient by models that have not seen this patient.

        Folds are spread evenly over arms and outcomes; they are those of the T-learner with the
        same seed.
        """
        matrix, outcome, arm = _checked(X, y, treatment)
        fold = fold_numbers(
            4 * arm + np.nan_to_num(outcome, nan=2.0),
            folds,
            generator(self.seed, Stream.CROSS_FIT),
        )
        found = np.empty((3, arm.size))
        for number in range(folds):
            inside = fold == number
            sample = _known(matrix, outcome, arm, ~inside)
            learnt = self._learn(sample, (int(Stream.CROSS_FIT), number))
            found[:, inside] = learnt.arms(matrix[inside])
        return self._signed(*found)

    def _signed(
        self, mu0: NDArray[np.float64], mu1: NDArray[np.float64], effect: NDArray[np.float64]
    ) -> Effects:
        return Effects(mu0, mu1, as_benefit(effect, desirable=self.desirable))


def _checked(
    X: ArrayLike, y: ArrayLike, treatment: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    predictors, outcome, arm = two_arm_arrays(X, y, treatment)
    matrix = predictors.coded
    if not np.isfinite(matrix).all():
        column = int(np.flatnonzero(~np.isfinite(matrix).all(axis=0))[0])
        raise ArgumentError(
            f"A metalearner needs finite predictors; column {column} of X holds missing or "
            "infinite values. Impute them first, inside the resampling."
        )
    return matrix, outcome, arm


def _known(
    X: NDArray[np.float64],
    outcome: NDArray[np.float64],
    treatment: NDArray[np.int64],
    wanted: NDArray[np.bool_],
) -> Sample:
    rows = wanted & np.isfinite(outcome)
    return Sample(X[rows], outcome[rows].astype(np.int64), treatment[rows])
