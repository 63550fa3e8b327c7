"""One seed in, one child per piece of work out.

Every random number of a run comes from ``child(seed, *path)``, where the path names the piece of
work: a replicate, a fold assignment, a repeat. A piece of work therefore gives the same numbers
whoever computes it, wherever and in whatever order. Nothing else in twoarm makes seeds.
"""

from __future__ import annotations

from enum import IntEnum
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError

__all__ = ["Stream", "child", "fold_numbers", "generator", "integer"]


class Stream(IntEnum):
    """First step of a path: keeps the kinds of work apart, whatever their indices."""

    REPLICATE = 0
    FULL_FIT = 1
    CROSS_FIT = 2
    IMPORTANCE = 3
    SYNTHETIC = 4
    TEST_VECTORS = 5
    HETEROGENEITY = 6
    EFFECT_MODIFIERS = 7
    NEGATIVE_CONTROL = 8
    CENTRES = 9
    COMPARISON = 10
    BENEFIT_EVIDENCE = 11
    IMPUTATION = 12
    TRIALS = 13
    EXTERNAL = 15


def child(seed: int, *path: int) -> np.random.SeedSequence:
    """Give the seed sequence of one piece of work.

    Parameters
    ----------
    seed : int
        The run's seed, 0 or larger.
    *path : int
        Which piece of work, for example ``Stream.REPLICATE, 17``; each 0 or larger.

    Raises
    ------
    ArgumentError
        If a number is negative, or no whole number.

    Examples
    --------
    >>> child(1, Stream.REPLICATE, 3).generate_state(1)
    array([2199221172], dtype=uint32)
    """
    if not all(isinstance(step, Integral) and step >= 0 for step in (seed, *path)):
        raise ArgumentError(
            f"A seed and its path must be whole numbers, 0 or larger; found {(seed, *path)}."
        )
    return np.random.SeedSequence(entropy=int(seed), spawn_key=tuple(int(step) for step in path))


def generator(seed: int, *path: int) -> np.random.Generator:
    """Give a fresh random generator for one piece of work (see `child`)."""
    return np.random.Generator(np.random.PCG64(child(seed, *path)))


def integer(seed: int, *path: int) -> int:
    """Give one integer in [0, 2**63) for one piece of work: where a kernel's stream starts."""
    return int(child(seed, *path).generate_state(1, np.uint64)[0] >> np.uint64(1))


def fold_numbers(strata: ArrayLike, n_folds: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Assign patients to folds at random, each stratum spread as evenly as it can be.

    Parameters
    ----------
    strata : array_like, shape (n,)
        Stratum of each patient, for example the outcome. One entry is one patient: copies made
        by a bootstrap must not be listed, or they would land on both sides of a fold.
    n_folds : int
        Number of folds, at least 2 and at most n.
    rng : numpy.random.Generator
        Source of the shuffle.

    Returns
    -------
    ndarray of int64, shape (n,)
        Fold of each patient, 0 to ``n_folds - 1``. Fold sizes differ by at most one, and so do
        the numbers of patients a stratum sends to each fold.

    Raises
    ------
    ArgumentError
        If there are fewer patients than folds, or fewer than 2 folds, or strata are no list.

    Examples
    --------
    >>> fold_numbers([0, 0, 0, 1, 1, 1], 3, generator(0))
    array([2, 1, 0, 0, 1, 2])
    """
    labels = np.asarray(strata)
    if labels.ndim != 1:
        raise ArgumentError(f"Strata need one label a patient; found shape {labels.shape}.")
    if not isinstance(n_folds, Integral) or not 2 <= n_folds <= labels.size:
        raise ArgumentError(
            f"Folds must number between 2 and the {labels.size} patients; found {n_folds}."
        )
    order = np.argsort(labels, kind="stable")
    shuffled = order[np.lexsort((rng.random(labels.size), labels[order]))]
    folds = np.empty(labels.size, dtype=np.int64)
    folds[shuffled] = np.arange(labels.size) % n_folds
    return folds
