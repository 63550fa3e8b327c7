"""Can a patient's predictors tell whether he is from here or from where the model was learnt?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.learners import Logistic, Split, cross_fitted
from twoarm.metrics import auc_within
from twoarm.seeds import Stream, fold_numbers, generator
from twoarm.validation.case_mix import effective_sample_size

__all__ = ["Membership", "membership"]

Floats = NDArray[np.float64]

_FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Membership:
    """How well the two cohorts can be told apart.

    Attributes
    ----------
    auc : float
        Of a logistic model of membership, cross-validated; 0.5 if the predictors cannot tell,
        near 1 if the patients are of another kind.
    weight : ndarray, shape (patients here,)
        Odds of being from there, mean 1: weighted by them the patients here are like the others.
    effective : float
        Patients that the weighted ones are worth.
    """

    auc: float
    weight: Floats
    effective: float


def membership(here: ArrayLike, there: ArrayLike, *, seed: int = 0) -> Membership:
    """Model who is from which cohort.

    Parameters
    ----------
    here, there : array_like, shape (n, columns)
        Encoded patients of the new place and of the development, complete.
    seed : int
        Of the folds.

    Raises
    ------
    NotEstimable
        With fewer than 10 patients in either.

    References
    ----------
    Debray TPA, et al. J Clin Epidemiol 2015;68:279-289, doi 10.1016/j.jclinepi.2014.06.018.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> found = membership(rng.normal(0, 1, (60, 2)), rng.normal(3, 1, (60, 2)))
    >>> found.auc > 0.95
    True
    """
    new, old = (np.asarray(each, dtype=np.float64) for each in (here, there))
    if new.ndim != 2 or old.ndim != 2 or new.shape[1] != old.shape[1]:
        raise ArgumentError(
            f"Both cohorts need the same columns; found shapes {new.shape} and {old.shape}."
        )
    if min(new.shape[0], old.shape[0]) < 2 * _FOLDS:
        raise NotEstimable(
            f"A model of membership needs {2 * _FOLDS} patients in each cohort; found "
            f"{new.shape[0]} and {old.shape[0]}."
        )
    X = np.vstack([new, old])
    is_new = np.repeat([1, 0], [new.shape[0], old.shape[0]])
    fold = fold_numbers(is_new, _FOLDS, generator(seed, Stream.EXTERNAL))

    def predict(split: Split) -> Floats:
        fitted = Logistic().fit(X[split.learnt], is_new[split.learnt])
        return np.asarray(fitted.predict_proba(X[split.held])[:, 1])

    chance = cross_fitted(fold, predict)
    kept = np.clip(chance[is_new == 1], 1e-6, 1.0 - 1e-6)
    odds = (1.0 - kept) / kept
    return Membership(
        auc_within(is_new, chance, fold), odds / odds.mean(), effective_sample_size(odds)
    )
