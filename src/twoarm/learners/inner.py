"""How a stack's members predict patients they have not seen: out of bag, or in inner folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.kernels.level_one import LEAST_TREES
from twoarm.learners.folds import given_folds, inner_folds
from twoarm.learners.prepared import Prepared
from twoarm.learners.trees import Forest

__all__ = ["INNER", "Inner", "chosen_inner", "inner_of_folds"]

INNER = ("out_of_bag", "folds")
"""Ways of a forest; every other member has but one, folds."""


@dataclass(frozen=True, slots=True, eq=False)
class Inner:
    """How the members of one fit predict patients that they have not seen.

    Attributes
    ----------
    fold : ndarray of int64, shape (n,)
        Inner fold of each row that is learnt from, -1 elsewhere.
    n_folds : int
        How many there are.
    out_of_bag : ndarray of bool, shape (members,)
        Members that need no folds if their bags allow it (`kernels.level_one.rows_with_trees`).
    weight : ndarray of int64, shape (n,)
        How often each row is learnt from. A patient is out of bag where no copy of him is drawn, so
        that the first of his rows stands for all of them.
    stands_for : ndarray of int, shape (n,)
        The row that stands for each row; most stand for themselves.
    """

    fold: NDArray[np.int64]
    n_folds: int
    out_of_bag: NDArray[np.bool_]
    weight: NDArray[np.int64]
    stands_for: NDArray[np.intp]


def chosen_inner(
    members: Sequence[Any],
    inner: str,
    n_folds: int,
    prepared: Prepared,
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    seed: int,
    groups: NDArray[Any] | None,
) -> Inner:
    """Choose for one fit.

    A forest predicts out of bag, unless folds are asked for, or the rows of a group differ: then
    they are a centre's patients and no copies of one, and hardly a bag is without them all.

    Raises
    ------
    ArgumentError
        If `inner` is no way, or for what `inner_folds` refuses.
    FitError
        As `inner_folds`.
    """
    if not isinstance(inner, str) or inner not in INNER:
        raise ArgumentError(
            f"Parameter 'inner' must be one of {', '.join(INNER)}; found {inner!r}."
        )
    fold, used = inner_folds(outcome, weight, n_folds, seed, groups)
    bagged = np.array([inner == "out_of_bag" and _has_bags(each, prepared) for each in members])
    first = np.arange(outcome.size)
    if groups is not None and bagged.any():
        first = _first_copies(weight, np.asarray(groups))
        if not _are_alike(prepared, outcome, first):
            bagged[:] = False
            first = np.arange(outcome.size)
    counted = np.bincount(first, weight, outcome.size).astype(np.int64)
    return Inner(np.where(counted > 0, fold, -1), used, bagged, counted, first)


def inner_of_folds(
    folds: ArrayLike, n_members: int, outcome: NDArray[np.int64], weight: NDArray[np.int64]
) -> Inner:
    """Take the folds that a user gives, for every member."""
    fold, used = given_folds(folds, outcome, weight)
    return Inner(fold, used, np.zeros(n_members, np.bool_), weight, np.arange(outcome.size))


def _has_bags(member: Any, prepared: Prepared) -> bool:
    """Say whether a member bags patients, often enough to leave each out of some bags."""
    if not isinstance(member, Forest):
        return False
    return member.kernel_parameters(prepared.X.shape[1])[0] >= LEAST_TREES


def _first_copies(weight: NDArray[np.int64], groups: NDArray[Any]) -> NDArray[np.intp]:
    """Give the first row of each row's group; rows without weight are groups of their own."""
    rows = np.flatnonzero(weight)
    _, first, group = np.unique(groups[rows], return_index=True, return_inverse=True)
    found = np.arange(weight.size)
    found[rows] = rows[first][group]
    return found


def _are_alike(prepared: Prepared, outcome: NDArray[np.int64], first: NDArray[np.intp]) -> bool:
    """Say whether each row equals the one that is to stand for it."""
    rows = np.flatnonzero(first != np.arange(first.size))
    same = prepared.X[rows] == prepared.X[first[rows]]
    return bool(same.all() and (outcome[rows] == outcome[first[rows]]).all())
