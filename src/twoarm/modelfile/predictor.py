"""Probabilities of a stack from its plain form, with NumPy alone.

What each kind of member means is written here once more, independent of the kernels that fitted
it, so that a third language can follow it. Thresholds are compared in float64 with ``<=``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Trees", "member_risk", "prepared", "stack_risk", "stacked"]

_TRIM = 0.001  # probabilities stay this far from 0 and 1 before their logit is taken
_ROWS_AT_ONCE = 1024  # keeps (trees, rows) in the cache


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


@dataclass(frozen=True, slots=True)
class Trees:
    """All trees of a member, one after the other, so that they are walked together.

    Attributes
    ----------
    column : ndarray of intp, shape (nodes,)
        Column compared; 0 at a leaf.
    threshold : ndarray of float64, shape (nodes,)
        A row goes left if its value is at most this; infinite at a leaf.
    left : ndarray of intp, shape (nodes,)
        Left child, the right one follows it; a leaf is its own.
    value : ndarray of float64, shape (nodes,)
    roots : ndarray of intp, shape (trees,)
    depth : int
        Steps from a root to the deepest leaf.
    """

    column: NDArray[np.intp]
    threshold: NDArray[np.float64]
    left: NDArray[np.intp]
    value: NDArray[np.float64]
    roots: NDArray[np.intp]
    depth: int

    def total(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the sum of all trees' values for rows X, added tree by tree in their order."""
        total = np.empty(X.shape[0])
        for first in range(0, X.shape[0], _ROWS_AT_ONCE):
            rows = slice(first, first + _ROWS_AT_ONCE)
            total[rows] = self._total(X[rows])
        return total

    def _total(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        node = np.repeat(self.roots[:, None], X.shape[0], axis=1)  # (trees, rows)
        flat, start = X.ravel(), np.arange(X.shape[0]) * X.shape[1]
        for _ in range(self.depth):
            right = flat[start + self.column[node]] > self.threshold[node]
            node = self.left[node] + right
        added: NDArray[np.float64] = self.value[node].cumsum(axis=0)
        return np.asarray(added[-1])  # np.sum would add in another order


def stacked(trees: Sequence[Mapping[str, Any]]) -> Trees:
    """Put a member's trees, checked by `schema.check_schema`, into arrays.

    Examples
    --------
    >>> stump = {"column": [0, -1, -1], "threshold": [1.5, 0.0, 0.0], "left": [1, 0, 0],
    ...          "value": [0.0, 0.25, 0.75]}
    >>> stacked([stump, stump]).total(np.array([[1.5], [1.6]]))
    array([0.5, 1.5])
    """
    sizes = np.array([len(tree["column"]) for tree in trees], dtype=np.intp)
    roots = np.cumsum(sizes) - sizes
    joined = {
        key: np.array([entry for tree in trees for entry in tree[key]], dtype=kind)
        for key, kind in (("column", np.intp), ("threshold", float), ("left", np.intp),
                          ("value", float))
    }  # fmt: skip
    leaf = joined["column"] < 0
    left = np.where(leaf, np.arange(leaf.size), joined["left"] + np.repeat(roots, sizes))
    return Trees(
        np.where(leaf, 0, joined["column"]),
        np.where(leaf, np.inf, joined["threshold"]),
        left,
        joined["value"],
        roots,
        _depth(leaf, left, roots),
    )


def _depth(leaf: NDArray[np.bool_], left: NDArray[np.intp], roots: NDArray[np.intp]) -> int:
    depth, level = 0, roots[~leaf[roots]]
    while level.size:
        if depth > leaf.size:
            raise ValueError("a tree returns to itself")
        below = np.concatenate([left[level], left[level] + 1])
        depth, level = depth + 1, below[~leaf[below]]
    return depth


def prepared(member: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a member, or every member of a stack, with its trees in arrays; it predicts the same."""
    if "members" in member:
        return {**member, "members": [prepared(each) for each in member["members"]]}
    if "trees" in member and not isinstance(member["trees"], Trees):
        return {**member, "trees": stacked(member["trees"])}
    return member


def _forest(member: Mapping[str, Any], X: NDArray[np.float64]) -> NDArray[np.float64]:
    trees: Trees = prepared(member)["trees"]
    return trees.total(X) / trees.roots.size


def _boosting(member: Mapping[str, Any], X: NDArray[np.float64]) -> NDArray[np.float64]:
    trees: Trees = prepared(member)["trees"]
    return _expit(float(member["start"]) + trees.total(X))


_KINDS = {"mean": _mean, "logistic": _logistic, "forest": _forest, "boosting": _boosting}


def member_risk(member: Mapping[str, Any], X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give one member's probability for rows X, shape (n, columns); KeyError for its kind.

    A member, or a stack below, that went through `prepared` once answers many times faster.
    """
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
