"""Penalized logistic regression by Newton's method, ridge and elastic net.

Minimised is ``sum w_i log-loss_i + penalty / C`` with an unpenalized intercept; the columns come
standardised, one per row of the design (columns, rows), so that sums run over contiguous memory.

Friedman, Hastie, Tibshirani 2010, doi 10.18637/jss.v033.i01 (coordinate descent on the quadratic
approximation); the steps are halved until the objective falls, so that a separated sample ends in
a finite fit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.assign import largest_size, overwrite
from twoarm.kernels.jit import YES, kernel, reduction
from twoarm.kernels.odds import decay, log_1_plus

__all__ = ["penalized_logistic", "standardise"]

_TOLERANCE = 1e-11  # on the step, in units of the standardised linear predictor
_LEAST_SPREAD = 1e-100  # squares of anything smaller may vanish
_SMALL_STEP = 1e-4  # moves the Hessian by a ten-thousandth or so
_MOST_STEPS = 100
_MOST_SWEEPS = 10_000
_MANY_ROWS, _EVERY = 2**15, 16  # from so many rows on, a first fit to every 16th one pays
_BLOCK = 256  # rows of all columns that stay in the cache between two sums over them


class Sample(NamedTuple):
    """What a regression learns from."""

    design: NDArray[np.float64]  # (columns, rows)
    outcome: NDArray[np.float64]  # (rows,)
    weight: NDArray[np.float64]  # (rows,)


class Penalty(NamedTuple):
    """Strengths of the two penalties on the slopes."""

    l1: float
    l2: float


@reduction
def _dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    total = 0.0
    for i in range(a.shape[0]):
        total += a[i] * b[i]
    return total


@reduction
def _total(a: NDArray[np.float64]) -> float:
    total = 0.0
    for i in range(a.shape[0]):
        total += a[i]
    return total


@kernel
def standardise(
    design: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centre and scale each row of `design` in place; return weighted means and scales.

    A column that does not vary gets scale 0 and becomes zero.
    """
    n_columns, n_rows = design.shape
    mean, scale = np.empty(n_columns), np.empty(n_columns)
    total = weight.sum()
    for j in range(n_columns):
        mean[j] = _dot(design[j], weight) / total
        variance = 0.0
        largest = 0.0
        for i in range(n_rows):
            design[j, i] -= mean[j]
            variance += weight[i] * design[j, i] * design[j, i]
            if weight[i] > 0.0:
                largest = max(largest, abs(design[j, i]))
        constant = largest <= max(1e-12 * abs(mean[j]), _LEAST_SPREAD)
        scale[j] = 0.0 if constant else np.sqrt(variance / total)
        inverse = 0.0 if constant else 1.0 / scale[j]
        for i in range(n_rows):
            design[j, i] *= inverse
    return mean, scale


@reduction
def _deviance_parts(
    lp: NDArray[np.float64],
    outcome: NDArray[np.float64],
    weight: NDArray[np.float64],
    residual: NDArray[np.float64],
    curvature: NDArray[np.float64],
) -> float:
    """Fill weighted residuals and curvatures; return the sum of weighted log-losses."""
    loss = 0.0
    for i in range(lp.shape[0]):
        e = decay(lp[i])
        larger = 1.0 / (1.0 + e)
        risk = larger if lp[i] >= 0.0 else e * larger
        residual[i] = weight[i] * (outcome[i] - risk)
        curvature[i] = weight[i] * e * larger * larger
        positive = lp[i] if lp[i] > 0.0 else 0.0
        loss += weight[i] * (log_1_plus(e) + positive - outcome[i] * lp[i])
    return loss


@kernel
def _fill_lp(
    design: NDArray[np.float64],
    first: int | np.int64,
    last: int,
    coefficient: NDArray[np.float64],
    lp: NDArray[np.float64],
) -> None:
    """Fill the linear predictor of the rows `first` to `last`."""
    here = lp[first:last]
    here[:] = coefficient[0]
    for j in range(design.shape[0]):
        slope, column = coefficient[j + 1], design[j, first:last]
        if slope != 0.0:
            for i in range(here.shape[0]):
                here[i] += slope * column[i]


@reduction
def _add_products(
    design: NDArray[np.float64],
    n_columns: int,
    first: int,
    last: int,
    scaled: NDArray[np.float64],
    sums: NDArray[np.float64],
) -> None:
    """Add the sum of `scaled`, then its products with the first columns; four share a reading."""
    sums[0] += _total(scaled)
    together = n_columns - n_columns % 4
    for j in range(0, together, 4):
        a, b = design[j, first:last], design[j + 1, first:last]
        c, d = design[j + 2, first:last], design[j + 3, first:last]
        in_a, in_b, in_c, in_d = 0.0, 0.0, 0.0, 0.0
        for i in range(scaled.shape[0]):
            in_a += a[i] * scaled[i]
            in_b += b[i] * scaled[i]
            in_c += c[i] * scaled[i]
            in_d += d[i] * scaled[i]
        sums[j + 1] += in_a
        sums[j + 2] += in_b
        sums[j + 3] += in_c
        sums[j + 4] += in_d
    for j in range(together, n_columns):
        sums[j + 1] += _dot(design[j, first:last], scaled)


@kernel
def _quadratic(
    sample: Sample,
    coefficient: NDArray[np.float64],
    lp: NDArray[np.float64],
    desk: NDArray[np.float64],
    gradient: NDArray[np.float64],
    hessian: NDArray[np.float64],
    with_hessian: bool | np.bool_,
) -> float:
    """Fill linear predictor, gradient and lower Hessian of the log-likelihood; give the log-loss.

    The intercept comes first. All sums over a block of rows are taken while it is in the cache.
    Without Hessian, that stays what it was.
    """
    design = sample.design
    n_columns, n_rows = design.shape
    gradient[:] = 0.0
    if with_hessian:
        hessian[:] = 0.0
    loss = 0.0
    for first in range(0, n_rows, _BLOCK):
        last = min(first + _BLOCK, n_rows)
        residual, curvature = desk[0, : last - first], desk[1, : last - first]
        _fill_lp(design, first, last, coefficient, lp)
        loss += _deviance_parts(
            lp[first:last],
            sample.outcome[first:last],
            sample.weight[first:last],
            residual,
            curvature,
        )
        _add_products(design, n_columns, first, last, residual, gradient)
        if with_hessian:
            hessian[0, 0] += _total(curvature)
            for j in range(n_columns):
                column, scaled = design[j, first:last], desk[2, : last - first]
                for i in range(last - first):
                    scaled[i] = column[i] * curvature[i]
                _add_products(design, j + 1, first, last, scaled, hessian[j + 1])
    return loss


@kernel
def _factor(matrix: NDArray[np.float64]) -> None:
    """Put Cholesky's factor into the lower triangle, with the inverse of its diagonal.

    A column that repeats others, or is zero, has no pivot left and gets a zero there.
    """
    n = matrix.shape[0]
    for j in range(n):
        diagonal = matrix[j, j]
        pivot = diagonal - _dot(matrix[j, :j], matrix[j, :j])
        inverse = 1.0 / np.sqrt(pivot) if pivot > 1e-11 * diagonal else 0.0
        matrix[j, j] = inverse
        for i in range(j + 1, n):
            matrix[i, j] = (matrix[i, j] - _dot(matrix[i, :j], matrix[j, :j])) * inverse


@kernel
def _solve(factor: NDArray[np.float64], right: NDArray[np.float64]) -> None:
    """Solve in place; a column without a pivot gets the solution 0."""
    n = right.shape[0]
    for j in range(n):
        right[j] = (right[j] - _dot(factor[j, :j], right[:j])) * factor[j, j]
    for j in range(n - 1, -1, -1):
        right[j] *= factor[j, j]
        for i in range(j):
            right[i] -= factor[j, i] * right[j]


@kernel
def _coordinate_descent(
    hessian: NDArray[np.float64],
    gradient: NDArray[np.float64],
    start: NDArray[np.float64],
    penalty: Penalty,
    step: NDArray[np.float64],
) -> None:
    """Minimise the quadratic model plus both penalties; `step` is the move from `start`."""
    n = start.shape[0]
    step[:] = 0.0
    slack = gradient.copy()  # gradient of the smooth part's gain at start + step
    for _ in range(_MOST_SWEEPS):
        largest = 0.0
        for j in range(n):
            curvature = hessian[j, j]
            if curvature <= 0.0:
                continue
            current = start[j] + step[j]
            pull = slack[j] + curvature * current
            if j > 0:
                pull = np.sign(pull) * max(abs(pull) - penalty.l1, 0.0) / (curvature + penalty.l2)
            else:
                pull /= curvature
            move = pull - current
            if move != 0.0:
                step[j] += move
                row = hessian[j]
                for k in range(n):
                    slack[k] -= move * row[k]
                largest = max(largest, abs(move))
        if largest < _TOLERANCE:
            break


@kernel
def _penalty_of(coefficient: NDArray[np.float64], penalty: Penalty) -> float:
    total = 0.0
    for j in range(1, coefficient.shape[0]):
        slope = coefficient[j]
        total += penalty.l1 * abs(slope) + 0.5 * penalty.l2 * slope * slope
    return total


@kernel
def _prepare_steps(
    hessian: NDArray[np.float64], penalty: Penalty, matrix: NDArray[np.float64]
) -> None:
    """Fill what steps are computed from: both triangles for descent, else Cholesky's factor."""
    size = hessian.shape[0]
    for j in range(size):
        for k in range(j + 1):
            matrix[j, k] = hessian[j, k]
            matrix[k, j] = hessian[j, k]
    if penalty.l1 == 0.0:
        for j in range(1, size):
            matrix[j, j] += penalty.l2
        _factor(matrix)


@kernel
def _fill_step(
    matrix: NDArray[np.float64],
    gradient: NDArray[np.float64],
    coefficient: NDArray[np.float64],
    penalty: Penalty,
    step: NDArray[np.float64],
) -> None:
    if penalty.l1 > 0.0:
        _coordinate_descent(matrix, gradient, coefficient, penalty, step)
    else:
        step[0] = gradient[0]
        for j in range(1, step.shape[0]):
            step[j] = gradient[j] - penalty.l2 * coefficient[j]
        _solve(matrix, step)


@kernel
def _newton(
    sample: Sample,
    penalty: Penalty,
    tolerance: float,
    coefficient: NDArray[np.float64],
    lp: NDArray[np.float64],
) -> bool:
    """Step until the step is below the tolerance; say if it came to that.

    A step that was small has hardly moved the Hessian: the next one goes without a new one.
    """
    size = coefficient.shape[0]
    desk = np.empty((3, _BLOCK))
    gradient, hessian = np.empty(size), np.empty((size, size))
    step, trial, matrix = np.empty(size), np.empty(size), np.empty((size, size))
    moved: bool | np.bool_ = YES
    objective = _quadratic(sample, coefficient, lp, desk, gradient, hessian, moved)
    objective += _penalty_of(coefficient, penalty)
    for _ in range(_MOST_STEPS):
        if moved:
            _prepare_steps(hessian, penalty, matrix)
        _fill_step(matrix, gradient, coefficient, penalty, step)
        largest = largest_size(step)
        if largest < tolerance:
            coefficient += step
            _fill_lp(sample.design, np.int64(0), lp.shape[0], coefficient, lp)
            return True
        moved = largest >= _SMALL_STEP
        fraction = 1.0
        while True:
            for j in range(size):
                trial[j] = coefficient[j] + fraction * step[j]
            reached = _quadratic(sample, trial, lp, desk, gradient, hessian, moved)
            reached += _penalty_of(trial, penalty)
            if reached <= objective + 1e-12 * abs(objective) or fraction < 1e-6:
                break
            fraction *= 0.5
        overwrite(coefficient, trial)
        objective = reached
        if largest * fraction < tolerance:
            return True
    return False


@kernel
def _every_16th(sample: Sample) -> Sample:
    n_columns, n_rows = sample.design.shape
    n_part = n_rows // _EVERY
    part = np.empty((n_columns, n_part))
    y, w = np.empty(n_part), np.empty(n_part)
    for i in range(n_part):
        y[i], w[i] = sample.outcome[i * _EVERY], sample.weight[i * _EVERY]
    for j in range(n_columns):
        for i in range(n_part):
            part[j, i] = sample.design[j, i * _EVERY]
    return Sample(part, y, w)


@kernel
def penalized_logistic(
    design: NDArray[np.float64],
    outcome: NDArray[np.float64],
    weight: NDArray[np.float64],
    l1: float,
    l2: float,
    coefficient: NDArray[np.float64],
    lp: NDArray[np.float64],
) -> bool:
    """Fit from the given start; fill `coefficient` (intercept first) and `lp`; say if converged."""
    sample, penalty = Sample(design, outcome, weight), Penalty(l1, l2)
    if design.shape[1] >= _MANY_ROWS:  # the fit of a part, if that exists, saves half of the steps
        part = _every_16th(sample)
        share = part.weight.sum() / weight.sum()
        lighter = Penalty(share * l1, share * l2)
        start = coefficient.copy()
        if _newton(part, lighter, 1e-2, start, np.empty(part.weight.shape[0])):
            overwrite(coefficient, start)
    return _newton(sample, penalty, _TOLERANCE, coefficient, lp)
