"""Chained equations with predictive mean matching: missing values from patients who are alike.

Van Buuren S. Flexible Imputation of Missing Data (2018), algorithms 3.1, 3.3 and section 4.5.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

__all__ = ["chained"]

Floats = NDArray[np.float64]

_CYCLES = 5
_DONORS = 5
_TINY = 1e-8
"""5 cycles and 5 donors as in the book. The last keeps constant columns from failing."""


def chained(
    table: Floats,
    variables: NDArray[np.int64],
    treatment: NDArray[np.int64],
    rng: np.random.Generator,
) -> Floats:
    """Fill the missing values of a table by a draw from what the others leave open.

    Variable by variable, those with the fewest gaps first, five times over: a ridge regression of
    its columns on all others, the arm and its products with all others, a draw of its coefficients
    from their posterior, and for each gap one of the five patients whose fitted values are nearest
    to the drawn prediction. All columns of the variable are taken from that patient.

    Parameters
    ----------
    table : ndarray, shape (n, q)
        NaN where missing. A column without any known value stays as it is.
    variables : ndarray of int, shape (q,)
        Number of the variable that each column codes.
    treatment : ndarray of 0 and 1, shape (n,)
        Arm.
    rng : numpy.random.Generator

    Notes
    -----
    The ridge is as strong as the columns are many: coefficients of standardised columns are drawn
    towards 0 as if together they explained half of the variance. With many patients it does
    nothing; where known patients are few, or a combination of columns was never seen, it keeps the
    prediction from running away, and both arms together. Were each arm filled from its own patients
    alone, a level that nobody in one arm is known to have would after filling tell the arms apart.
    """
    filled = table.copy()
    gaps = _gaps(table, variables)
    for columns, missing in gaps:
        known = np.flatnonzero(~missing)
        drawn = rng.choice(known, int(missing.sum()))
        filled[np.ix_(missing, columns)] = table[np.ix_(drawn, columns)]
    for _ in range(_CYCLES if len(gaps) > 1 else 1):
        for columns, missing in gaps:
            others = np.setdiff1d(np.flatnonzero(np.isfinite(filled).all(axis=0)), columns)
            design = _design(filled[:, others], treatment, ~missing)
            donors = _donors(design, filled[:, columns], missing, rng)
            filled[np.ix_(missing, columns)] = table[np.ix_(donors, columns)]
    return filled


def _gaps(
    table: Floats, variables: NDArray[np.int64]
) -> list[tuple[NDArray[np.intp], NDArray[np.bool_]]]:
    """Give columns and missing rows of each variable that has both gaps and known values."""
    found: list[tuple[NDArray[np.intp], NDArray[np.bool_]]] = []
    for variable in np.unique(variables):
        columns = np.flatnonzero(variables == variable)
        missing = np.asarray(np.isnan(table[:, columns]).any(axis=1))
        if missing.any() and not missing.all():
            found.append((columns, missing))
    return sorted(found, key=lambda each: int(each[1].sum()))


def _donors(
    design: Floats, y: Floats, missing: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.intp]:
    """Give for each patient with a gap the patient whose values are taken."""
    fitted, drawn, scale = _regressed(design[~missing], y[~missing], rng)
    near = cKDTree(design[~missing] @ fitted / scale)
    k = min(_DONORS, int((~missing).sum()))
    _, nearest = near.query(design[missing] @ drawn / scale, k=k)
    nearest = nearest.reshape(-1, k)
    chosen = nearest[np.arange(len(nearest)), rng.integers(0, k, len(nearest))]
    return np.asarray(np.flatnonzero(~missing)[chosen])


def _design(X: Floats, treatment: NDArray[np.int64], known: NDArray[np.bool_]) -> Floats:
    """Give an intercept, the columns in units of the patients learnt from, arm and products."""
    centre, spread = X[known].mean(axis=0), X[known].std(axis=0)
    columns = (X - centre) / np.where(spread > 0, spread, 1.0)
    arm = 2.0 * treatment[:, None] - 1.0
    return np.column_stack([np.ones(len(X)), columns, arm, arm * columns])


def _regressed(
    design: Floats, y: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Give ridge coefficients, a draw from their posterior, and residual standard deviations."""
    n, q = design.shape
    ridge = np.full(q, float(q - 1) + _TINY)
    ridge[0] = 0.0
    gram = design.T @ design
    inverse = np.linalg.inv(gram + np.diag(ridge))
    fitted = inverse @ design.T @ y
    left = y - design @ fitted
    df = max(n - float(np.trace(inverse @ gram)), 1.0)
    covariance = left.T @ left / df + _TINY * np.eye(y.shape[1])
    noise = rng.standard_normal(fitted.shape) @ np.linalg.cholesky(covariance).T
    drawn = fitted + math.sqrt(df / rng.chisquare(df)) * np.linalg.cholesky(inverse) @ noise
    return fitted, drawn, np.sqrt(np.diag(covariance))
