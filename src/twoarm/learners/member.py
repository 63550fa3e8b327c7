"""What the kernel members share: the scikit-learn contract around one compiled fit."""

from __future__ import annotations

from abc import abstractmethod
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.kernels.data import Columns
from twoarm.learners.prepared import checked_weight, prepare, values_of

__all__ = [
    "BinaryClassifier",
    "KernelMember",
    "require",
    "require_positive",
    "require_whole",
    "stream_of",
]

_MOST = 2**31 - 1  # what the kernels count in 32 bits


def require(condition: bool, name: str, expected: str, found: object) -> None:
    """Raise ArgumentError if a learner's parameter is not what it must be."""
    if not condition:
        raise ArgumentError(f"Parameter '{name}' must be {expected}; found {found!r}.")


def require_whole(name: str, found: Any, least: int, most: int = _MOST) -> int:
    """Give a learner's parameter as an int; ArgumentError if it is none, or out of bounds."""
    if not (isinstance(found, Integral) and least <= int(found) <= most):
        expected = f"at least {least}" if most == _MOST else f"{least} to {most}"
        require(False, name, f"a whole number, {expected}", found)
    return int(found)


def require_positive(name: str, found: Any) -> float:
    """Give a learner's parameter as a float; ArgumentError unless it is a number above 0."""
    require(isinstance(found, Real) and float(found) > 0.0, name, "a number above 0", found)
    return float(found)


def stream_of(seed: int) -> np.uint64:
    """Give the kernels' stream of a seed."""
    return np.uint64(require_whole("seed", seed, 0, 2**64 - 1))


class BinaryClassifier(ClassifierMixin, BaseEstimator):
    """A classifier of two classes with whole-number case weights."""

    classes_: NDArray[Any]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _checked(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        """Check a fit's input; give predictors, outcome as 0 and 1, and weights."""
        matrix, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        weight = checked_weight(sample_weight, matrix.shape[0])
        self.classes_ = np.unique(labels[weight > 0])
        if self.classes_.size > 2:
            raise ArgumentError(
                "Only binary classification is supported: expected two classes, found "
                f"{self.classes_.size}."
            )
        if self.classes_.size < 2:
            raise NotEstimable(
                "A binary outcome needs two classes; found one class only: "
                f"{self.classes_.tolist()}."
            )
        return matrix, (labels == self.classes_[1]).astype(np.int64), weight

    def _new_values(self, X: ArrayLike) -> NDArray[np.float64]:
        check_is_fitted(self)
        return values_of(validate_data(self, X, reset=False, dtype=np.float64))

    @abstractmethod
    def _risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability of the second class; `values` is (columns, rows)."""

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Give the probabilities of both classes, shape (n, 2)."""
        risk = self._risk(self._new_values(X))
        return np.column_stack([1.0 - risk, risk])

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Give the likelier class of each row, the first one if both are equally likely."""
        risk = self._risk(self._new_values(X))
        return self.classes_[(risk > 0.5).astype(np.intp)]


class KernelMember(BinaryClassifier):
    """A learner whose fit is one of our kernels.

    A weight of 3 means the same as three copies of a row, in every count and every sum.
    """

    kind: int

    @abstractmethod
    def kernel_parameters(self, n_columns: int) -> tuple[float, float, float, float]:
        """Give the four numbers that the kernel of this kind takes (`kernels.members`)."""

    @abstractmethod
    def fit_columns(
        self,
        columns: Columns,
        members: NDArray[np.uint32],
        outcome: NDArray[np.int64],
        weight: NDArray[np.int64],
        stream: np.uint64,
    ) -> Self:
        """Fit on prepared columns and keep the model; the rows `members` have weight."""

    @abstractmethod
    def to_plain(self) -> dict[str, Any]:
        """Give the fitted model as plain numbers and lists, in the predictors' own units."""

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the learner.

        Parameters
        ----------
        X : array_like, shape (n, p)
            Finite predictors.
        y : array_like, shape (n,)
            Two classes; the second in sorted order is the event.
        sample_weight : array_like of whole numbers, shape (n,), optional
            How often each row counts.
        """
        matrix, outcome, weight = self._checked(X, y, sample_weight)
        members = np.flatnonzero(weight).astype(np.uint32)
        columns = prepare(matrix, weight).columns
        return self.fit_columns(
            columns, members, outcome, weight, stream_of(getattr(self, "seed", 0))
        )
