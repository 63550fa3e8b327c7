"""Missing predictors and the average effect: multiple imputation, pooled by Rubin's rules.

For an average effect alone. The models that predict for patients impute without outcome and arm,
since neither is known at the bedside; here both must be used, or the effect is pulled towards 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  makes the next import work
from sklearn.impute import IterativeImputer

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import Estimate
from twoarm.metrics.normal import Z

__all__ = ["PooledEstimate", "imputed", "rubin"]

Floats = NDArray[np.float64]

_CYCLES = 5
_DONORS = 5
_RIDGE = 1e-5
_NEGLIGIBLE = 1e-12
_FEWEST_KNOWN = 10
"""Van Buuren, Flexible Imputation of Missing Data (2018): 5 cycles, 5 donors. The ridge keeps
collinear columns from failing and changes nothing else. From fewer known values in an arm nothing
is learnt."""


@dataclass(frozen=True, slots=True)
class PooledEstimate:
    """An estimate pooled over imputations.

    Attributes
    ----------
    estimate : Estimate
        Mean over imputations, with its standard error and 95 % interval.
    within, between : float
        Mean of the variances, and variance of the estimates.
    df : float
        Degrees of freedom of the interval; infinite if the estimates do not differ.
    """

    estimate: Estimate
    within: float
    between: float
    df: float


def rubin(estimates: ArrayLike, variances: ArrayLike) -> PooledEstimate:
    """Pool estimates over imputations.

    Parameters
    ----------
    estimates, variances : array_like, shape (m,)
        Of the m completed data sets, at least 2.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together, or a variance is negative.

    Notes
    -----
    Total variance T = U + (1 + 1/m) B, with U the mean variance and B the variance of the
    estimates; t with (m - 1) (1 + U / ((1 + 1/m) B))^2 degrees of freedom.

    References
    ----------
    Rubin DB. Multiple Imputation for Nonresponse in Surveys (1987), equations 3.1.2 to 3.1.6.

    Examples
    --------
    >>> found = rubin([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    >>> found.estimate.estimate, round(found.estimate.se ** 2, 4), found.df
    (2.0, 2.3333, 6.125)
    """
    values = np.asarray(estimates, dtype=np.float64)
    squares = np.asarray(variances, dtype=np.float64)
    if values.ndim != 1 or values.size < 2 or squares.shape != values.shape:
        raise ArgumentError(
            "Estimates and variances must be vectors of one length, at least 2; found shapes "
            f"{values.shape} and {squares.shape}."
        )
    if not (np.isfinite(values).all() and (squares >= 0).all()):
        raise NotEstimable("Estimates must be finite, variances 0 or more.")
    within, between = float(squares.mean()), float(values.var(ddof=1))
    added = (1.0 + 1.0 / values.size) * between
    equal = added <= _NEGLIGIBLE * within
    df = math.inf if equal else (values.size - 1) * (1.0 + within / added) ** 2
    mean, se = float(values.mean()), math.sqrt(within + added)
    reach = (Z if math.isinf(df) else float(student.ppf(0.975, df))) * se
    return PooledEstimate(Estimate(mean, se, mean - reach, mean + reach), within, between, df)


def imputed(
    X: ArrayLike, treatment: ArrayLike, outcomes: ArrayLike, *, rng: np.random.Generator
) -> Floats:
    """Complete the predictors once, by a draw from what the data leave open.

    Each arm is imputed apart, with all outcomes in the model: that is the model with treatment and
    its products with every predictor and outcome. Chained equations (scikit-learn's
    `IterativeImputer`) with predictive mean matching on a Bayesian linear regression: what is put
    in is a value that some patient of the arm has, so yes/no columns stay yes/no and scores stay
    within their scale. The 0/1 columns of a variable with several levels are matched one after the
    other, each given the others; rarely two of them are 1 together.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Model columns, NaN where missing.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    outcomes : array_like, shape (n, outcomes)
        NaN where not known; used to impute and imputed on the way, and not given back: patients
        whose outcome is not known belong in no estimate of it (von Hippel 2007,
        doi 10.1111/j.1467-9531.2007.00180.x).
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n, p)
        Known values as they were.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together, or a column with missing values is known in fewer than
        10 patients of an arm.

    Notes
    -----
    It assumes that whether a value is missing depends on what is known alone. Centres are not in
    the model.

    References
    ----------
    Van Buuren S. Flexible Imputation of Missing Data (2018), algorithms 3.1 and 3.3.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0]] * 24 + [[np.nan]] * 2)
    >>> done = imputed(X, [0] * 24 + [1] * 26, np.zeros((50, 1)), rng=np.random.default_rng(1))
    >>> sorted(set(done[:, 0].tolist()))
    [0.0, 1.0]
    """
    matrix, results = np.asarray(X, dtype=np.float64), np.asarray(outcomes, dtype=np.float64)
    arm = np.asarray(treatment)
    if (
        matrix.ndim != 2
        or results.ndim != 2
        or not (len(matrix) == len(results) == arm.size and arm.ndim == 1)
    ):
        raise ArgumentError(
            "X, treatment and outcomes must have the same number of rows; found shapes "
            f"{matrix.shape}, {arm.shape} and {results.shape}."
        )
    complete = matrix.copy()
    for each in (0, 1):
        inside = arm == each
        known = np.isfinite(matrix[inside]).sum(axis=0)
        few = (known < _FEWEST_KNOWN) & (known < inside.sum())
        if few.any():
            raise NotEstimable(
                f"A column with missing values must be known in {_FEWEST_KNOWN} patients of each "
                f"arm to be imputed; found {int(known[few].min())}."
            )
        if (known < inside.sum()).any():
            complete[inside] = _chained(matrix[inside], results[inside], rng)
    return complete


def _chained(X: Floats, outcomes: Floats, rng: np.random.Generator) -> Floats:
    imputer = IterativeImputer(
        _Matching(rng), sample_posterior=True, max_iter=_CYCLES, keep_empty_features=True,
        skip_complete=True,
    )  # fmt: skip
    return np.asarray(imputer.fit_transform(np.column_stack([X, outcomes]))[:, : X.shape[1]])


class _Matching(RegressorMixin, BaseEstimator):
    """Predictive mean matching as the imputer's regression.

    `predict` gives drawn values with a standard deviation of 0, which the imputer takes as they
    are.
    """

    def __init__(self, rng: np.random.Generator):
        self.rng = rng

    def __sklearn_clone__(self) -> Self:
        # A copied generator would give every column the same draws.
        return type(self)(self.rng)

    def fit(self, X: Floats, y: Floats) -> Self:
        self.centre_ = X.mean(axis=0)
        spread = X.std(axis=0)
        self.scale_ = np.where(spread > 0, spread, 1.0)
        columns = self._columns(X)
        gram = columns.T @ columns + _RIDGE * y.size * np.eye(columns.shape[1])
        inverse = np.linalg.inv(gram)
        fitted = inverse @ columns.T @ y
        left = y - columns @ fitted
        df = max(y.size - columns.shape[1], 1)
        sigma = math.sqrt(float(left @ left) / self.rng.chisquare(df))
        noise = np.linalg.cholesky(inverse) @ self.rng.standard_normal(fitted.size)
        self.drawn_, self.donors_, self.means_ = fitted + sigma * noise, y, columns @ fitted
        return self

    def predict(self, X: Floats, return_std: bool = False) -> Any:
        apart = np.abs(self._columns(X) @ self.drawn_[:, None] - self.means_[None, :])
        k = min(_DONORS, self.donors_.size)
        nearest = np.argsort(apart, axis=1, kind="stable")[:, :k]
        chosen = nearest[np.arange(len(nearest)), self.rng.integers(0, k, len(nearest))]
        drawn = self.donors_[chosen]
        return (drawn, np.zeros(drawn.size)) if return_std else drawn

    def _columns(self, X: Floats) -> Floats:
        return np.column_stack([np.ones(len(X)), (X - self.centre_) / self.scale_])
