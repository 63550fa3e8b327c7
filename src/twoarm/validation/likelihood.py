"""Logistic regression by maximum likelihood, with an offset: the arithmetic of every update."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr
from scipy.special import expit

from twoarm.errors import NotEstimable

__all__ = ["LogisticFit", "fit_logistic", "independent_columns", "log_likelihood"]

Floats = NDArray[np.float64]

_STEPS = 100
_TOLERANCE = 1e-10
_SEPARATED = 1e-6  # a fitted risk this close to 0 or 1 in everybody of one outcome: no maximum
_SAME = 1e-9  # of the longest column: what is left of one that others already say


@dataclass(frozen=True, slots=True, eq=False)
class LogisticFit:
    """A logistic regression.

    Attributes
    ----------
    coefficient : ndarray, shape (columns,)
    covariance : ndarray, shape (columns, columns)
        Inverse of the information.
    log_likelihood : float
    """

    coefficient: Floats
    covariance: Floats
    log_likelihood: float

    @property
    def se(self) -> Floats:
        """Standard errors of the coefficients, shape (columns,)."""
        return np.sqrt(np.diag(self.covariance))


def log_likelihood(lp: Floats, y: Floats) -> float:
    """Give the log-likelihood of outcomes 0 and 1 under log odds, both of shape (n,).

    Examples
    --------
    >>> round(log_likelihood(np.array([0.0, 0.0]), np.array([0.0, 1.0])), 4)
    -1.3863
    """
    return float((y * lp - np.logaddexp(0.0, lp)).sum())


def fit_logistic(design: Floats, y: Floats, offset: Floats) -> LogisticFit:
    """Fit ``logit P(y = 1) = offset + design b`` by Newton's method with halved steps.

    Parameters
    ----------
    design : ndarray, shape (n, columns)
        Linearly independent columns, the intercept's column of ones among them.
    y : ndarray of 0 and 1, shape (n,)
    offset : ndarray, shape (n,)
        Log odds that are not estimated.

    Raises
    ------
    NotEstimable
        If there is no finite maximum: the columns separate events from others, or do not vary.

    Examples
    --------
    >>> fit = fit_logistic(np.ones((4, 1)), np.array([0.0, 0, 0, 1]), np.zeros(4))
    >>> round(float(fit.coefficient[0]), 4)
    -1.0986
    """
    # Columns of very different size would make the information look singular; rescaling is undone.
    size = np.abs(design).max(axis=0)
    if not (size > 0.0).all():
        raise _no_maximum()
    scaled = design / size
    b = np.zeros(design.shape[1])
    reached = log_likelihood(offset, y)
    for _ in range(_STEPS):
        risk = expit(offset + scaled @ b)
        curvature = risk * (1.0 - risk)
        information = (scaled * curvature[:, None]).T @ scaled
        try:
            step = np.linalg.solve(information, scaled.T @ (y - risk))
        except np.linalg.LinAlgError as error:
            raise _no_maximum() from error
        step, found = _uphill(scaled, y, offset, b, step, reached)
        b, gained, reached = b + step, found - reached, found
        if np.abs(step).max() <= _TOLERANCE * (1.0 + np.abs(b).max()) and gained < _TOLERANCE:
            return _checked(scaled, y, offset, b, size, reached)
    raise _no_maximum()


def _uphill(
    design: Floats, y: Floats, offset: Floats, b: Floats, step: Floats, reached: float
) -> tuple[Floats, float]:
    """Halve a step until the likelihood no longer falls."""
    found = log_likelihood(offset + design @ (b + step), y)
    while not found >= reached - 1e-12 * abs(reached) and np.abs(step).max() > 1e-14:
        step = step / 2.0
        found = log_likelihood(offset + design @ (b + step), y)
    return step, found


def _checked(
    design: Floats, y: Floats, offset: Floats, b: Floats, size: Floats, reached: float
) -> LogisticFit:
    risk = expit(offset + design @ b)
    separated = np.where(y == 1.0, 1.0 - risk, risk).max() < _SEPARATED
    information = (design * (risk * (1.0 - risk))[:, None]).T @ design
    if separated or not np.linalg.cond(information) < 1.0 / np.finfo(np.float64).eps:
        raise _no_maximum()
    covariance = np.linalg.inv(information) / np.outer(size, size)
    return LogisticFit(b / size, covariance, reached)


def _no_maximum() -> NotEstimable:
    return NotEstimable(
        "The regression has no finite solution: the predictions separate events from others, or "
        "there are too few of either."
    )


def independent_columns(design: Floats, *, first: int) -> NDArray[np.intp]:
    """Give the columns that add something to those before them, in their order.

    The leading `first` columns are kept ahead of the others.

    Examples
    --------
    >>> independent_columns(np.array([[1.0, 1, 2], [1, 2, 4], [1, 3, 6], [1, 0, 0]]), first=2)
    array([0, 1])
    """
    size = np.abs(design).max(axis=0)
    scaled = design / np.where(size > 0.0, size, 1.0)
    leading = _pivoted(scaled[:, :first])
    basis, _ = np.linalg.qr(scaled[:, leading])
    rest = scaled[:, first:] - basis @ (basis.T @ scaled[:, first:])
    return np.sort(np.concatenate([leading, first + _pivoted(rest)]))


def _pivoted(columns: Floats) -> NDArray[np.intp]:
    if columns.shape[1] == 0:
        return np.zeros(0, dtype=np.intp)
    _, r, order = qr(columns, mode="economic", pivoting=True)
    kept = np.abs(np.diag(r)) > _SAME * np.sqrt(columns.shape[0])
    return np.asarray(order[: kept.size][kept], dtype=np.intp)
