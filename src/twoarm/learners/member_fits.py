"""The fits of a stack's members: those that are kept, and those without a fold that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from twoarm.kernels.data import Cases, fits_with_folds
from twoarm.kernels.level_one import (
    LEAST_TREES,
    Recipe,
    predict_in_folds,
    predict_out_of_bag,
    rows_with_trees,
)
from twoarm.kernels.members import member_stream
from twoarm.learners.cross_fit import Split, cross_fitted
from twoarm.learners.inner import Inner
from twoarm.learners.member import KernelMember
from twoarm.learners.plugin import fit_repeated, with_seed
from twoarm.learners.prepared import Prepared

__all__ = ["LevelOne", "fit_member", "level_one", "recipe_of", "risk_of"]

_NO_KERNEL = (-1, (0.0, 0.0, 0.0, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class LevelOne:
    """What the members predict for patients they have not seen.

    Attributes
    ----------
    risks : ndarray, shape (members, n)
        NaN for rows that are not learnt from, and out of bag for patients in every bag.
    rows : ndarray of uint32
        Rows by which the members are weighed.
    way : {"out_of_bag", "folds"}
        Whether any member predicted out of bag.
    kept : dict
        Members by number that this took to fit on all rows.
    """

    risks: NDArray[np.float64]
    rows: NDArray[np.uint32]
    way: str
    kept: dict[int, KernelMember]


def recipe_of(
    members: Sequence[Any], n_columns: int, out_of_bag: NDArray[np.bool_], combine: int
) -> Recipe:
    """Describe a stack to the kernels; a plug-in is of no kind."""
    described = [
        (member.kind, member.kernel_parameters(n_columns))
        if isinstance(member, KernelMember)
        else _NO_KERNEL
        for member in members
    ]
    kinds, parameters = zip(*described, strict=True)
    return Recipe(np.array(kinds), np.array(parameters), out_of_bag, combine)


def level_one(
    members: Sequence[Any],
    prepared: Prepared,
    recipe: Recipe,
    cases: Cases,
    inner: Inner,
    stream: np.uint64,
) -> LevelOne:
    """Predict every patient by fits that have not seen him, as `kernels.stack` does; and plug-ins.

    Of the fits on all rows those are kept that predict out of bag.
    """
    risks = np.full((len(members), cases.weight.size), np.nan)
    fewest = np.full(cases.weight.size, LEAST_TREES)
    kept = {}
    for k in np.flatnonzero(inner.out_of_bag).tolist():
        kept[k] = clone(members[k])
        own = np.uint64(member_stream(stream, k, -1))
        shares = kept[k].fit_out_of_bag(
            prepared.columns, cases.members, cases.outcome, cases.weight, own
        )
        predict_out_of_bag(shares, cases.members, risks[k], fewest)
    rows = rows_with_trees(cases, fewest)
    in_folds = ~inner.out_of_bag if rows.size else np.ones(len(members), np.bool_)
    ours = in_folds & (recipe.kinds >= 0)
    if ours.any():
        _, fits = fits_with_folds(cases, inner.fold, inner.n_folds)
        predict_in_folds(prepared.columns, recipe, ours, fits, stream, risks)
    for k in np.flatnonzero(in_folds & ~ours).tolist():
        risks[k] = _plugin_in_folds(members[k], k, prepared, cases, inner, stream)
    if rows.size == 0:
        return LevelOne(risks, cases.members, "folds", kept)
    return LevelOne(risks, rows, "out_of_bag" if kept else "folds", kept)


def _plugin_in_folds(
    plugin: Any, number: int, prepared: Prepared, cases: Cases, inner: Inner, stream: np.uint64
) -> NDArray[np.float64]:
    def predict(split: Split) -> NDArray[np.float64]:
        own = member_stream(stream, number, split.number)
        rows = np.flatnonzero(split.learnt).astype(np.uint32)
        return risk_of(
            fit_member(plugin, own, prepared, cases._replace(members=rows)), prepared.X[split.held]
        )

    return cross_fitted(inner.fold, predict)


def fit_member(member: Any, stream: np.uint64, prepared: Prepared, cases: Cases) -> Any:
    """Fit a fresh copy of one member and keep it, with the random stream of its place."""
    if isinstance(member, KernelMember):
        return clone(member).fit_columns(
            prepared.columns, cases.members, cases.outcome, cases.weight, np.uint64(stream)
        )
    weight = np.zeros_like(cases.weight)
    weight[cases.members] = cases.weight[cases.members]
    seeded = with_seed(clone(member), int(stream) % 2**31)
    return fit_repeated(seeded, prepared.X, cases.outcome, weight)


def risk_of(fitted: Any, X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the probability of the event for rows of X, shape (n, p)."""
    if isinstance(fitted, KernelMember):
        return fitted._risk(np.ascontiguousarray(X.T))
    return np.asarray(fitted.predict_proba(X), dtype=np.float64)[:, 1]
