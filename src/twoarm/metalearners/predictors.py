"""The cohort's predictors as every fit sees them: imputed and encoded from its own patients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.encoding import EncodingSpec
from twoarm.learners import Prepared, prepare

__all__ = ["Predictors"]


@dataclass(frozen=True)
class Predictors:
    """Coded predictors of n patients and how they are encoded.

    Attributes
    ----------
    codebook : tuple of Predictor
        Empty where the predictors come as a plain matrix.
    coded : ndarray, shape (n, predictors)
        Numbers or positions of levels, NaN where missing.
    """

    codebook: tuple[Predictor, ...]
    coded: NDArray[np.float64]

    @classmethod
    def from_matrix(cls, X: NDArray[np.float64]) -> Self:
        """Take a matrix of numbers as it is."""
        return cls((), np.asarray(X, dtype=np.float64))

    @cached_property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not np.isnan(self.coded).any()

    @cached_property
    def _complete(self) -> Prepared:
        return prepare(self.spec().encode(self.coded) if self.codebook else self.coded)

    def spec(self, counts: NDArray[np.int64] | None = None) -> EncodingSpec:
        """Learn the encoding from the patients counted, without outcome and arm."""
        return EncodingSpec.learn(self.codebook, self.coded, counts)

    def prepared(self, counts: NDArray[np.int64]) -> Prepared:
        """Give the predictors of all patients, missing ones filled from the patients counted.

        With nothing missing it is the same object for every fit, sorted and binned once.
        """
        if self.is_complete or not self.codebook:
            return self._complete
        return prepare(self.spec(counts).encode(self.coded))
