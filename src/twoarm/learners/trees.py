"""Forest and boosting: trees on binned columns, kept in the predictors' own units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.bags import Binned, Shares, no_shares
from twoarm.kernels.boosting import Settings, boost, empty_heaps
from twoarm.kernels.data import Cases, Columns, one_fit
from twoarm.kernels.forest import ForestSettings, grow_forest
from twoarm.kernels.kept_trees import LEAF, Nodes, add_trees, nodes_of_heaps
from twoarm.kernels.members import BOOSTING, FOREST
from twoarm.kernels.odds import expit_all
from twoarm.learners.member import KernelMember, require, require_positive, require_whole

__all__ = ["Boosting", "Forest", "Trees"]

_NO_LIMIT = 2**31 - 1
_LARGEST_RATE = 100.0


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees behind one another; a row goes left if its value is at most the threshold.

    Attributes
    ----------
    roots : ndarray of int64, shape (trees,)
        Where each tree begins.
    column : ndarray of int32, shape (nodes,)
        Column that a node looks at, -1 at a leaf.
    threshold : ndarray of float64, shape (nodes,)
        In the column's unit; 0 at a leaf.
    left : ndarray of int64, shape (nodes,)
        Position of the left child; the right one follows it.
    value : ndarray of float64, shape (nodes,)
        What a leaf adds.
    """

    roots: NDArray[np.int64]
    column: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    value: NDArray[np.float64]

    @classmethod
    def of(cls, roots: NDArray[np.int64], nodes: Nodes, cuts: NDArray[np.float64]) -> Self:
        """Turn the cuts of grown trees into thresholds; `cuts` is (columns, 63)."""
        inner = nodes.column != LEAF
        threshold = np.zeros(inner.size)
        threshold[inner] = cuts[nodes.column[inner], nodes.cut[inner]]
        return cls(roots, nodes.column, threshold, np.where(inner, nodes.left, 0), nodes.share)

    def sum_of_values(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the sum over trees of the leaf values of each row; `values` is (columns, rows)."""
        total = np.zeros(values.shape[1])
        add_trees(values, self.roots, self.column, self.threshold, self.left, self.value, total)
        return total

    def to_plain(self) -> list[dict[str, list[Any]]]:
        """Give one dictionary of lists a tree; children are counted from the tree's root."""
        ends = np.append(self.roots[1:], self.column.size)
        plain = []
        for root, end in zip(self.roots, ends, strict=True):
            leaf = self.column[root:end] == LEAF
            plain.append(
                {
                    "column": self.column[root:end].tolist(),
                    "threshold": self.threshold[root:end].tolist(),
                    "left": np.where(leaf, 0, self.left[root:end] - root).tolist(),
                    "value": np.where(leaf, self.value[root:end], 0.0).tolist(),
                }
            )
        return plain


class Forest(KernelMember):
    """Random forest of probability trees (Breiman 2001).

    As scikit-learn's, but for two things: numbers are cut into at most 64 bins, and `min_leaf`
    counts weight, so that a patient drawn twice counts twice.

    Parameters
    ----------
    trees : int
        Number of trees, at least 1.
    min_leaf : int
        Smallest weight of a leaf, at least 1.
    max_features : "sqrt" or int
        Columns that a node looks at: the root of their number, rounded down, or as many.
    max_depth : int, optional
        Largest depth; no limit by default.
    seed : int
        Seed of bags and columns.
    """

    kind = FOREST

    def __init__(
        self,
        *,
        trees: int = 200,
        min_leaf: int = 5,
        max_features: str | int = "sqrt",
        max_depth: int | None = None,
        seed: int = 0,
    ):
        self.trees = trees
        self.min_leaf = min_leaf
        self.max_features = max_features
        self.max_depth = max_depth
        self.seed = seed

    def kernel_parameters(self, n_columns: int) -> tuple[float, float, float, float]:
        """Give trees, smallest leaf, columns a node looks at, largest depth."""
        n_trees = require_whole("trees", self.trees, 1)
        min_leaf = require_whole("min_leaf", self.min_leaf, 1)
        if isinstance(self.max_features, str):
            expected = '"sqrt" or a whole number'
            require(self.max_features == "sqrt", "max_features", expected, self.max_features)
            looked_at = max(1, math.isqrt(n_columns))
        else:
            looked_at = min(require_whole("max_features", self.max_features, 1), n_columns)
        depth = _NO_LIMIT if self.max_depth is None else self.max_depth
        depth = require_whole("max_depth", depth, 1)
        return (float(n_trees), float(min_leaf), float(looked_at), float(depth))

    def fit_columns(
        self,
        columns: Columns,
        members: NDArray[np.uint32],
        outcome: NDArray[np.int64],
        weight: NDArray[np.int64],
        stream: np.uint64,
    ) -> Self:
        """Grow and keep all trees."""
        self._grow(columns, members, outcome, weight, stream, apart=False)
        return self

    def fit_out_of_bag(
        self,
        columns: Columns,
        members: NDArray[np.uint32],
        outcome: NDArray[np.int64],
        weight: NDArray[np.int64],
        stream: np.uint64,
    ) -> Shares:
        """Grow and keep all trees; give what those without a member in their bag say of it."""
        return self._grow(columns, members, outcome, weight, stream, apart=True)

    def _grow(
        self,
        columns: Columns,
        members: NDArray[np.uint32],
        outcome: NDArray[np.int64],
        weight: NDArray[np.int64],
        stream: np.uint64,
        *,
        apart: bool,
    ) -> Shares:
        n_columns, n_rows = columns.codes.shape
        settings = ForestSettings(*map(int, self.kernel_parameters(n_columns)))
        binned, shares = Binned(columns.both_layouts, columns.n_bins), no_shares(n_rows, apart)
        cases = Cases(members, members[:0], outcome, weight)
        roots, nodes = grow_forest(binned, cases, settings, stream, True, shares)
        self.trees_ = Trees.of(roots, nodes, columns.cuts)
        return shares

    def to_plain(self) -> dict[str, Any]:
        """Give the trees; the risk is the mean of their leaf values."""
        return {"kind": "forest", "trees": self.trees_.to_plain()}

    def _risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.trees_.sum_of_values(values) / self.trees_.roots.size


class Boosting(KernelMember):
    """Gradient boosting of the binomial deviance (Friedman 2001).

    As scikit-learn's `GradientBoostingClassifier`, but for two things: numbers are cut into at
    most 64 bins, and `min_leaf` counts weight.

    Parameters
    ----------
    trees : int
        Number of trees, at least 1.
    depth : int
        Depth of each tree, 1 to 8.
    learning_rate : float
        Factor on each tree's step, above 0.
    min_leaf : int
        Smallest weight of a leaf, at least 1.
    seed : int
        Not used; the fit is deterministic.
    """

    kind = BOOSTING

    def __init__(
        self,
        *,
        trees: int = 100,
        depth: int = 2,
        learning_rate: float = 0.1,
        min_leaf: int = 5,
        seed: int = 0,
    ):
        self.trees = trees
        self.depth = depth
        self.learning_rate = learning_rate
        self.min_leaf = min_leaf
        self.seed = seed

    def kernel_parameters(self, n_columns: int) -> tuple[float, float, float, float]:
        """Give trees, depth, learning rate, smallest leaf."""
        n_trees = require_whole("trees", self.trees, 1)
        depth = require_whole("depth", self.depth, 1, 8)
        rate = require_positive("learning_rate", self.learning_rate)
        require(rate <= _LARGEST_RATE, "learning_rate", "a number above 0, at most 100", rate)
        min_leaf = require_whole("min_leaf", self.min_leaf, 1)
        return (float(n_trees), float(depth), rate, float(min_leaf))

    def fit_columns(
        self,
        columns: Columns,
        members: NDArray[np.uint32],
        outcome: NDArray[np.int64],
        weight: NDArray[np.int64],
        stream: np.uint64,
    ) -> Self:
        """Boost and keep all trees."""
        parameters = self.kernel_parameters(columns.values.shape[0])
        n_trees, depth, min_leaf = (int(parameters[k]) for k in (0, 1, 3))
        heaps = empty_heaps(n_trees, depth)
        fits = one_fit(Cases(members, members[:0], outcome, weight))
        settings = Settings(n_trees, depth, parameters[2], min_leaf)
        lp = np.empty(columns.codes.shape[1])
        start = boost(columns.codes, columns.n_bins, fits, settings, heaps, lp, np.empty(0))
        self.start_ = float(start)
        roots, nodes = nodes_of_heaps(heaps.column, heaps.cut, heaps.value)
        self.trees_ = Trees.of(roots, nodes, columns.cuts)
        return self

    def to_plain(self) -> dict[str, Any]:
        """Give start and trees; the logit of the risk is the start plus all leaf values."""
        return {"kind": "boosting", "start": self.start_, "trees": self.trees_.to_plain()}

    def _risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return expit_all(self.start_ + self.trees_.sum_of_values(values))
