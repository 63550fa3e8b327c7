"""Proportional odds regression: one model of the whole ordinal outcome.

McCullagh 1980, doi 10.1111/j.2517-6161.1980.tb01109.x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from twoarm.errors import ArgumentError, FitError, NotEstimable

__all__ = ["ProportionalOdds", "proportional_odds"]

Floats = NDArray[np.float64]

_STEPS, _HALVINGS = 100, 40
_TOLERANCE = 1e-10
_DIVERGED = 30.0
"""A linear predictor beyond which probabilities are 0 or 1: without a penalty, separation."""


@dataclass(frozen=True, slots=True, eq=False)
class ProportionalOdds:
    """A fitted model: logit P(Y <= k | x) = cut_points[k] - x'slopes.

    Attributes
    ----------
    levels : int
        Number of levels of the outcome, 0 to levels - 1.
    cut_points : ndarray, shape (levels - 1,)
        They rise; equal where a level was not observed, -inf (inf) below (above) all observed.
    slopes : ndarray, shape (p,)
        Per unit of each column; positive: higher levels more likely.
    log_likelihood : float
        At the fit, without the penalty.
    """

    levels: int
    cut_points: Floats
    slopes: Floats
    log_likelihood: float

    def cumulative(self, X: ArrayLike) -> Floats:
        """Give P(Y <= k) for k = 0 to levels - 2, shape (n, levels - 1), of patients X."""
        matrix = np.asarray(X, dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[1] != self.slopes.size:
            raise ArgumentError(
                f"X must have {self.slopes.size} columns, as fitted; found shape {matrix.shape}."
            )
        return np.asarray(expit(self.cut_points - (matrix @ self.slopes)[:, None]))


def proportional_odds(
    X: ArrayLike, y: ArrayLike, *, levels: int, C: float = np.inf
) -> ProportionalOdds:
    """Fit the proportional odds model by (penalized) maximum likelihood.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Columns, complete.
    y : array_like of int, shape (n,)
        Level, 0 to levels - 1; at least two must occur.
    levels : int
        Number of levels: 7 for the modified Rankin scale.
    C : float
        Inverse strength of the ridge penalty on the slopes of standardised columns, as in
        `Logistic`; infinite: none.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.
    FitError
        If the levels are separated by the columns (choose a finite C), or Newton's method fails.

    Notes
    -----
    Every cut of the scale has the same odds ratios. Where that is false, slopes are averages over
    the cuts.

    Examples
    --------
    >>> model = proportional_odds(np.zeros((4, 0)), [0, 1, 1, 2], levels=3)
    >>> model.cumulative(np.zeros((1, 0))).round(4).tolist()
    [[0.25, 0.75]]
    """
    matrix, level = np.asarray(X, dtype=np.float64), np.asarray(y)
    _check(matrix, level, levels, C)
    observed, code = np.unique(level, return_inverse=True)
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    standard = (matrix - mean) / scale
    model = _Likelihood(standard, code, observed.size - 1, 0.0 if np.isinf(C) else 1.0 / C)
    theta = _newton(model)
    cuts, slopes = theta[: observed.size - 1], theta[observed.size - 1 :]
    if np.isinf(C) and np.abs(standard @ slopes).max(initial=0.0) > _DIVERGED:
        raise FitError("The columns separate the levels of the outcome; choose a finite C.")
    unscaled = slopes / scale
    every_cut = np.concatenate([[-np.inf], cuts + mean @ unscaled, [np.inf]])
    # Cut k lies above as many observed levels as are k or lower.
    position = np.searchsorted(observed, np.arange(levels - 1), side="right")
    return ProportionalOdds(levels, every_cut[position], unscaled, model.log_likelihood(theta))


def _check(X: Floats, y: NDArray[np.int64], levels: int, C: float) -> None:
    if X.ndim != 2 or y.shape != X.shape[:1] or not np.isfinite(X).all():
        raise ArgumentError(
            f"X must be complete, with one level a row; found shapes {X.shape} and {y.shape}."
        )
    if not np.issubdtype(y.dtype, np.integer) or y.min() < 0 or y.max() >= levels:
        raise ArgumentError(f"Levels must be whole numbers from 0 to {levels - 1}.")
    if np.unique(y).size < 2:
        raise NotEstimable("At least two levels must occur.")
    if not C > 0:
        raise ArgumentError(f"C must be above 0; found {C}.")


@dataclass(frozen=True, slots=True, eq=False)
class _Likelihood:
    """Penalized log-likelihood of observed levels 0 to cuts; parameters: cuts, then slopes."""

    X: Floats
    code: NDArray[np.intp]
    cuts: int
    penalty: float

    def start(self) -> Floats:
        below = np.cumsum(np.bincount(self.code))[:-1] / self.code.size
        return np.concatenate([np.log(below / (1.0 - below)), np.zeros(self.X.shape[1])])

    def log_likelihood(self, theta: Floats) -> float:
        upper, lower = self._ends(theta)
        with np.errstate(divide="ignore"):
            return float(np.log(np.maximum(upper - lower, 0.0)).sum())

    def objective(self, theta: Floats) -> float:
        slopes = theta[self.cuts :]
        return self.log_likelihood(theta) - 0.5 * self.penalty * float(slopes @ slopes)

    def gradient_and_hessian(self, theta: Floats) -> tuple[Floats, Floats]:
        upper, lower = self._ends(theta)
        p = upper - lower
        up, low = upper * (1.0 - upper), lower * (1.0 - lower)
        # Each patient's likelihood depends on the linear predictors at the two cuts around it.
        d_up, d_low = self._designs()
        first = (up / p)[:, None] * d_up - (low / p)[:, None] * d_low
        curved_up, curved_low = up * (1.0 - 2.0 * upper) / p, low * (1.0 - 2.0 * lower) / p
        hessian = (d_up.T * curved_up) @ d_up - (d_low.T * curved_low) @ d_low - first.T @ first
        gradient = first.sum(axis=0)
        gradient[self.cuts :] -= self.penalty * theta[self.cuts :]
        slopes = np.arange(self.cuts, theta.size)
        hessian[slopes, slopes] -= self.penalty
        return gradient, hessian

    def _ends(self, theta: Floats) -> tuple[Floats, Floats]:
        """Give P(Y <= own level) and P(Y < own level)."""
        cuts = np.concatenate([[-np.inf], theta[: self.cuts], [np.inf]])
        shift = self.X @ theta[self.cuts :]
        return expit(cuts[self.code + 1] - shift), expit(cuts[self.code] - shift)

    def _designs(self) -> tuple[Floats, Floats]:
        indicator = np.eye(self.cuts + 2)[:, 1:-1]  # the outermost cuts are infinite: no parameter
        return (
            np.hstack([indicator[self.code + 1], -self.X]),
            np.hstack([indicator[self.code], -self.X]),
        )


def _newton(model: _Likelihood) -> Floats:
    """Maximise by Newton's method, halving steps that do not climb; the objective is concave."""
    theta = model.start()
    value = model.objective(theta)
    for _ in range(_STEPS):
        gradient, hessian = model.gradient_and_hessian(theta)
        step = np.linalg.lstsq(-hessian, gradient, rcond=None)[0]
        for _ in range(_HALVINGS):
            climbed = model.objective(theta + step)
            if climbed >= value:
                break
            step = step / 2.0
        else:
            return theta
        theta, gain, value = theta + step, climbed - value, climbed
        if np.abs(step).max() < _TOLERANCE or gain < _TOLERANCE * 1e-4:
            return theta
    raise FitError("The proportional odds model did not converge; choose a smaller C.")
