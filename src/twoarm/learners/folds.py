"""The inner folds of a stack: they belong to patients, not to rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, FitError
from twoarm.learners.member import require_whole
from twoarm.seeds import fold_numbers, generator

__all__ = ["given_folds", "inner_folds"]


def inner_folds(
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    n_folds: int,
    seed: int,
    groups: NDArray[Any] | None = None,
) -> tuple[NDArray[np.int64], int]:
    """Assign the patients of one fit to inner folds.

    Folds belong to patients: a patient drawn three times is one patient with weight 3, and rows
    that share a group stay together. Each fold has its share of events. With fewer events (or
    non-events) than folds there are as many folds as events.

    Parameters
    ----------
    outcome, weight : ndarray of int64, shape (n,)
        0 or 1; rows of weight 0 take no part.
    n_folds : int
        Folds asked for, at least 2.
    seed : int
        Seed of the assignment.
    groups : ndarray, shape (n,), optional
        Rows of one group stay together: copies of one patient, or the patients of one centre.

    Returns
    -------
    ndarray of int64, shape (n,), and int
        Fold of each row, -1 where the weight is 0; number of folds.

    Raises
    ------
    ArgumentError
        If the number of folds is no whole number from 2 upward, or groups are not one a row.
    FitError
        If fewer than two patients (or groups) have the event, or fewer than two are without it.
    """
    wanted = require_whole("inner_folds", n_folds, 2)
    if groups is not None and np.shape(groups) != outcome.shape:
        raise ArgumentError(
            f"`groups` needs one label a row ({outcome.size}); found shape {np.shape(groups)}."
        )
    rows = np.flatnonzero(weight > 0)
    labels, patient = np.unique(rows if groups is None else groups[rows], return_inverse=True)
    has_event, has_other = (
        np.bincount(patient, outcome[rows] == label, labels.size) > 0 for label in (1, 0)
    )
    rarer = int(min(has_event.sum(), has_other.sum()))
    if rarer < 2:
        raise FitError(
            "A stack needs at least two different patients with the event and two without; found "
            f"{has_event.sum()} with and {has_other.sum()} without."
        )
    used = min(wanted, rarer)
    # Sorted by this label, groups with an event stand together, and so do those without one.
    strata = has_event.astype(np.int64) + (has_event & ~has_other)
    fold = np.full(outcome.size, -1, dtype=np.int64)
    fold[rows] = fold_numbers(strata, used, generator(seed))[patient]
    return fold, used


def given_folds(
    folds: ArrayLike, outcome: NDArray[np.int64], weight: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    """Check inner folds that a user gives; give them as `inner_folds` does."""
    given = np.asarray(folds)
    if given.shape != outcome.shape or not np.issubdtype(given.dtype, np.integer):
        raise ArgumentError(
            f"`folds` needs one whole number a row ({outcome.size}); found {given.dtype} of shape "
            f"{given.shape}."
        )
    rows = np.flatnonzero(weight > 0)
    if given[rows].min() < 0:
        raise ArgumentError(f"`folds` are counted from 0; found {given[rows].min()}.")
    numbers, number_of = np.unique(given[rows], return_inverse=True)
    for number in numbers:
        if np.unique(outcome[rows][given[rows] != number]).size < 2:
            raise FitError(
                f"Outside of fold {number} there are no events, or nothing else; a member cannot "
                "be fitted there."
            )
    fold = np.full(outcome.size, -1, dtype=np.int64)
    fold[rows] = number_of  # a number that nobody has is no fold
    return fold, numbers.size
