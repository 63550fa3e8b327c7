"""The study's model of treatment: what it sees, and what it says of everybody.

Predictors, the columns that the study file lists for it, and the centre. Every part of a run that
needs a propensity takes what it sees from here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.cohort import Cohort
from twoarm.diagnostics import Propensity, propensity
from twoarm.metalearners import Predictors

__all__ = ["TreatmentModel", "pooled_centres", "treatment_model", "treatment_predictors"]

_FEWEST_IN_ARM = 10
"""A centre with fewer patients in an arm has no say of its own in the model of treatment: in a
fold it may have treated all, and its patients' weights would be without bounds."""


@dataclass(frozen=True, slots=True, eq=False)
class TreatmentModel:
    """The propensity of everybody, and the measured columns behind it.

    Attributes
    ----------
    propensity : Propensity
    X : ndarray, shape (n, p)
        Predictors and columns of the propensity as model columns, complete, without the centre.
    names : tuple of str
        Of the columns.
    categories : ndarray, shape (n, k)
        Positions of the levels of those that have levels, missing ones filled.
    missing : ndarray of bool, shape (n, p)
        Which entries of X were filled.
    sources : ndarray of int, shape (p,)
        Number of the variable that each column codes.
    centres : ndarray, shape (n, c)
        Yes/no columns of the pooled centres.
    n_predictor_columns : int
        How many columns of X, the first ones, are of predictors.
    """

    propensity: Propensity
    X: NDArray[np.float64]
    names: tuple[str, ...]
    categories: NDArray[np.float64]
    missing: NDArray[np.bool_]
    sources: NDArray[np.int64]
    centres: NDArray[np.float64]
    n_predictor_columns: int

    @property
    def predictors(self) -> NDArray[np.float64]:
        """The columns that outcome models see, shape (n, n_predictor_columns)."""
        return self.X[:, : self.n_predictor_columns]


def treatment_model(cohort: Cohort, *, by_lot: bool = False) -> TreatmentModel:
    """Fit treatment to everybody, by a ridge regression, missing values filled as predictors'.

    Where a lot decided, its probability is known, the same for all: the share that was treated.
    """
    measured = _measured(cohort)
    spec = measured.spec()
    X = spec.encode(measured.coded)
    centres = _centres(cohort)
    found = propensity(
        np.column_stack([X, centres.coded]),
        cohort.treatment,
        known=float(cohort.treatment.mean()) if by_lot else None,
    )
    absent = np.isnan(measured.coded)
    filled = np.where(absent, np.asarray(spec.fill), measured.coded)
    with_levels = [k for k, each in enumerate(measured.codebook) if not each.is_number]
    return TreatmentModel(
        propensity=found,
        X=X,
        names=spec.names,
        categories=filled[:, with_levels],
        missing=absent[:, spec.sources],
        sources=spec.sources,
        centres=centres.coded,
        n_predictor_columns=int((spec.sources < len(cohort.codebook)).sum()),
    )


def treatment_predictors(cohort: Cohort) -> Predictors:
    """Give what the model of treatment sees, to be imputed and encoded anew in every fit."""
    measured, centres = _measured(cohort), _centres(cohort)
    return Predictors(
        measured.codebook + centres.codebook, np.column_stack([measured.coded, centres.coded])
    )


def _measured(cohort: Cohort) -> Predictors:
    return Predictors(
        cohort.codebook + cohort.propensity_codebook,
        np.column_stack([cohort.predictors, cohort.propensity_columns]),
    )


def _centres(cohort: Cohort) -> Predictors:
    """Give one yes/no column a pooled centre: the ridge then favours none of them."""
    number = pooled_centres(cohort.centre, cohort.treatment)
    if number is None:
        return Predictors((), np.empty((len(cohort), 0)))
    numbers = np.arange(number.max() + 1)
    codebook = tuple(Predictor(column=f"centre={k}", type="binary") for k in numbers)
    return Predictors(codebook, (number[:, None] == numbers).astype(np.float64))


def pooled_centres(
    centre: NDArray[np.str_] | None, treatment: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Give each patient's centre a number from 0; those with few in an arm are one together.

    None if there are no centres, or none to tell apart.

    Examples
    --------
    >>> centre = np.array(["A"] * 20 + ["B"] * 20 + ["C", "D"])
    >>> numbers = pooled_centres(centre, np.tile([0, 1], 21))
    >>> numbers[[0, 20, 40, 41]].tolist()
    [0, 1, 2, 2]
    """
    if centre is None:
        return None
    names, number = np.unique(centre, return_inverse=True)
    in_arm = [np.bincount(number[treatment == arm], minlength=names.size) for arm in (0, 1)]
    smaller = np.minimum(*in_arm)
    kept = smaller >= _FEWEST_IN_ARM
    own = np.where(kept, np.cumsum(kept) - 1, kept.sum())[number]
    return own if np.unique(own).size > 1 else None
