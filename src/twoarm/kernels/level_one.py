"""Level one of a stack: every patient predicted by fits that have not seen him.

A member that bags patients predicts each by the trees without him: out-of-bag predictions (Breiman
1996, Out-of-bag estimation, technical report, Berkeley) cost no fit of their own. Every other
member is fitted once more without each inner fold.
"""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.bags import Shares
from twoarm.kernels.combine import convex_loglik, discrete, nnls
from twoarm.kernels.data import Cases, Columns, Fits
from twoarm.kernels.jit import kernel
from twoarm.kernels.members import member_stream, predict_member

__all__ = [
    "CONVEX_LOGLIK",
    "DISCRETE",
    "LEAST_TREES",
    "MOST_LEFT_OUT",
    "NNLS",
    "Folds",
    "Recipe",
    "level_one_weights",
    "predict_in_folds",
    "predict_out_of_bag",
    "rows_with_trees",
]

CONVEX_LOGLIK, NNLS, DISCRETE = 0, 1, 2
"""Ways to combine."""

LEAST_TREES = 20
"""Trees without a patient that it takes to predict him."""

MOST_LEFT_OUT = 0.35
"""Share of the weight of all patients that those with fewer trees may hold."""


class Recipe(NamedTuple):
    """What a stack is made of."""

    kinds: NDArray[np.int64]  # (members,)
    parameters: NDArray[np.float64]  # (members, 4)
    out_of_bag: NDArray[np.bool_]  # (members,), who need no folds if their bags allow it
    combine: int


class Folds(NamedTuple):
    """Inner folds: the number of each row that is learnt from, -1 elsewhere; how many there are."""

    of_row: NDArray[np.int64]
    number: int


@kernel
def predict_out_of_bag(
    shares: Shares,
    members: NDArray[np.uint32],
    risk: NDArray[np.float64],
    fewest: NDArray[np.int64],
) -> None:
    """Fill the members' risk by the trees without them; lower `fewest` to the number of those.

    Without such a tree the risk is NaN. `fewest` has an entry a row, of all forests of a stack.
    """
    for i in range(members.shape[0]):
        row = members[i]
        risk[row] = shares.outside[row] / shares.trees_outside[row]
        fewest[row] = min(fewest[row], shares.trees_outside[row])


@kernel
def rows_with_trees(cases: Cases, fewest: NDArray[np.int64]) -> NDArray[np.uint32]:
    """List the members that enough trees predict, or nobody if those are too few to weigh by.

    They are too few if the others hold more than 35 % of the weight, or if they lack an outcome.
    """
    rows = np.empty(cases.members.shape[0], np.uint32)
    found, kept, total, events = 0, 0, 0, 0
    for i in range(cases.members.shape[0]):
        row = cases.members[i]
        total += cases.weight[row]
        if fewest[row] >= LEAST_TREES:
            rows[found] = row
            found += 1
            kept += cases.weight[row]
            events += cases.weight[row] * cases.outcome[row]
    enough = total - kept <= MOST_LEFT_OUT * total and 0 < events < kept
    return rows[: found if enough else 0]


def predict_in_folds(
    columns: Columns,
    recipe: Recipe,
    chosen: NDArray[np.bool_],
    fits: Fits,
    stream: np.uint64,
    risks: NDArray[np.float64],
) -> int:
    """Fill the rows of `risks` (members, rows) of the members chosen; give their flags.

    `fits` has one a fold.
    """
    flags = 0
    for k in chosen.nonzero()[0].tolist():
        streams, kind = map(partial(member_stream, stream, k), count()), int(recipe.kinds[k])
        flags |= predict_member(columns, kind, recipe.parameters[k], fits, streams, risks[k])
    return flags


@kernel
def _of_rows(
    risks: NDArray[np.float64], cases: Cases, rows: NDArray[np.uint32]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give the risks (members, rows), outcomes and weights of some rows."""
    unseen = np.empty((risks.shape[0], rows.shape[0]))
    y, w = np.empty(rows.shape[0]), np.empty(rows.shape[0])
    for i in range(rows.shape[0]):
        y[i], w[i] = cases.outcome[rows[i]], cases.weight[rows[i]]
        for k in range(risks.shape[0]):
            unseen[k, i] = risks[k, rows[i]]
    return unseen, y, w


def level_one_weights(
    combine: int, risks: NDArray[np.float64], cases: Cases, rows: NDArray[np.uint32]
) -> NDArray[np.float64]:
    """Weigh the members, non-negative with sum 1, by what they predict for some rows.

    `risks` is (members, rows of the cohort).
    """
    unseen, y, w = _of_rows(risks, cases, rows)
    if combine == CONVEX_LOGLIK:
        return convex_loglik(unseen, y, w)
    if combine == NNLS:
        raw = nnls(unseen, y, w)
        if raw.sum() > 0.0:
            return raw / raw.sum()
    return discrete(unseen, y, w)
