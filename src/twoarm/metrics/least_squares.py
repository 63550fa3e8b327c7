"""Least squares with standard errors that allow unequal variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LeastSquares", "fitted_hc3", "least_squares_hc3"]


@dataclass(frozen=True, slots=True)
class LeastSquares:
    """Coefficients and HC3 standard errors, each of shape (p,); NaN where not estimable."""

    coefficient: NDArray[np.float64]
    se: NDArray[np.float64]


def least_squares_hc3(design: NDArray[np.float64], y: NDArray[np.float64]) -> LeastSquares:
    """Regress y on the columns of the design, shape (n, p); no intercept is added.

    HC3: MacKinnon and White 1985, doi 10.1016/0304-4076(85)90158-7. Both results are NaN if the
    columns are collinear (a prediction that is the same for everybody); the standard errors alone
    if a patient decides a coefficient by himself.
    """
    return LeastSquares(*fitted_hc3(design, y, np.eye(design.shape[1])))


def fitted_hc3(
    design: NDArray[np.float64], y: NDArray[np.float64], at: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the fitted values at the rows of `at`, shape (m, p), and their HC3 standard errors.

    NaN as in `least_squares_hc3`.
    """
    n, p = design.shape
    nothing = np.full(at.shape[0], np.nan)
    if n <= p or np.linalg.matrix_rank(design) < p:
        return nothing, nothing
    q, r = np.linalg.qr(design)
    coefficient = np.linalg.solve(r, q.T @ y)
    free = 1.0 - (q**2).sum(axis=1)
    if (free < 1e-10).any():
        return at @ coefficient, nothing
    pulls = at @ np.linalg.solve(r, (q * ((y - design @ coefficient) / free)[:, None]).T)
    return at @ coefficient, np.sqrt((pulls**2).sum(axis=1))
