"""Penalized logistic regression by Newton's method, ridge and elastic net.

Minimised is ``sum w_i log-loss_i + penalty / C`` with an unpenalized intercept; the columns come
standardised, one per row of the design (columns, rows), so that sums run over contiguous memory.

Friedman, Hastie, Tibshirani 2010, doi 10.18637/jss.v033.i01 (coordinate descent on the quadratic
approximation); the steps are halved until the objective falls, so that a separated sample ends in
a finite fit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.assign import largest_size, overwrite
from twoarm.kernels.jit import kernel, reduction

__all__ = ["expit", "expit_all", "penalized_logistic", "standardise"]

_TOLERANCE = 1e-11  # on the step, in units of the standardised linear predictor
_LEAST_SPREAD = 1e-100  # squares of anything smaller may vanish
_FEW_STEPS, _MOST_STEPS = np.int64(10), np.int64(100)  # typed: a kernel is compiled once for both
_MOST_SWEEPS = 10_000
_MANY_ROWS, _EVERY = 2**15, 16  # from so many rows on, a first fit to every 16th one pays
_BLOCK = 256  # rows of all columns that stay in the cache between two sums over them


@kernel
def expit(x: float) -> float:
    """Give 1 / (1 + exp(-x)) without overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + np.exp(-x))
    e = np.exp(x)
    return e / (1.0 + e)


@kernel
def expit_all(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give `expit` of every number, digit for digit as the kernels compute it one by one."""
    risk = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        risk[i] = expit(x[i])
    return risk


@reduction
def _dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    total = 0.0
    for i in range(a.shape[0]):
        total += a[i] * b[i]
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


@kernel
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
        e = np.exp(-abs(lp[i]))
        larger = 1.0 / (1.0 + e)
        risk = larger if lp[i] >= 0.0 else e * larger
        residual[i] = weight[i] * (outcome[i] - risk)
        curvature[i] = weight[i] * e * larger * larger
        loss += weight[i] * (np.log1p(e) + max(lp[i], 0.0) - outcome[i] * lp[i])
    return loss


@kernel
def _quadratic(
    design: NDArray[np.float64],
    outcome: NDArray[np.float64],
    weight: NDArray[np.float64],
    coefficient: NDArray[np.float64],
    lp: NDArray[np.float64],
    desk: NDArray[np.float64],
    gradient: NDArray[np.float64],
    hessian: NDArray[np.float64],
) -> float:
    """Fill linear predictor, gradient and lower Hessian of the log-likelihood; give the log-loss.

    The intercept comes first. All sums over a block of rows are taken while it is in the cache.
    """
    n_columns, n_rows = design.shape
    gradient[:] = 0.0
    hessian[:] = 0.0
    loss = 0.0
    for first in range(0, n_rows, _BLOCK):
        last = min(first + _BLOCK, n_rows)
        residual, curvature = desk[0, : last - first], desk[1, : last - first]
        scaled, here = desk[2, : last - first], lp[first:last]
        here[:] = coefficient[0]
        for j in range(n_columns):
            slope, column = coefficient[j + 1], design[j, first:last]
            if slope != 0.0:
                for i in range(here.shape[0]):
                    here[i] += slope * column[i]
        loss += _deviance_parts(here, outcome[first:last], weight[first:last], residual, curvature)
        gradient[0] += residual.sum()
        hessian[0, 0] += curvature.sum()
        for j in range(n_columns):
            column = design[j, first:last]
            gradient[j + 1] += _dot(column, residual)
            hessian[j + 1, 0] += _dot(column, curvature)
            for i in range(here.shape[0]):
                scaled[i] = column[i] * curvature[i]
            for k in range(j + 1):
                hessian[j + 1, k + 1] += _dot(design[k, first:last], scaled)
    return loss


@kernel
def _solve_positive(matrix: NDArray[np.float64], right: NDArray[np.float64]) -> None:
    """Solve in place by Cholesky's factor of the lower triangle.

    A column that repeats others, or is zero, has no pivot left and gets the solution 0.
    """
    n = right.shape[0]
    for j in range(n):
        diagonal = matrix[j, j]
        pivot = diagonal - _dot(matrix[j, :j], matrix[j, :j])
        inverse = 1.0 / np.sqrt(pivot) if pivot > 1e-11 * diagonal else 0.0
        matrix[j, j] = inverse
        for i in range(j + 1, n):
            matrix[i, j] = (matrix[i, j] - _dot(matrix[i, :j], matrix[j, :j])) * inverse
    for j in range(n):
        right[j] = (right[j] - _dot(matrix[j, :j], right[:j])) * matrix[j, j]
    for j in range(n - 1, -1, -1):
        for i in range(j + 1, n):
            right[j] -= matrix[i, j] * right[i]
        right[j] *= matrix[j, j]


@kernel
def _coordinate_descent(
    hessian: NDArray[np.float64],
    gradient: NDArray[np.float64],
    start: NDArray[np.float64],
    l1: float,
    l2: float,
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
                pull = np.sign(pull) * max(abs(pull) - l1, 0.0) / (curvature + l2)
            else:
                pull /= curvature
            move = pull - current
            if move != 0.0:
                step[j] += move
                for k in range(n):
                    slack[k] -= move * (hessian[j, k] if k < j else hessian[k, j])
                largest = max(largest, abs(move))
        if largest < _TOLERANCE:
            break


@kernel
def _penalty(coefficient: NDArray[np.float64], l1: float, l2: float) -> float:
    total = 0.0
    for j in range(1, coefficient.shape[0]):
        total += l1 * abs(coefficient[j]) + 0.5 * l2 * coefficient[j] * coefficient[j]
    return total


@kernel
def _newton(
    design: NDArray[np.float64],
    outcome: NDArray[np.float64],
    weight: NDArray[np.float64],
    l1: float,
    l2: float,
    tolerance: float,
    most_steps: np.int64,
    coefficient: NDArray[np.float64],
    lp: NDArray[np.float64],
) -> bool:
    """Step until the step is below the tolerance; say if it came to that."""
    size = design.shape[0] + 1
    desk = np.empty((3, _BLOCK))
    gradient, hessian = np.empty(size), np.empty((size, size))
    step, trial, matrix = np.empty(size), np.empty(size), np.empty((size, size))
    loss = _quadratic(design, outcome, weight, coefficient, lp, desk, gradient, hessian)
    objective = loss + _penalty(coefficient, l1, l2)
    for _ in range(most_steps):
        if l1 > 0.0:
            _coordinate_descent(hessian, gradient, coefficient, l1, l2, step)
        else:
            overwrite(step, gradient)
            overwrite(matrix[0], hessian[0])
            for j in range(1, size):
                overwrite(matrix[j], hessian[j])
                step[j] -= l2 * coefficient[j]
                matrix[j, j] += l2
            _solve_positive(matrix, step)
        largest = largest_size(step)
        fraction = 1.0
        while True:
            for j in range(size):
                trial[j] = coefficient[j] + fraction * step[j]
            loss = _quadratic(design, outcome, weight, trial, lp, desk, gradient, hessian)
            reached = loss + _penalty(trial, l1, l2)
            if reached <= objective + 1e-12 * abs(objective) or fraction < 1e-6:
                break
            fraction *= 0.5
        overwrite(coefficient, trial)
        objective = reached
        if largest * fraction < tolerance:
            return True
    return False


@kernel
def _start_from_a_sample(
    design: NDArray[np.float64],
    outcome: NDArray[np.float64],
    weight: NDArray[np.float64],
    l1: float,
    l2: float,
    coefficient: NDArray[np.float64],
) -> None:
    """Move the start to the fit of every 16th row, if that exists: it saves half of the steps."""
    n_columns, n_rows = design.shape
    n_part = n_rows // _EVERY
    part = np.empty((n_columns, n_part))
    y, w = np.empty(n_part), np.empty(n_part)
    for i in range(n_part):
        y[i], w[i] = outcome[i * _EVERY], weight[i * _EVERY]
    for j in range(n_columns):
        for i in range(n_part):
            part[j, i] = design[j, i * _EVERY]
    share = w.sum() / weight.sum()
    start = coefficient.copy()
    if _newton(part, y, w, share * l1, share * l2, 1e-2, _FEW_STEPS, start, np.empty(n_part)):
        overwrite(coefficient, start)


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
    if design.shape[1] >= _MANY_ROWS:
        _start_from_a_sample(design, outcome, weight, l1, l2, coefficient)
    return _newton(design, outcome, weight, l1, l2, _TOLERANCE, _MOST_STEPS, coefficient, lp)
