"""From coded predictors to the columns of a model, for the cohort and for a new patient alike.

Loads NumPy and pydantic only: the bedside uses it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor, canonical, spells_number
from twoarm.errors import FitError

__all__ = ["EncodingSpec"]


@dataclass(frozen=True, slots=True)
class EncodingSpec:
    """How predictors become model columns, and what stands in for a missing value.

    Numbers stay as they are; an ordinal becomes its code where all codes are numbers, else its
    position; a binary becomes 0 or 1; a nominal becomes one 0/1 column for each level but the
    first.

    Attributes
    ----------
    predictors : tuple of Predictor
    fill : tuple of float
        Value that replaces a missing one, predictor by predictor, in coded units (a number, or a
        level's position): the median of numbers and ordinals, the commonest level of the others.
        Learnt from the patients of one fit, without outcome and arm.
    """

    predictors: tuple[Predictor, ...]
    fill: tuple[float, ...]

    @classmethod
    def learn(
        cls,
        predictors: tuple[Predictor, ...],
        coded: NDArray[np.float64],
        counts: NDArray[np.int64] | None = None,
    ) -> Self:
        """Learn the fill values from coded predictors, shape (n, predictors).

        `counts` says how often each patient counts; those with 0 are not looked at. A predictor
        that is missing in all of them raises FitError: a part of the cohort may lack it that the
        whole has.
        """
        weight = np.ones(coded.shape[0], dtype=np.int64) if counts is None else counts
        fill = []
        for k, predictor in enumerate(predictors):
            known = np.isfinite(coded[:, k]) & (weight > 0)
            if not known.any():
                raise FitError(
                    f"Predictor '{predictor.column}' is missing in all {int((weight > 0).sum())} "
                    "patients that are learnt from. If nobody has a value, leave it out of the "
                    "study file."
                )
            values, weights = coded[known, k], weight[known]
            ordered = predictor.is_number or predictor.type == "ordinal"
            fill.append(_median(values, weights) if ordered else _commonest(values, weights))
        return cls(predictors, tuple(fill))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the model columns: ``nihss``, ``site=M2``."""
        names: list[str] = []
        for predictor in self.predictors:
            if predictor.type == "nominal":
                names += [f"{predictor.column}={level.code}" for level in predictor.levels[1:]]
            else:
                names.append(predictor.column)
        return tuple(names)

    @property
    def sources(self) -> NDArray[np.intp]:
        """Number of the predictor that each model column comes from, shape (columns,)."""
        widths = [
            len(predictor.levels) - 1 if predictor.type == "nominal" else 1
            for predictor in self.predictors
        ]
        return np.repeat(np.arange(len(widths)), widths)

    def encode(self, coded: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the model columns of coded predictors, shape (n, columns), nothing missing."""
        filled = np.where(np.isnan(coded), np.asarray(self.fill), coded)
        columns: list[NDArray[np.float64]] = []
        for k, predictor in enumerate(self.predictors):
            values = filled[:, k]
            if predictor.type == "nominal":
                levels = range(1, len(predictor.levels))
                columns += [(values == level).astype(np.float64) for level in levels]
            elif predictor.type == "ordinal":
                columns.append(_scores(predictor)[values.astype(np.intp)])
            else:
                columns.append(values)
        return np.column_stack(columns)


def _scores(predictor: Predictor) -> NDArray[np.float64]:
    """Give the number that stands for each level of an ordinal predictor."""
    codes = [canonical(level.code) for level in predictor.levels]
    if all(spells_number(code) for code in codes):
        return np.array(codes, dtype=np.float64)
    return np.arange(len(codes), dtype=np.float64)


def _median(values: NDArray[np.float64], weights: NDArray[np.int64]) -> float:
    """Give the smallest value that half of the weight does not exceed: an observed value."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _commonest(values: NDArray[np.float64], weights: NDArray[np.int64]) -> float:
    """Give the value with the most weight, the lower one of equals."""
    return float(np.argmax(np.bincount(values.astype(np.intp), weights=weights)))
