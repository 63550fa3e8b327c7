"""Penalized logistic regressions: ridge, ridge on splines, elastic net.

`C` is scikit-learn's: minimised is C times the sum of weighted log-losses plus the penalty, on
columns standardised inside; the intercept is free.
"""

from __future__ import annotations

from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.data import Cases, Columns, one_fit
from twoarm.kernels.members import LINEAR
from twoarm.kernels.odds import expit_all
from twoarm.kernels.splines import LinearFit, fit_linear, predict_linear
from twoarm.learners.member import KernelMember, require, require_positive, require_whole

__all__ = ["ElasticNet", "Logistic", "SplineLogistic"]


_SMALLEST_C = 1e-300


def _strength(C: Any) -> float:
    """Give the strength of the penalty, 0 for an infinite C."""
    found = require_positive("C", C)
    require(found >= _SMALLEST_C, "C", "a number above 0, at least 1e-300", C)
    return 1.0 / found


class _PenalizedLogistic(KernelMember):
    """What the three have in common; they differ in their four kernel parameters."""

    kind = LINEAR
    _fit: LinearFit

    def fit_columns(
        self,
        columns: Columns,
        members: NDArray[np.uint32],
        outcome: NDArray[np.int64],
        weight: NDArray[np.int64],
        stream: np.uint64,
    ) -> Self:
        """Run Newton's method; `converged_` and `separated_` tell how it ended."""
        l1, l2, n_knots, _ = self.kernel_parameters(columns.values.shape[0])
        cases = Cases(members, members[:0], outcome, weight)
        self._fit = fit_linear(columns, one_fit(cases), l1, l2, int(n_knots), np.empty(0))
        self.intercept_ = np.array([self._fit.coefficient[0]])
        self.coef_ = self._fit.coefficient[None, 1:].copy()
        self.knots_ = self._fit.knots
        self.converged_ = bool(self._fit.converged)
        self.separated_ = bool(self._fit.separated)
        return self

    def to_plain(self) -> dict[str, Any]:
        """Give intercept, slopes (columns first, then their spline terms) and knots."""
        return {
            "kind": "logistic",
            "intercept": float(self.intercept_[0]),
            "slopes": self.coef_[0].tolist(),
            "knots": [row[np.isfinite(row)].tolist() for row in self.knots_],
        }

    def _risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = np.arange(values.shape[1], dtype=np.uint32)
        return expit_all(predict_linear(values, rows, self._fit))


class Logistic(_PenalizedLogistic):
    """Ridge logistic regression on standardised columns.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty, above 0; ``numpy.inf`` for none.
    seed : int
        Not used; the fit is deterministic.

    Examples
    --------
    >>> model = Logistic(C=1.0).fit([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1])
    >>> model.coef_.round(4), model.intercept_.round(4)
    (array([[0.4055]]), array([-0.6082]))
    """

    def __init__(self, *, C: float = 1.0, seed: int = 0):
        self.C = C
        self.seed = seed

    def kernel_parameters(self, n_columns: int) -> tuple[float, float, float, float]:
        """Give l1, l2 and no knots."""
        return (0.0, _strength(self.C), 0.0, 0.0)


class SplineLogistic(_PenalizedLogistic):
    """Ridge logistic regression with restricted cubic splines of the numeric predictors.

    Knots stand at Harrell's percentiles (four: 5, 35, 65, 95) of the rows that are fitted. A
    column whose percentiles take fewer than three values, such as a yes/no column, stays linear.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty, above 0.
    knots : int
        3 to 7.
    seed : int
        Not used; the fit is deterministic.
    """

    def __init__(self, *, C: float = 1.0, knots: int = 4, seed: int = 0):
        self.C = C
        self.knots = knots
        self.seed = seed

    def kernel_parameters(self, n_columns: int) -> tuple[float, float, float, float]:
        """Give l1, l2 and the number of knots."""
        n_knots = require_whole("knots", self.knots, 3, 7)
        return (0.0, _strength(self.C), float(n_knots), 0.0)


class ElasticNet(_PenalizedLogistic):
    """Logistic regression with the elastic-net penalty on standardised columns.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty, above 0.
    l1_ratio : float
        Share of the absolute penalty, 0 (ridge) to 1 (lasso).
    seed : int
        Not used; the fit is deterministic.
    """

    def __init__(self, *, C: float = 0.5, l1_ratio: float = 0.5, seed: int = 0):
        self.C = C
        self.l1_ratio = l1_ratio
        self.seed = seed

    def kernel_parameters(self, n_columns: int) -> tuple[float, float, float, float]:
        """Give l1, l2 and no knots."""
        strength, ratio = _strength(self.C), self.l1_ratio
        fits = isinstance(ratio, Real) and 0 <= float(ratio) <= 1
        require(fits, "l1_ratio", "a number, 0 to 1", ratio)
        return (float(ratio) * strength, (1.0 - float(ratio)) * strength, 0.0, 0.0)
