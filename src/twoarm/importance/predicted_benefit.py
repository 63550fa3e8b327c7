"""How much the predicted benefit changes when one variable is shuffled."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import ArgumentError
from twoarm.seeds import Stream, generator

__all__ = ["importance_shares", "permutation_importance", "permuted_variable"]


def permutation_importance(
    benefit: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    predictors: NDArray[np.float64],
    *,
    repeats: int = 20,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Give each variable's share of the predicted benefit's variation.

    The mean squared change of the predicted benefit when a variable is permuted over the rows,
    averaged over repeats and scaled to sum 1. It describes the model, not the patients: a variable
    that the prediction depends on need not modify the effect. Correlated variables share their
    importance in ways that the permutation cannot tell.

    Parameters
    ----------
    benefit : callable
        Gives the predicted benefit of rows, shape (n,), from predictors of shape (n, k).
    predictors : ndarray, shape (n, k)
    repeats : int
        Permutations a variable, at least 1.
    seed : int

    Returns
    -------
    ndarray, shape (k,)
        0 to 1 with sum 1; all 0 if the benefit does not depend on anything.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(500, 2))
    >>> permutation_importance(lambda rows: rows @ [2.0, 1.0], x, repeats=5).round(2)
    array([0.8, 0.2])
    """
    if repeats < 1:
        raise ArgumentError(f"At least one repeat is needed; found {repeats}.")
    k = predictors.shape[1]
    reference = benefit(predictors)
    change = np.zeros(k)
    for repeat in range(repeats):
        for variable in range(k):
            shuffled = permuted_variable(predictors, variable, repeat=repeat, seed=seed)
            change[variable] += np.mean((benefit(shuffled) - reference) ** 2)
    return importance_shares(change)


def permuted_variable(
    predictors: NDArray[np.float64], variable: int, *, repeat: int = 0, seed: int = 0
) -> NDArray[np.float64]:
    """Give the predictors, shape (n, k), with one variable permuted over the rows."""
    order = generator(seed, Stream.IMPORTANCE, repeat, variable).permutation(predictors.shape[0])
    shuffled = predictors.copy()
    shuffled[:, variable] = predictors[order, variable]
    return shuffled


def importance_shares(change: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale squared changes of the benefit to sum 1; all 0 stay 0.

    Examples
    --------
    >>> importance_shares(np.array([3.0, 1.0]))
    array([0.75, 0.25])
    """
    total = change.sum()
    return change / total if total > 0 else change
