"""Probabilities of a stack from its plain form, with NumPy alone.

What each kind of member means is written here once more, independent of the kernels that fitted
it, so that a third language can follow it. Thresholds are compared in float64 with ``<=``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["member_risk", "stack_risk"]

_TRIM = 0.001  # probabilities stay this far from 0 and 1 before their logit is taken


def _expit(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def _mean(member: Mapping[str, Any], X: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.full(X.shape[0], float(member["share"]))


def _spline_terms(x: NDArray[np.float64], knots: list[float]) -> list[NDArray[np.float64]]:
    """Give the restricted cubic spline terms of one column beside the column itself."""
    last, before = knots[-1], knots[-2]

    def cube(knot: float) -> NDArray[np.float64]:
        return np.maximum(x - knot, 0.0) ** 3

    return [
        (
            cube(knot)
            - (last - knot) / (last - before) * cube(before)
            + (before - knot) / (last - before) * cube(last)
        )
        / (last - knots[0]) ** 2
        for knot in knots[:-2]
    ]


def _logistic(member: Mapping[str, Any], X: NDArray[np.float64]) -> NDArray[np.float64]:
    columns = list(X.T)
    for x, knots in zip(X.T, member["knots"], strict=True):
        if knots:
            columns += _spline_terms(x, knots)
    lp = np.full(X.shape[0], float(member["intercept"]))
    for slope, column in zip(member["slopes"], columns, strict=True):
        lp += slope * column
    return _expit(lp)


def _tree_values(tree: Mapping[str, Any], X: NDArray[np.float64]) -> NDArray[np.float64]:
    column, threshold = np.asarray(tree["column"]), np.asarray(tree["threshold"], np.float64)
    left, value = np.asarray(tree["left"]), np.asarray(tree["value"], np.float64)
    rows = np.arange(X.shape[0])
    node = np.zeros(X.shape[0], dtype=np.intp)
    inner = column[node] >= 0
    while inner.any():
        right = X[rows, np.maximum(column[node], 0)] > threshold[node]
        node = np.where(inner, left[node] + right, node)
        inner = column[node] >= 0
    return value[node]


def _forest(member: Mapping[str, Any], X: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros(X.shape[0])
    for tree in member["trees"]:
        total += _tree_values(tree, X)
    return total / len(member["trees"])


def _boosting(member: Mapping[str, Any], X: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros(X.shape[0])
    for tree in member["trees"]:
        total += _tree_values(tree, X)
    return _expit(float(member["start"]) + total)


_KINDS = {"mean": _mean, "logistic": _logistic, "forest": _forest, "boosting": _boosting}


def member_risk(member: Mapping[str, Any], X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give one member's probability for rows X, shape (n, columns); KeyError for its kind."""
    return _KINDS[member["kind"]](member, X)


def stack_risk(stack: Mapping[str, Any], X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give a stack's probability for encoded rows, shape (n, columns).

    Examples
    --------
    >>> stack = {"combine": "nnls", "members": [{"kind": "mean", "share": 0.25, "weight": 1.0}]}
    >>> stack_risk(stack, np.zeros((2, 3)))
    array([0.25, 0.25])
    """
    total = np.zeros(X.shape[0])
    for member in stack["members"]:
        risk = member_risk(member, X)
        if stack["combine"] == "convex_loglik":
            kept = np.clip(risk, _TRIM, 1.0 - _TRIM)
            risk = np.log(kept / (1.0 - kept))
        total += member["weight"] * risk
    return _expit(total) if stack["combine"] == "convex_loglik" else total
