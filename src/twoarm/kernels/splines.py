"""Restricted cubic splines as columns of a design, and linear fits on such a design.

Harrell, Regression Modeling Strategies (2015), section 2.4.5: the spline of x with knots
t_1 < ... < t_k is linear beyond the outer knots and has k - 2 terms beside x itself, here divided
by (t_k - t_1) squared so that they have the unit of x. Beyond the last knot they are computed as
the straight lines they are: as differences of cubes they would lose all digits far out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.columns import weighted_quantiles
from twoarm.kernels.data import Columns, Fits
from twoarm.kernels.jit import kernel
from twoarm.kernels.linear import penalized_logistic, standardise
from twoarm.kernels.odds import expit

__all__ = [
    "SEPARATION",
    "LinearFit",
    "expand",
    "fit_linear",
    "harrell_shares",
    "knots_of",
    "predict_linear",
]

SEPARATION = 15.0
"""Without a penalty, a linear predictor this large, a risk of 3 in 10 million, marks a sample that
is separated in part."""

_BLOCK = 512  # rows predicted at once
_LEAST_GAP = 1e-100  # between knots; cubes of anything smaller vanish


class LinearFit(NamedTuple):
    """A logistic fit in original units: intercept first, then the columns of `expand`."""

    coefficient: NDArray[np.float64]
    knots: NDArray[np.float64]  # (columns, knots), NaN from the first unused one on
    converged: bool
    separated: bool  # events from the others, among the rows that were fitted


@kernel
def harrell_shares(n_knots: int) -> NDArray[np.float64]:
    """Give the quantiles at which 3 to 7 knots stand (Harrell 2015, table 2.3); none for 0."""
    if n_knots == 3:
        return np.array([0.10, 0.50, 0.90])
    if n_knots == 4:
        return np.array([0.05, 0.35, 0.65, 0.95])
    if n_knots == 5:
        return np.array([0.05, 0.275, 0.50, 0.725, 0.95])
    if n_knots == 6:
        return np.array([0.05, 0.23, 0.41, 0.59, 0.77, 0.95])
    if n_knots == 7:
        return np.array([0.025, 0.1833, 0.3417, 0.50, 0.6583, 0.8167, 0.975])
    return np.empty(0)


@kernel
def knots_of(
    values: NDArray[np.float64],
    order: NDArray[np.uint32],
    weight: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Place the knots of every column at its quantiles.

    Quantiles that coincide count once; a column with fewer than three distinct ones gets no knots
    and stays linear, as every two-level column does.
    """
    n_columns = values.shape[0]
    knots = np.full((n_columns, shares.shape[0]), np.nan)
    for j in range(n_columns):
        found = weighted_quantiles(values[j], order[j], weight, shares)
        n_knots = 0
        for k in range(found.shape[0]):
            if n_knots == 0 or found[k] - knots[j, n_knots - 1] > _LEAST_GAP:
                knots[j, n_knots] = found[k]
                n_knots += 1
        if n_knots < 3:
            knots[j, :] = np.nan
    return knots


@kernel
def _n_knots(knots: NDArray[np.float64]) -> int:
    n = 0
    while n < knots.shape[0] and not np.isnan(knots[n]):
        n += 1
    return n


@kernel
def _cube(x: float) -> float:
    return x * x * x if x > 0.0 else 0.0


@kernel
def expand(
    values: NDArray[np.float64], rows: NDArray[np.uint32], knots: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the design of the rows: all columns, then the spline terms column by column."""
    n_columns = values.shape[0]
    n_terms = n_columns
    for j in range(n_columns):
        n_terms += max(0, _n_knots(knots[j]) - 2)
    design = np.empty((n_terms, rows.shape[0]))
    term = n_columns
    for j in range(n_columns):
        for i in range(rows.shape[0]):
            design[j, i] = values[j, rows[i]]
        n_knots = _n_knots(knots[j])
        if n_knots < 3:
            continue
        last, before = knots[j, n_knots - 1], knots[j, n_knots - 2]
        span = last - knots[j, 0]
        inverse = 1.0 / span
        for k in range(n_knots - 2):
            knot = knots[j, k]
            ratio = (last - knot) / (last - before)
            tail = 3.0 * ((last - knot) * inverse) * ((before - knot) * inverse)
            for i in range(rows.shape[0]):
                x = design[j, i]
                inside = min(x, last)
                from_knot, from_before = (inside - knot) * inverse, (inside - before) * inverse
                curve = _cube(from_knot) - ratio * _cube(from_before)
                design[term, i] = span * curve + tail * (x - inside)
            term += 1
    return design


@kernel
def _separates(
    lp: NDArray[np.float64], outcome: NDArray[np.float64], largest_allowed: float
) -> bool:
    """Say whether all events lie above all others, or one linear predictor is out of bounds."""
    lowest_event, highest_other, largest = np.inf, -np.inf, 0.0
    for i in range(lp.shape[0]):
        largest = max(largest, abs(lp[i]))
        if outcome[i] > 0.0:
            lowest_event = min(lowest_event, lp[i])
        else:
            highest_other = max(highest_other, lp[i])
    return lowest_event > highest_other or largest > largest_allowed


@kernel
def _in_own_units(
    coefficient: NDArray[np.float64], mean: NDArray[np.float64], scale: NDArray[np.float64]
) -> None:
    """Turn coefficients of standardised columns into those of the columns themselves."""
    for j in range(mean.shape[0]):
        slope = coefficient[j + 1] / scale[j] if scale[j] > 0.0 else 0.0
        coefficient[j + 1] = slope
        coefficient[0] -= slope * mean[j]


@kernel
def fit_linear(
    columns: Columns,
    fits: Fits,
    l1: float,
    l2: float,
    n_knots: int,
    risk: NDArray[np.float64],
) -> LinearFit:
    """Fit penalized logistic regressions on the members, with splines if there are knots.

    Fills the risk of the rows that each fit wants; gives the last one, converged if all have, and
    separated if any sample was. The penalties apply to standardised columns. A sample counts as
    separated if the fit ranks every event above every other row; without a penalty also if a
    linear predictor exceeds `SEPARATION`.
    """
    values, largest = columns.values, SEPARATION if l1 + l2 == 0.0 else np.inf
    coefficient, knots = np.zeros(1), np.full((values.shape[0], 1), np.nan)
    converged, separated = True, False
    for k in range(fits.ends.shape[0] // 2):
        members = fits.rows[fits.ends[2 * k] : fits.ends[2 * k + 1]]
        counted = np.zeros(values.shape[1])
        w, y = np.empty(members.shape[0]), np.empty(members.shape[0])
        for i in range(members.shape[0]):
            w[i], y[i] = fits.weight[members[i]], fits.outcome[members[i]]
            counted[members[i]] = w[i]
        if n_knots > 0:
            knots = knots_of(values, columns.order, counted, harrell_shares(n_knots))
        design = expand(values, members, knots)
        mean, scale = standardise(design, w)
        coefficient = np.zeros(design.shape[0] + 1)
        share = (w * y).sum() / w.sum()
        coefficient[0] = np.log(share / (1.0 - share))
        lp = np.empty(members.shape[0])
        converged &= penalized_logistic(design, y, w, l1, l2, coefficient, lp)
        separated |= _separates(lp, y, largest)
        _in_own_units(coefficient, mean, scale)
        wanted = fits.rows[fits.ends[2 * k + 1] : fits.ends[2 * k + 2]]
        lp = predict_linear(values, wanted, LinearFit(coefficient, knots, True, False))
        for i in range(lp.shape[0]):
            risk[wanted[i]] = expit(lp[i])
    return LinearFit(coefficient, knots, converged, separated)


@kernel
def predict_linear(
    values: NDArray[np.float64], rows: NDArray[np.uint32], fit: LinearFit
) -> NDArray[np.float64]:
    """Give the linear predictor of the rows, whose design is never laid out as a whole."""
    lp = np.full(rows.shape[0], fit.coefficient[0])
    for first in range(0, rows.shape[0], _BLOCK):
        last = min(first + _BLOCK, rows.shape[0])
        design = expand(values, rows[first:last], fit.knots)
        for j in range(design.shape[0]):
            slope = fit.coefficient[j + 1]
            if slope != 0.0:
                for i in range(last - first):
                    lp[first + i] += slope * design[j, i]
    return lp
