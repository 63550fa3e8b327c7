"""Repeated nested cross-validation: every patient predicted by models that have not seen him.

Everything that is learnt is learnt inside the fold. For a stack the cross-validation is nested: its
inner folds lie within the outer training patients.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Prepared, Split, over_folds, prepare, replicate
from twoarm.learners.folds import inner_folds
from twoarm.metrics import auc_within
from twoarm.resampling.binary import binary, labels_of
from twoarm.resampling.scores import SCORES, score_all
from twoarm.seeds import Stream, integer

__all__ = ["CV_FOLDS", "CrossValidated", "cross_validate", "cv_scores", "nested_cv"]

CV_FOLDS = 10
"""Folds of a repeat; with fewer events (or others) as many as there are of them."""


@dataclass(frozen=True, slots=True)
class CrossValidated:
    """Out-of-fold predictions.

    Attributes
    ----------
    risk : ndarray, shape (repeats, n)
        NaN in a fold whose fit failed.
    fold : ndarray of int, shape (repeats, n)
        Which model of the repeat predicted the patient.
    errors : tuple of str
        Of the fits that failed.
    """

    risk: NDArray[np.float64]
    fold: NDArray[np.int64]
    errors: tuple[str, ...] = ()

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Which repeats have a prediction for everybody, shape (repeats,)."""
        return np.asarray(np.isfinite(self.risk).all(axis=1))


@dataclass(frozen=True)
class _FoldTask:
    """Predict one fold of one repeat; frozen, so that it can travel to another process."""

    estimator: Any
    prepared: Prepared
    outcome: NDArray[np.int64]
    seed: int
    groups: NDArray[Any] | None

    def __call__(self, split: Split) -> NDArray[np.float64] | str:
        try:
            risk = replicate(
                self.estimator,
                self.prepared,
                self.outcome,
                split.learnt.astype(np.int64),
                wanted=split.held,
                seed=integer(self.seed, Stream.CROSS_FIT, split.repeat, split.number),
                groups=self.groups,
            ).risk[split.held]
        except Exception as error:  # noqa: BLE001  a learner may raise anything; it is reported
            return f"{type(error).__name__}: {error}"
        return risk if np.isfinite(risk).all() else "predictions are not finite"


def cross_validate(
    estimator: Any,
    prepared: Prepared,
    outcome: NDArray[np.int64],
    *,
    repeats: int,
    seed: int,
    groups: NDArray[Any] | None = None,
    executor: str = "threads",
    workers: int = 0,
) -> CrossValidated:
    """Cross-validate on arrays that have been checked; see `nested_cv`."""
    everybody = np.ones(outcome.size, dtype=np.int64)
    folds = []
    for repeat in range(repeats):
        own = integer(seed, Stream.CROSS_FIT, repeat)
        try:
            folds.append(inner_folds(outcome, everybody, CV_FOLDS, own, groups)[0])
        except FitError as error:
            nothing = np.full((repeats, outcome.size), np.nan)
            return CrossValidated(nothing, np.zeros(nothing.shape, np.int64), (str(error),))
    fold = np.stack(folds)
    risk = np.full(fold.shape, np.nan)
    task = _FoldTask(estimator, prepared, outcome, seed, groups)
    errors = []
    for split, result in over_folds(fold, task, executor=executor, workers=workers):
        if isinstance(result, str):
            errors.append(result)
        else:
            risk[split.repeat, split.held] = result
    return CrossValidated(risk, fold, tuple(errors))


def nested_cv(
    estimator: Any,
    X: Any,
    y: ArrayLike,
    *,
    repeats: int = 10,
    seed: int = 0,
    groups: ArrayLike | None = None,
    executor: str = "threads",
    workers: int = 0,
) -> CrossValidated:
    """Cross-validate a classifier in 10 folds, several times over.

    Folds are stratified by the outcome; rows of one group stay together.

    Parameters
    ----------
    estimator, X, y, groups, executor, workers
        As for `twoarm.resampling.validate`.
    repeats : int
        How often the patients are dealt to folds anew, at least 1.
    seed : int
        Repeat i depends on (`seed`, i) alone.

    Returns
    -------
    CrossValidated

    Raises
    ------
    ArgumentError
        If the input does not fit together.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from twoarm.learners import Logistic
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> nested_cv(Logistic(), X, y, repeats=2).risk.shape
    (2, 569)
    """
    outcome, prepared = binary(y), prepare(X)
    if prepared.given.shape[0] != outcome.size or repeats < 1:
        raise ArgumentError(
            f"X and y must have the same number of rows, and repeats be 1 or more; found "
            f"{prepared.given.shape[0]}, {outcome.size} and {repeats}."
        )
    return cross_validate(
        estimator,
        prepared,
        outcome,
        repeats=repeats,
        seed=seed,
        groups=labels_of("groups", groups, outcome.size),
        executor=executor,
        workers=workers,
    )


def cv_scores(outcome: NDArray[np.int64], cv: CrossValidated) -> dict[str, NDArray[np.float64]]:
    """Measure each complete repeat, all its patients together; name to shape (repeats,).

    The AUC compares patients of one fold only (`twoarm.metrics.auc_within`).
    """
    risk, fold = cv.risk[cv.complete], cv.fold[cv.complete]
    table = score_all(risk, outcome, np.ones(risk.shape, dtype=np.int64))[:, :, 1]
    scores = {name: table[:, k] for k, name in enumerate(SCORES)}
    within = [auc_within(outcome, r, f) for r, f in zip(risk, fold, strict=True)]
    scores["auc"] = np.array(within, dtype=np.float64)
    return scores
