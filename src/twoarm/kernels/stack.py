"""A whole stack in one call: inner folds, weights, full fit, predictions of every row asked for.

Nothing is kept but the predictions and the weights, so a bootstrap replicate costs what its fits
cost. The same member kernels serve the fits that are kept (`learners`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.bits import derive
from twoarm.kernels.boosting import Settings, boost, empty_heaps
from twoarm.kernels.combine import combined, convex_loglik, discrete, nnls
from twoarm.kernels.forest import Binned, grow_forest, node_limit
from twoarm.kernels.jit import kernel
from twoarm.kernels.kept_trees import empty_tree
from twoarm.kernels.odds import expit
from twoarm.kernels.splines import fit_linear, harrell_shares, predict_linear

__all__ = [
    "BOOSTING",
    "CONVEX_LOGLIK",
    "DISCRETE",
    "FOREST",
    "LINEAR",
    "MEAN",
    "NNLS",
    "NOT_CONVERGED",
    "SEPARATED",
    "Columns",
    "StackResult",
    "member_stream",
    "predict_member",
    "stack",
    "stack_weights",
]

MEAN, LINEAR, FOREST, BOOSTING = 0, 1, 2, 3
"""Kinds of members. Their four parameters are: nothing; l1, l2, number of knots; trees, smallest
leaf, columns a node looks at, largest depth; trees, depth, learning rate, smallest leaf."""

CONVEX_LOGLIK, NNLS, DISCRETE = 0, 1, 2
"""Ways to combine."""

NOT_CONVERGED, SEPARATED = 1, 2
"""Flags of a fit; they add up."""


class Columns(NamedTuple):
    """A cohort's predictors, prepared once for all fits; arrays are (columns, rows)."""

    values: NDArray[np.float64]
    order: NDArray[np.uint32]  # sorts each column
    codes: NDArray[np.uint8]
    both_layouts: NDArray[np.uint8]  # the codes by column, then by row, one behind the other
    cuts: NDArray[np.float64]  # (columns, 63)
    n_bins: NDArray[np.int64]  # (columns,)


class StackResult(NamedTuple):
    """What one stack says."""

    risk: NDArray[np.float64]  # (rows,), right for the wanted rows
    weights: NDArray[np.float64]  # (members,)
    flags: int


@kernel
def member_stream(stream: np.uint64, member: int, fold: int) -> np.uint64:
    """Give the stream of one member's fit without one fold; fold -1 is the full fit."""
    return derive(derive(stream, member), fold + 1)


@kernel
def predict_member(
    columns: Columns,
    kind: int,
    parameters: NDArray[np.float64],
    members: NDArray[np.uint32],
    wanted: NDArray[np.uint32],
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    stream: np.uint64,
    risk: NDArray[np.float64],
) -> int:
    """Fit one member on the rows `members`, fill the risk of the rows `wanted`, give its flags."""
    n_rows = columns.codes.shape[1]
    if kind == MEAN:
        total, events = 0, 0
        for i in range(members.shape[0]):
            total += weight[members[i]]
            events += weight[members[i]] * outcome[members[i]]
        for i in range(wanted.shape[0]):
            risk[wanted[i]] = events / total
        return 0
    if kind == LINEAR:
        fit = fit_linear(
            columns.values,
            columns.order,
            members,
            outcome,
            weight,
            parameters[0],
            parameters[1],
            harrell_shares(int(parameters[2])),
        )
        lp = predict_linear(columns.values, wanted, fit)
        for i in range(wanted.shape[0]):
            risk[wanted[i]] = expit(lp[i])
        flags = 0 if fit.converged else NOT_CONVERGED
        return flags + (SEPARATED if fit.separated else 0)
    if kind == FOREST:
        n_trees, min_leaf = int(parameters[0]), int(parameters[1])
        total = 0
        for i in range(members.shape[0]):
            total += weight[members[i]]
        shares = np.zeros(n_rows)
        grow_forest(
            Binned(columns.both_layouts, columns.n_bins),
            members,
            wanted,
            outcome,
            weight,
            stream,
            0,
            n_trees,
            min_leaf,
            int(parameters[2]),
            int(parameters[3]),
            empty_tree(node_limit(total, min_leaf)),
            shares,
        )
        for i in range(wanted.shape[0]):
            risk[wanted[i]] = shares[wanted[i]] / n_trees
        return 0
    n_trees, depth, min_leaf = int(parameters[0]), int(parameters[1]), int(parameters[3])
    lp = np.empty(n_rows)
    boost(
        columns.codes,
        columns.n_bins,
        members,
        wanted,
        outcome,
        weight,
        Settings(n_trees, depth, parameters[2], min_leaf),
        empty_heaps(1, depth),
        lp,
    )
    for i in range(wanted.shape[0]):
        risk[wanted[i]] = expit(lp[wanted[i]])
    return 0


@kernel
def stack_weights(
    combine: int,
    risks: NDArray[np.float64],
    outcome: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Weigh the members, non-negative with sum 1; `risks` (members, rows) are out of fold."""
    if combine == CONVEX_LOGLIK:
        return convex_loglik(risks, outcome, weight)
    if combine == NNLS:
        raw = nnls(risks, outcome, weight)
        if raw.sum() > 0.0:
            return raw / raw.sum()
    return discrete(risks, outcome, weight)


@kernel
def _rows_where(fold: NDArray[np.int64], number: int, inside: bool) -> NDArray[np.uint32]:
    """List the rows with a fold (-1 is none) that are inside, or outside, the fold `number`."""
    rows = np.empty(fold.shape[0], np.uint32)
    found = 0
    for row in range(fold.shape[0]):
        if fold[row] >= 0 and (fold[row] == number) == inside:
            rows[found] = row
            found += 1
    return rows[:found]


@kernel
def stack(
    columns: Columns,
    kinds: NDArray[np.int64],
    parameters: NDArray[np.float64],
    combine: int,
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    fold: NDArray[np.int64],
    n_folds: int,
    wanted: NDArray[np.uint32],
    stream: np.uint64,
) -> StackResult:
    """Fit a stack and predict the wanted rows.

    Parameters
    ----------
    columns : Columns
        Predictors of all rows.
    kinds, parameters : int64, shape (members,); float64, shape (members, 4)
        The members.
    combine : int
        CONVEX_LOGLIK, NNLS or DISCRETE.
    outcome, weight : int64, shape (rows,)
        0 or 1; how often a row counts. Read where `fold` is not -1.
    fold : int64, shape (rows,)
        Inner fold of each row that is learnt from, -1 for every other row.
    wanted : uint32
        Rows to predict.
    stream : uint64
        Stream of random numbers.
    """
    n_members, n_rows = kinds.shape[0], fold.shape[0]
    learnt = _rows_where(fold, -1, False)
    risks = np.empty((n_members, n_rows))
    flags = 0
    for number in range(n_folds):
        inside, outside = _rows_where(fold, number, True), _rows_where(fold, number, False)
        for k in range(n_members):
            flags |= predict_member(
                columns,
                kinds[k],
                parameters[k],
                outside,
                inside,
                outcome,
                weight,
                member_stream(stream, k, number),
                risks[k],
            )
    out_of_fold = np.empty((n_members, learnt.shape[0]))
    y, w = np.empty(learnt.shape[0]), np.empty(learnt.shape[0])
    for i in range(learnt.shape[0]):
        y[i], w[i] = outcome[learnt[i]], weight[learnt[i]]
        for k in range(n_members):
            out_of_fold[k, i] = risks[k, learnt[i]]
    weights = stack_weights(combine, out_of_fold, y, w)
    for k in range(n_members):
        # a member without weight adds nothing: it need not be fitted again
        if weights[k] > 0.0:
            flags |= predict_member(
                columns,
                kinds[k],
                parameters[k],
                learnt,
                wanted,
                outcome,
                weight,
                member_stream(stream, k, -1),
                risks[k],
            )
    asked = np.empty((n_members, wanted.shape[0]))
    for k in range(n_members):
        for i in range(wanted.shape[0]):
            asked[k, i] = risks[k, wanted[i]]
    chosen = combined(weights, asked, combine == CONVEX_LOGLIK)
    risk = np.full(n_rows, np.nan)
    for i in range(wanted.shape[0]):
        risk[wanted[i]] = chosen[i]
    return StackResult(risk, weights, flags)
