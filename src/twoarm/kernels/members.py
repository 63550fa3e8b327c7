"""One member of a stack: fitted to some rows, and its predictions of others.

A kernel that calls others holds their machine code, so no kernel calls those that fit: these make
all fits of a member that belong together in one call, and Python goes from member to member.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.bags import Binned, Shares, no_shares
from twoarm.kernels.bits import derive
from twoarm.kernels.boosting import Settings, boost, empty_heaps
from twoarm.kernels.data import Cases, Columns, Fits, each_fit
from twoarm.kernels.forest import ForestSettings, grow_forest, risk_of_forest
from twoarm.kernels.jit import NO, kernel
from twoarm.kernels.splines import fit_linear

__all__ = [
    "BOOSTING",
    "FOREST",
    "LINEAR",
    "MEAN",
    "NOT_CONVERGED",
    "SEPARATED",
    "member_stream",
    "predict_forest",
    "predict_member",
]

MEAN, LINEAR, FOREST, BOOSTING = 0, 1, 2, 3
"""Kinds of members. Their four parameters are: nothing; l1, l2, number of knots; trees, smallest
leaf, columns a node looks at, largest depth; trees, depth, learning rate, smallest leaf."""

NOT_CONVERGED, SEPARATED = 1, 2
"""Flags of a fit; they add up."""


@kernel
def _member_stream(stream: np.uint64, member: int, fold: int) -> np.uint64:
    return derive(derive(stream, member), fold + 1)


def member_stream(stream: np.uint64, member: int, fold: int) -> np.uint64:
    """Give the stream of one member's fit without one fold; fold -1 is the full fit."""
    return np.uint64(_member_stream(stream, member, fold))


@kernel
def _predict_mean(fits: Fits, risk: NDArray[np.float64]) -> int:
    for k in range(fits.ends.shape[0] // 2):
        members = fits.rows[fits.ends[2 * k] : fits.ends[2 * k + 1]]
        wanted = fits.rows[fits.ends[2 * k + 1] : fits.ends[2 * k + 2]]
        total, events = 0, 0
        for i in range(members.shape[0]):
            total += fits.weight[members[i]]
            events += fits.weight[members[i]] * fits.outcome[members[i]]
        for i in range(wanted.shape[0]):
            risk[wanted[i]] = events / total
    return 0


def _predict_linear(
    columns: Columns, parameters: NDArray[np.float64], fits: Fits, risk: NDArray[np.float64]
) -> int:
    l1, l2, n_knots, _ = parameters.tolist()
    fit = fit_linear(columns, fits, l1, l2, int(n_knots), risk)
    flags = 0 if fit.converged else NOT_CONVERGED
    return flags + (SEPARATED if fit.separated else 0)


def predict_forest(
    columns: Columns,
    parameters: NDArray[np.float64],
    cases: Cases,
    stream: np.uint64,
    apart: np.bool_,
    risk: NDArray[np.float64],
) -> Shares:
    """Grow a forest, fill the risk of the wanted rows, give the shares that it comes from.

    With `apart` they say what the trees without a member in their bag predict for it.
    """
    settings = ForestSettings(*map(int, parameters.tolist()))
    shares = no_shares(columns.codes.shape[1], apart)
    binned = Binned(columns.both_layouts, columns.n_bins)
    grow_forest(binned, cases, settings, stream, NO, shares)
    risk_of_forest(shares, settings.trees, cases.wanted, risk)
    return shares


def _predict_boosting(
    columns: Columns, parameters: NDArray[np.float64], fits: Fits, risk: NDArray[np.float64]
) -> int:
    n_trees, depth, rate, min_leaf = parameters.tolist()
    settings = Settings(int(n_trees), int(depth), rate, int(min_leaf))
    trees, lp = empty_heaps(1, settings.depth), np.empty(risk.size)
    boost(columns.codes, columns.n_bins, fits, settings, trees, lp, risk)
    return 0


def predict_member(
    columns: Columns,
    kind: int,
    parameters: NDArray[np.float64],
    fits: Fits,
    streams: Iterable[np.uint64],
    risk: NDArray[np.float64],
) -> int:
    """Fit one member, once or several times; fill the risk of the wanted rows, give its flags.

    `streams` has one for each fit at least; only a forest asks for them.
    """
    if kind == MEAN:
        return _predict_mean(fits, risk)
    if kind == LINEAR:
        return _predict_linear(columns, parameters, fits, risk)
    if kind == BOOSTING:
        return _predict_boosting(columns, parameters, fits, risk)
    for cases, stream in zip(each_fit(fits), streams, strict=False):
        predict_forest(columns, parameters, cases, stream, NO, risk)
    return 0
