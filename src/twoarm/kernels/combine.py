"""How a stack weighs its members, from predictions made for patients they have not seen.

Breiman 1996, doi 10.1007/BF00117832 (non-negative least squares); van der Laan, Polley, Hubbard
2007, doi 10.2202/1544-6115.1309 (the convex combination of logits with the smallest deviance).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.assign import largest_size, overwrite
from twoarm.kernels.jit import kernel
from twoarm.kernels.odds import expit

__all__ = ["TRIM", "combined", "convex_loglik", "discrete", "nnls", "trimmed_logit"]

TRIM = 0.001
"""Probabilities are kept this far from 0 and 1 before their logit is taken."""

_MOST_STEPS = 200
_TINY = 1e-12

# typed: numba compiles a kernel anew for each plain constant it is given
_SUM_OF_ONE, _FREE_SUM = np.bool_(True), np.bool_(False)


@kernel
def trimmed_logit(risk: float) -> float:
    """Give the logit of a probability, kept within [0.001, 0.999]."""
    kept = min(max(risk, TRIM), 1.0 - TRIM)
    return np.log(kept / (1.0 - kept))


@kernel
def _solve_subset(
    hessian: NDArray[np.float64],
    pull: NDArray[np.float64],
    free: NDArray[np.bool_],
    sum_to_one: np.bool_,
    solution: NDArray[np.float64],
) -> float:
    """Solve the normal equations for the free weights; give the multiplier of their sum.

    Gauss elimination with pivoting of the bordered system; a direction without curvature is left
    where it is (weight 0).
    """
    n = pull.shape[0]
    index = np.empty(n, np.int64)
    m = 0
    for j in range(n):
        solution[j] = 0.0
        if free[j]:
            index[m] = j
            m += 1
    size = m + 1 if sum_to_one else m
    system = np.zeros((size, size + 1))
    for a in range(m):
        for b in range(m):
            system[a, b] = hessian[index[a], index[b]]
        system[a, size] = pull[index[a]]
        if sum_to_one:
            system[a, m] = system[m, a] = 1.0
    if sum_to_one:
        system[m, size] = 1.0
    scale = 0.0
    for a in range(size):
        scale = max(scale, largest_size(system[a, :size]))
    for a in range(size):
        pivot = a
        for b in range(a + 1, size):
            if abs(system[b, a]) > abs(system[pivot, a]):
                pivot = b
        for c in range(size + 1):
            held = system[a, c]
            system[a, c] = system[pivot, c]
            system[pivot, c] = held
        if abs(system[a, a]) <= 1e-13 * scale:
            system[a, :] = 0.0
            system[a, a] = 1.0
            continue
        for b in range(size):
            if b != a:
                factor = system[b, a] / system[a, a]
                for c in range(a, size + 1):
                    system[b, c] -= factor * system[a, c]
    for a in range(m):
        solution[index[a]] = system[a, size] / system[a, a]
    return system[m, size] / system[m, m] if sum_to_one else 0.0


@kernel
def _nonnegative_quadratic(
    hessian: NDArray[np.float64], pull: NDArray[np.float64], sum_to_one: np.bool_
) -> NDArray[np.float64]:
    """Minimise ``a'Ha / 2 - pull'a`` over a >= 0, with sum 1 if asked.

    The active-set method of Lawson and Hanson (Solving Least Squares Problems, 1974, chapter 23),
    which the sum needs only a multiplier and a feasible start for.
    """
    n = pull.shape[0]
    weights, solution = np.zeros(n), np.zeros(n)
    free = np.zeros(n, np.bool_)
    multiplier = 0.0
    if sum_to_one:
        best = 0
        for j in range(1, n):
            if 0.5 * hessian[j, j] - pull[j] < 0.5 * hessian[best, best] - pull[best]:
                best = j
        free[best] = True
        weights[best] = 1.0
        multiplier = pull[best] - hessian[best, best]
    scale = largest_size(pull) + largest_size(hessian.ravel())
    for _ in range(_MOST_STEPS):
        entering, largest = -1, 1e-11 * scale
        for j in range(n):
            if not free[j]:
                slack = pull[j] - multiplier
                for k in range(n):
                    slack -= hessian[j, k] * weights[k]
                if slack > largest:
                    entering, largest = j, slack
        if entering < 0:
            break
        free[entering] = True
        while True:
            multiplier = _solve_subset(hessian, pull, free, sum_to_one, solution)
            fraction, leaving = 1.0, -1
            for j in range(n):
                if free[j] and solution[j] <= _TINY:
                    reach = weights[j] / max(weights[j] - solution[j], 1e-300)
                    if reach < fraction:
                        fraction, leaving = reach, j
            for j in range(n):
                weights[j] += fraction * (solution[j] - weights[j])
            if leaving < 0:
                break
            for j in range(n):
                if free[j] and weights[j] <= _TINY:
                    free[j] = False
                    weights[j] = 0.0
        if not free[entering]:
            break  # it left as it came: no progress is possible in this precision
    return weights


@kernel
def discrete(
    risks: NDArray[np.float64], outcome: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give all weight to the member with the smallest Brier score; the first one of equals."""
    n_members = risks.shape[0]
    weights = np.zeros(n_members)
    best, smallest = 0, np.inf
    for k in range(n_members):
        loss = 0.0
        for i in range(outcome.shape[0]):
            loss += weight[i] * (outcome[i] - risks[k, i]) ** 2
        if loss < smallest * (1.0 - _TINY):
            best, smallest = k, loss
    weights[best] = 1.0
    return weights


@kernel
def nnls(
    risks: NDArray[np.float64], outcome: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the raw non-negative least-squares weights of the members, shape (members,)."""
    n_members, n_rows = risks.shape
    hessian, pull = np.zeros((n_members, n_members)), np.zeros(n_members)
    for i in range(n_rows):
        for k in range(n_members):
            pull[k] += weight[i] * risks[k, i] * outcome[i]
            for h in range(n_members):
                hessian[k, h] += weight[i] * risks[k, i] * risks[h, i]
    return _nonnegative_quadratic(hessian, pull, _FREE_SUM)


@kernel
def _deviance(
    lp: NDArray[np.float64], outcome: NDArray[np.float64], weight: NDArray[np.float64]
) -> float:
    total = 0.0
    for i in range(lp.shape[0]):
        total += weight[i] * (np.log1p(np.exp(-abs(lp[i]))) + max(lp[i], 0.0) - outcome[i] * lp[i])
    return total


@kernel
def convex_loglik(
    risks: NDArray[np.float64], outcome: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the weights, non-negative with sum 1, whose mean logit has the smallest deviance.

    Newton's method: each step minimises the quadratic model of the deviance over the simplex.
    """
    n_members, n_rows = risks.shape
    logits = np.empty((n_members, n_rows))
    for k in range(n_members):
        for i in range(n_rows):
            logits[k, i] = trimmed_logit(risks[k, i])
    weights = discrete(risks, outcome, weight)
    lp, trial = np.empty(n_rows), np.empty(n_rows)
    lp[:] = 0.0
    for k in range(n_members):
        for i in range(n_rows):
            lp[i] += weights[k] * logits[k, i]
    deviance = _deviance(lp, outcome, weight)
    hessian, pull = np.empty((n_members, n_members)), np.empty(n_members)
    for _ in range(_MOST_STEPS):
        hessian[:] = 0.0
        pull[:] = 0.0
        for i in range(n_rows):
            risk = expit(lp[i])
            residual, curvature = weight[i] * (outcome[i] - risk), weight[i] * risk * (1.0 - risk)
            for k in range(n_members):
                pull[k] += logits[k, i] * (residual + curvature * lp[i])
                for h in range(k + 1):
                    hessian[k, h] += curvature * logits[k, i] * logits[h, i]
        for k in range(n_members):
            for h in range(k):
                hessian[h, k] = hessian[k, h]
        move = _nonnegative_quadratic(hessian, pull, _SUM_OF_ONE)
        for k in range(n_members):
            move[k] -= weights[k]
        size = largest_size(move)
        fraction = 1.0
        while True:
            for i in range(n_rows):
                step = 0.0
                for k in range(n_members):
                    step += move[k] * logits[k, i]
                trial[i] = lp[i] + fraction * step
            reached = _deviance(trial, outcome, weight)
            if reached <= deviance * (1.0 + _TINY) or fraction < 1e-6:
                break
            fraction *= 0.5
        for k in range(n_members):
            weights[k] += fraction * move[k]
        overwrite(lp, trial)
        deviance = reached
        if size * fraction < 1e-11:
            break
    return weights


@kernel
def combined(
    weights: NDArray[np.float64], risks: NDArray[np.float64], on_logits: bool
) -> NDArray[np.float64]:
    """Give the stack's probability of each row; `risks` is (members, rows)."""
    n_members, n_rows = risks.shape
    result = np.zeros(n_rows)
    for k in range(n_members):
        if weights[k] != 0.0:
            for i in range(n_rows):
                value = trimmed_logit(risks[k, i]) if on_logits else risks[k, i]
                result[i] += weights[k] * value
    if on_logits:
        for i in range(n_rows):
            result[i] = expit(result[i])
    return result
