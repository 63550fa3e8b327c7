"""A whole stack: level one, weights, full fits, predictions of every row asked for.

Nothing is kept but the predictions and the weights, so a bootstrap replicate costs what its fits
cost. The same kernels serve the fits that are kept (`learners`). This is no kernel itself: it would
hold the machine code of all the others, which take longer to compile than to call.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.combine import combined
from twoarm.kernels.data import Cases, Columns, fits_with_folds
from twoarm.kernels.jit import YES, kernel
from twoarm.kernels.level_one import (
    CONVEX_LOGLIK,
    LEAST_TREES,
    Folds,
    Recipe,
    level_one_weights,
    predict_in_folds,
    predict_out_of_bag,
    rows_with_trees,
)
from twoarm.kernels.members import member_stream, predict_forest, predict_member

__all__ = ["StackResult", "stack"]


class StackResult(NamedTuple):
    """What one stack says."""

    risk: NDArray[np.float64]  # (rows,), right for the wanted rows
    weights: NDArray[np.float64]  # (members,)
    flags: int


@kernel
def _risk_of_rows(
    weights: NDArray[np.float64],
    risks: NDArray[np.float64],
    rows: NDArray[np.uint32],
    on_logits: bool,
) -> NDArray[np.float64]:
    """Give the stack's probability of some rows, NaN elsewhere; `risks` is (members, all rows)."""
    asked = np.empty((risks.shape[0], rows.shape[0]))
    for k in range(risks.shape[0]):
        for i in range(rows.shape[0]):
            asked[k, i] = risks[k, rows[i]]
    chosen = combined(weights, asked, on_logits)
    risk = np.full(risks.shape[1], np.nan)
    for i in range(rows.shape[0]):
        risk[rows[i]] = chosen[i]
    return risk


def stack(
    columns: Columns, recipe: Recipe, cases: Cases, folds: Folds, stream: np.uint64
) -> StackResult:
    """Fit a stack and predict the wanted rows.

    Parameters
    ----------
    columns : Columns
        Predictors of all rows.
    recipe : Recipe
        Members, and how they are combined.
    cases : Cases
        Rows to learn from, and rows to predict.
    folds : Folds
        Inner folds of the members.
    stream : uint64
        Stream of random numbers.
    """
    n_members, n_rows = recipe.kinds.shape[0], cases.weight.shape[0]
    unseen, full = np.empty((n_members, n_rows)), np.empty((n_members, n_rows))
    fewest = np.full(n_rows, LEAST_TREES)
    for k in range(n_members):
        if recipe.out_of_bag[k]:
            own = member_stream(stream, k, -1)
            shares = predict_forest(columns, recipe.parameters[k], cases, own, YES, full[k])
            predict_out_of_bag(shares, cases.members, unseen[k], fewest)
    rows = rows_with_trees(cases, fewest)
    in_folds = ~recipe.out_of_bag
    if rows.shape[0] == 0:
        rows = cases.members
        in_folds[:] = True
    on_all, without_folds = fits_with_folds(cases, folds.of_row, folds.number)
    flags = predict_in_folds(columns, recipe, in_folds, without_folds, stream, unseen)
    weights = level_one_weights(recipe.combine, unseen, cases, rows)
    # a member without weight adds nothing: it need not be fitted again
    for k in ((weights > 0.0) & ~recipe.out_of_bag).nonzero()[0].tolist():
        streams, kind = map(partial(member_stream, stream, k), [-1]), int(recipe.kinds[k])
        flags |= predict_member(columns, kind, recipe.parameters[k], on_all, streams, full[k])
    risk = _risk_of_rows(weights, full, cases.wanted, recipe.combine == CONVEX_LOGLIK)
    return StackResult(risk, weights, flags)
