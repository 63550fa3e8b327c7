"""The cohort: eligible patients, validated, coded, frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.flow import Flow
from twoarm.cohort.problems import Problem

__all__ = ["Cohort"]


@dataclass(frozen=True, eq=False)
class Cohort:
    """Eligible patients with a known arm.

    Attributes
    ----------
    ids : ndarray of str, shape (n,)
        The study's id, or the row of the file.
    treatment : ndarray of int64, shape (n,)
        0 control, 1 treated.
    predictors : ndarray, shape (n, predictors)
        Numbers, or the position of the level; NaN where missing.
    outcomes : mapping of str to ndarray, shape (n,)
        1 event, 0 no event, NaN not known.
    centre : ndarray of str, shape (n,), or None
    ordinal : ndarray, shape (n,), or None
        The scale that the outcomes are cut from, NaN where missing.
    codebook : tuple of Predictor
    propensity_columns : ndarray, shape (n, columns)
        What the model of treatment sees beside the predictors, coded as they are.
    propensity_codebook : tuple of Predictor
    flow : Flow
    notices : tuple of Problem
        What is unusual and did not stop the reading.
    synthetic : bool
        Whether any patient is marked as synthetic.
    source, digest : str
        Name of the file and SHA-256 of its bytes.
    """

    ids: NDArray[np.str_]
    treatment: NDArray[np.int64]
    predictors: NDArray[np.float64]
    outcomes: Mapping[str, NDArray[np.float64]]
    centre: NDArray[np.str_] | None
    ordinal: NDArray[np.float64] | None
    codebook: tuple[Predictor, ...]
    propensity_columns: NDArray[np.float64]
    propensity_codebook: tuple[Predictor, ...]
    flow: Flow
    notices: tuple[Problem, ...]
    synthetic: bool
    source: str
    digest: str

    def __post_init__(self) -> None:
        arrays = (self.ids, self.treatment, self.predictors, self.propensity_columns)
        for array in (*arrays, self.centre, self.ordinal):
            if array is not None:
                array.setflags(write=False)
        for values in self.outcomes.values():
            values.setflags(write=False)
        object.__setattr__(self, "outcomes", MappingProxyType(dict(self.outcomes)))

    def __reduce__(self) -> tuple[type[Cohort], tuple[Any, ...]]:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return Cohort, tuple((values | {"outcomes": dict(self.outcomes)}).values())

    def __len__(self) -> int:
        return int(self.treatment.size)

    @property
    def arm_sizes(self) -> tuple[int, int]:
        """Patients in control and treated."""
        treated = int(self.treatment.sum())
        return len(self) - treated, treated

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Who lacks no value known at the decision, shape (n,): the complete cases of a report.

        Predictors and columns of the propensity count; outcomes do not.
        """
        columns = np.column_stack([self.predictors, self.propensity_columns])
        return np.asarray(~np.isnan(columns).any(axis=1), dtype=np.bool_)

    def measured(self) -> Iterator[tuple[Predictor, NDArray[np.float64]]]:
        """Give the predictors, then the columns of the propensity, each with its values."""
        yield from zip(self.codebook, self.predictors.T, strict=True)
        yield from zip(self.propensity_codebook, self.propensity_columns.T, strict=True)

    def subset(self, rows: NDArray[np.bool_]) -> Self:
        """Give the cohort of some of its patients; flow and notices stay those of all."""
        return replace(
            self,
            ids=self.ids[rows],
            treatment=self.treatment[rows],
            predictors=self.predictors[rows],
            propensity_columns=self.propensity_columns[rows],
            outcomes={name: values[rows] for name, values in self.outcomes.items()},
            centre=None if self.centre is None else self.centre[rows],
            ordinal=None if self.ordinal is None else self.ordinal[rows],
        )

    def missing_shares(self) -> dict[str, float]:
        """Give the share of patients in whom each predictor and outcome is missing.

        Columns of the propensity stand between them.
        """
        shares = {
            predictor.column: float(np.isnan(column).mean())
            for predictor, column in self.measured()
        }
        return shares | {
            name: float(np.isnan(values).mean()) for name, values in self.outcomes.items()
        }
