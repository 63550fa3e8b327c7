"""Cross-validation that divides patients, where their rows hold copies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, check_cv

from twoarm.errors import FitError

__all__ = ["PatientSplitter"]

_FOLDS = 5  # what scikit-learn means by None


class PatientSplitter:
    """Divide patients as a given `cv` divides rows; copies go where their patient goes.

    Parameters
    ----------
    cv : int, None or splitter
        As scikit-learn takes it.
    patient : ndarray, shape (rows,)
        Whose row it is.
    outcome : ndarray of int, shape (rows,)
        0 or 1, to stratify by.
    groups : ndarray, shape (rows,), optional
        With a number of folds, patients of one group stay together too; a splitter sees them.
    classifier : bool
        Whether folds are stratified where `cv` is a number.
    """

    def __init__(
        self,
        cv: Any,
        patient: NDArray[Any],
        outcome: NDArray[np.int64],
        groups: NDArray[Any] | None = None,
        *,
        classifier: bool = True,
    ):
        _, first, self.number = np.unique(patient, return_index=True, return_inverse=True)
        self.outcome = outcome[first]
        self.groups = None if groups is None else groups[first]
        if self.groups is not None and not hasattr(cv, "split"):
            grouped = StratifiedGroupKFold if classifier else GroupKFold
            cv = grouped(_FOLDS if cv is None else int(cv))
        self.cv = check_cv(cv, self.outcome, classifier=classifier)

    def _arguments(self) -> tuple[Any, Any, Any]:
        return np.zeros((self.outcome.size, 1)), self.outcome, self.groups

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Give the number of splits."""
        return int(self.cv.get_n_splits(*self._arguments()))

    def split(
        self, X: Any, y: Any = None, groups: Any = None
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Give the rows to learn from and the rows to predict, once a split."""
        rows = X.shape[0] if hasattr(X, "shape") else len(X)
        if rows != self.number.size:
            raise FitError(
                f"A cross-validation inside the estimator divides {rows} rows, the fit has "
                f"{self.number.size}: which of them are one patient is not known."
            )
        order = np.argsort(self.number, kind="stable")
        copies = np.split(order, np.cumsum(np.bincount(self.number))[:-1])
        for parts in self.cv.split(*self._arguments()):
            learn, predict = (np.concatenate([copies[k] for k in part]) for part in parts)
            yield learn, predict
