"""What all metalearners share: checks, folds, and the way to their effects."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, FitError, NotEstimable
from twoarm.learners import Split, cross_fitted, prepare
from twoarm.metalearners.effects import Effects
from twoarm.metalearners.predictors import Predictors
from twoarm.metalearners.sample import Sample
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

    A subclass says how one fit goes (`_learn`), and where predictions can be had without keeping
    the models, how (`_unseen`). Patients without a known outcome take no part in
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

    _refit_path: ClassVar[tuple[int, ...]] = (int(Stream.FULL_FIT),)

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
        predictors, outcome, arm = _checked(X, y, treatment)
        everybody = np.ones(arm.size, dtype=np.bool_)
        sample = _known(predictors.coded, outcome, arm, everybody)
        self.learnt_ = self._learn(sample, (int(Stream.FULL_FIT),))
        return self

    def effects(self, X: ArrayLike) -> Effects:
        """Give both arms' probabilities and the benefit of patients X, shape (m, p)."""
        return self._signed(*self.learnt_.arms(np.asarray(X, dtype=np.float64)))

    def cross_fitted(
        self, X: ArrayLike, y: ArrayLike, *, treatment: ArrayLike, folds: int = 10
    ) -> Effects:
        """Give the effects of every patient by models that have not seen this patient.

        Folds are spread evenly over arms and outcomes; all metalearners with the same seed have the
        same.
        """
        predictors, outcome, arm = _checked(X, y, treatment)
        strata = 4 * arm + np.nan_to_num(outcome, nan=2.0)
        fold = fold_numbers(strata, folds, generator(self.seed, Stream.CROSS_FIT))

        def predict(split: Split) -> NDArray[np.float64]:
            path = (int(Stream.CROSS_FIT), split.number)
            return self._unseen(predictors, outcome, arm, split.learnt, split.held, path)

        return self._signed(*cross_fitted(fold, predict))

    def refitted(
        self,
        predictors: Predictors,
        outcome: NDArray[np.float64],
        treatment: NDArray[np.int64],
        *,
        learnt: NDArray[np.bool_],
        wanted: NDArray[np.bool_],
        seed: int,
    ) -> Effects:
        """Fit a copy to some patients and give the effects of others; the learner stays as it is.

        Parameters
        ----------
        predictors : Predictors
            Of n patients; imputed and encoded from those learnt from.
        outcome, treatment : ndarray, shape (n,)
            1, 0, or NaN where not known; 0 control, 1 treated.
        learnt, wanted : ndarray of bool, shape (n,)
            Patients to learn from, and to predict; NaN for the others.
        seed : int
            Seed of the fits, in place of the learner's own.

        Raises
        ------
        FitError
            If a model cannot be fitted.
        """
        again = copy.copy(self)
        again.seed = seed
        found = np.full((3, wanted.size), np.nan)
        found[:, wanted] = again._unseen(
            predictors, outcome, treatment, learnt, wanted, self._refit_path
        )
        return self._signed(*found)

    def _unseen(
        self,
        predictors: Predictors,
        outcome: NDArray[np.float64],
        treatment: NDArray[np.int64],
        learnt: NDArray[np.bool_],
        wanted: NDArray[np.bool_],
        path: tuple[int, ...],
    ) -> NDArray[np.float64]:
        """Learn from some patients, give mu0, mu1 and effect of others, shape (3, wanted)."""
        X = predictors.prepared(learnt.astype(np.int64)).X
        return np.stack(self._learn(_known(X, outcome, treatment, learnt), path).arms(X[wanted]))

    def _signed(
        self, mu0: NDArray[np.float64], mu1: NDArray[np.float64], effect: NDArray[np.float64]
    ) -> Effects:
        return Effects(mu0, mu1, as_benefit(effect, desirable=self.desirable))


def _checked(
    X: ArrayLike, y: ArrayLike, treatment: ArrayLike
) -> tuple[Predictors, NDArray[np.float64], NDArray[np.int64]]:
    """Check a two-arm sample; give predictors, outcome and arm, or raise ArgumentError."""
    matrix = prepare(np.asarray(X, dtype=np.float64)).X
    outcome, arm = np.asarray(y, dtype=np.float64), np.asarray(treatment)
    if outcome.shape != (matrix.shape[0],) or arm.shape != outcome.shape:
        raise ArgumentError(
            f"X, y and treatment must have the same number of rows; found {matrix.shape[0]}, "
            f"{outcome.size} and {arm.size}."
        )
    if not np.array_equal(np.unique(arm), (0, 1)):
        raise NotEstimable(
            f"Treatment must be 0 (control) or 1 (treated), with patients in both arms; found "
            f"{np.unique(arm).tolist()[:5]}."
        )
    if not np.isin(outcome[np.isfinite(outcome)], (0.0, 1.0)).all():
        raise ArgumentError("The outcome must be 0, 1, or NaN where it is not known.")
    if not np.isfinite(matrix).all():
        column = int(np.flatnonzero(~np.isfinite(matrix).all(axis=0))[0])
        raise ArgumentError(
            f"A metalearner needs finite predictors; column {column} of X holds missing or "
            "infinite values. Impute them first, inside the resampling."
        )
    return Predictors.from_matrix(matrix), outcome, arm.astype(np.int64)


def _known(
    X: NDArray[np.float64],
    outcome: NDArray[np.float64],
    treatment: NDArray[np.int64],
    wanted: NDArray[np.bool_],
) -> Sample:
    """Give the wanted patients whose outcome is known; FitError if an arm has none."""
    rows = wanted & np.isfinite(outcome)
    if np.unique(treatment[rows]).size < 2:
        raise FitError("A metalearner needs patients with a known outcome in both arms.")
    return Sample(X[rows], outcome[rows].astype(np.int64), treatment[rows])
