"""Scores of a treatment that does nothing: the same patients, their treatment permuted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import ArgumentError
from twoarm.execution import run_tasks
from twoarm.metalearners import Sample, cross_fitted_nuisances, dr_scores
from twoarm.metrics import as_benefit
from twoarm.seeds import Stream, generator

__all__ = ["effect_scores", "permuted_scores", "permuted_treatment"]

_KIND = 3  # step of the seeds' paths within importance


def permuted_treatment(
    treatment: NDArray[np.int64],
    propensity: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    strata: int = 5,
) -> NDArray[np.int64]:
    """Permute treatment among patients who were about as likely to get it.

    Parameters
    ----------
    treatment : ndarray of 0 and 1, shape (n,)
    propensity : ndarray, shape (n,)
        Probability of treatment; cut into as many strata of equal size as asked.
    rng : numpy.random.Generator
    strata : int
        At least 1.

    Examples
    --------
    >>> w, e = np.array([0, 1, 0, 1]), np.array([0.1, 0.2, 0.8, 0.9])
    >>> permuted_treatment(w, e, generator(0), strata=2).sum()
    np.int64(2)
    """
    if strata < 1:
        raise ArgumentError(f"At least one stratum is needed; found {strata}.")
    permuted = treatment.copy()
    for rows in np.array_split(np.argsort(propensity, kind="stable"), strata):
        permuted[rows] = treatment[rng.permutation(rows)]
    return permuted


@dataclass(frozen=True)
class _Permutation:
    """One permutation from treatment to scores; travels to another process."""

    sample: Sample
    base: Any
    propensity: Any
    chance: NDArray[np.float64]
    desirable: bool
    folds: int
    seed: int

    def __call__(self, number: int) -> NDArray[np.float64]:
        path = (self.seed, int(Stream.IMPORTANCE), _KIND, number)
        treatment = permuted_treatment(self.sample.treatment, self.chance, generator(*path, 0))
        sample = Sample(self.sample.X, self.sample.outcome, treatment)
        scored = sample, self.base, self.propensity, self.desirable, self.folds, (*path, 1)
        return _scores(*scored)[0]


def _scores(
    sample: Sample, base: Any, propensity: Any, desirable: bool, folds: int, path: tuple[int, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give doubly robust scores of the benefit, and the propensity behind them."""
    found = cross_fitted_nuisances(sample, base, propensity, folds=folds, seed_path=path)
    parts = found.mu0, found.mu1, found.propensity
    scores = dr_scores(sample.outcome, sample.treatment, *parts)
    return as_benefit(scores, desirable=desirable), found.propensity


def effect_scores(
    sample: Sample,
    base: Any,
    *,
    desirable: bool,
    propensity: Any = None,
    folds: int = 5,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Give doubly robust scores of the benefit, made as `permuted_scores` makes its own.

    The parameters are those of `permuted_scores`. A reference speaks of scores made in the same
    way only.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    FitError
        If an arm cannot be fitted.
    """
    path = (seed, int(Stream.IMPORTANCE), _KIND)
    return _scores(sample, base, propensity, desirable, folds, path)[0]


def permuted_scores(
    sample: Sample,
    base: Any,
    *,
    desirable: bool,
    propensity: Any = None,
    permutations: int = 200,
    folds: int = 5,
    seed: int = 0,
    executor: str = "threads",
    workers: int = 0,
    scheduler: str | None = None,
) -> NDArray[np.float64]:
    """Give doubly robust scores of the benefit under permuted treatments, nuisances refitted.

    Treatment is permuted within fifths of the cross-fitted propensity, so that confounding by what
    was measured stays and any effect goes.

    Parameters
    ----------
    sample : Sample
        Patients with known outcome.
    base : classifier
        Outcome model, fitted in each arm and fold.
    desirable : bool
        Whether the outcome is one to hope for; fixes the sign.
    propensity : classifier, optional
        Model of treatment; by default ``Logistic()``.
    permutations, folds : int
    seed : int
    executor, workers, scheduler
        See `twoarm.execution.run_tasks`; the scores do not depend on them.

    Returns
    -------
    ndarray, shape (permutations, n)

    Raises
    ------
    FitError
        If a permuted arm cannot be fitted.
    """
    path = (seed, int(Stream.IMPORTANCE), _KIND)
    chance = _scores(sample, base, propensity, desirable, folds, path)[1]
    task = _Permutation(sample, base, propensity, chance, desirable, folds, seed)
    found = run_tasks(
        task, range(permutations), executor=executor, workers=workers, scheduler=scheduler
    )
    return np.array(list(found))
