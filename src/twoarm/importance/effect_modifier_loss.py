"""How much worse the benefit is predicted in new patients when a group of variables is shuffled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.importance.effect_modifier_groups import Groups, checked_scores
from twoarm.importance.effect_modifier_model import fitted_effect
from twoarm.learners import Split, over_folds
from twoarm.seeds import Stream, fold_numbers, generator, integer

__all__ = ["effect_folds", "loss_importance"]

_KIND = 1  # step of the seeds' paths within importance


def effect_folds(n: int, folds: int, seed: int) -> NDArray[np.int64]:
    """Assign patients to the folds in which models of the effect are held to new patients."""
    return fold_numbers(np.zeros(n), folds, generator(seed, Stream.IMPORTANCE, 0, 0, 0))


def loss_importance(
    X: ArrayLike,
    scores: ArrayLike,
    groups: Groups | None = None,
    *,
    effect_model: Any = None,
    folds: int = 5,
    repeats: int = 10,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Give the rise of the DR-loss on held-out folds when a group is permuted.

    The loss is the mean squared difference of doubly robust scores and predicted benefit. A model
    learns the benefit from the other folds; the columns of a group are permuted over the patients
    of the fold, all by the same permutation.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Finite predictors.
    scores : array_like, shape (n,)
        Doubly robust scores of the benefit, from cross-fitted nuisances.
    groups : sequence of sequence of int, optional
        Columns judged together; by default each alone.
    effect_model : regressor, optional
        Model of the benefit; by default ridge regression on standardised predictors.
    folds, repeats : int
        Folds, at least 2, and permutations of each, at least 1.
    seed : int

    Returns
    -------
    ndarray, shape (groups,)
        Squared benefit; below 0 where the variable made predictions worse.

    References
    ----------
    Permutation: Breiman 2001, doi 10.1023/A:1010933404324; loss: Kennedy 2023, doi
    10.1214/23-EJS2157.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> x = generator(1).normal(size=(400, 2))
    >>> bool(np.argmax(loss_importance(x, 0.3 * x[:, 1])) == 1)
    True
    """
    matrix, phi, parts = checked_scores(X, scores, groups)
    if repeats < 1:
        raise ArgumentError(f"At least one repeat is needed; found {repeats}.")
    fold = effect_folds(phi.size, folds, seed)

    def rise(split: Split) -> NDArray[np.float64]:
        held, learnt = split.held, split.learnt
        model_seed = integer(seed, Stream.IMPORTANCE, _KIND, split.number, 0)
        model = fitted_effect(effect_model, matrix[learnt], phi[learnt], seed=model_seed)
        loss = np.sum((phi[held] - model.predict(matrix[held])) ** 2)
        shuffled = _shuffled(matrix[held], parts, repeats, seed, split.number)
        predicted = model.predict(shuffled.reshape(-1, matrix.shape[1]))
        error = phi[held] - predicted.reshape(shuffled.shape[:-1])
        return np.asarray((error**2).sum(axis=2).mean(axis=0) - loss)

    total = sum((part for _, part in over_folds(fold, rise)), start=np.zeros(len(parts)))
    return total / phi.size


def _shuffled(
    rows: NDArray[np.float64],
    groups: tuple[tuple[int, ...], ...],
    repeats: int,
    seed: int,
    fold: int,
) -> NDArray[np.float64]:
    """Give the rows with each group permuted, shape (repeats, groups, rows, columns)."""
    copies = np.broadcast_to(rows, (repeats, len(groups), *rows.shape)).copy()
    rng = generator(seed, Stream.IMPORTANCE, _KIND, fold, 1)
    orders = rng.random((repeats, len(groups), rows.shape[0])).argsort(axis=2)
    for number, columns in enumerate(groups):
        copies[:, number][..., columns] = rows[:, columns][orders[:, number]]
    return copies
