"""The patients a metalearner learns from, and predictions for them by models that know them not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import FitError
from twoarm.learners import Prepared, Split, cross_fitted, fit_model, prepare, replicate
from twoarm.seeds import fold_numbers, generator, integer

__all__ = ["Sample", "fit_on", "out_of_fold", "sample_folds"]


@dataclass(frozen=True)
class Sample:
    """Patients whose outcome is known.

    Attributes
    ----------
    X : ndarray, shape (n, p)
        Finite predictors.
    outcome, treatment : ndarray of int64, shape (n,)
        0 or 1.
    """

    X: NDArray[np.float64]
    outcome: NDArray[np.int64]
    treatment: NDArray[np.int64]

    @cached_property
    def prepared(self) -> Prepared:
        """The predictors as the base learners take them."""
        return prepare(self.X)

    @cached_property
    def with_arm(self) -> Prepared:
        """The predictors with the arm as their last column."""
        return prepare(np.column_stack([self.X, self.treatment]))


def sample_folds(
    sample: Sample, folds: int, *seed_path: int, by_outcome: bool = True
) -> NDArray[np.int64]:
    """Assign patients to folds, spread evenly over arms and outcomes; seed first, then its path.

    Without `by_outcome` they are spread over arms alone, and chance decides about events: for a
    test in which one fold must know nothing of another.

    Strata are numbered as they first appear, so that other names for the arms or for the outcomes
    give the same folds.
    """
    strata = 2 * sample.treatment + sample.outcome if by_outcome else sample.treatment
    _, first, number = np.unique(strata, return_index=True, return_inverse=True)
    order_of_appearance = np.argsort(np.argsort(first))
    return fold_numbers(order_of_appearance[number], folds, generator(*seed_path))


def fit_on(
    model: Any,
    prepared: Prepared,
    labels: NDArray[np.int64],
    learnt: NDArray[np.bool_],
    *,
    seed: int,
) -> Any:
    """Fit a copy of a classifier on the rows marked in `learnt`; give it."""
    return fit_model(model, prepared, labels, learnt.astype(np.int64), seed=seed)


def out_of_fold(
    model: Any,
    prepared: Prepared,
    labels: NDArray[np.int64],
    learnt: NDArray[np.bool_],
    fold: NDArray[np.int64],
    *seed_path: int,
) -> NDArray[np.float64]:
    """Predict every patient by a model that learnt from other folds alone.

    Parameters
    ----------
    model : classifier
        Copied for each fold.
    prepared : Prepared
        Predictors of n patients.
    labels : ndarray of int64, shape (n,)
        0 or 1.
    learnt : ndarray of bool, shape (n,)
        Patients to learn from, such as one arm; all are predicted.
    fold : ndarray of int64, shape (n,)
        Fold of each patient, from 0.
    *seed_path : int
        Seed, then the path of this piece of work; the fold's number is added.

    Raises
    ------
    FitError
        If a fold leaves no events or no non-events to learn from, or predictions are not finite.
    """

    def predict(split: Split) -> NDArray[np.float64]:
        counts = (learnt & split.learnt).astype(np.int64)
        seed = integer(*seed_path, split.number)
        fit = replicate(model, prepared, labels, counts, wanted=split.held, seed=seed)
        return fit.risk[split.held]

    risk = cross_fitted(fold, predict)
    if not np.isfinite(risk).all():
        raise FitError("The predictions are not finite.")
    return risk
