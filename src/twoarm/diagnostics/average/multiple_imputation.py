"""Missing predictors and the average effect: multiple imputation, pooled by Rubin's rules.

For an average effect alone. The models that predict for patients impute without outcome and arm,
since neither is known at the bedside; here both must be used, or the effect is pulled towards 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from twoarm.diagnostics.absent import Absent
from twoarm.diagnostics.average.chained_matching import chained
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import Estimate
from twoarm.metrics.normal import Z

__all__ = ["PooledEstimate", "imputed", "over_imputations", "rubin"]

Floats = NDArray[np.float64]

_NEGLIGIBLE = 1e-12
_FEWEST_KNOWN = 10
"""From fewer known values in an arm nothing is learnt."""


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


def over_imputations(found: Sequence[Estimate | Absent]) -> Estimate:
    """Pool an estimate over completed data sets, all of which must give one.

    Leaving out those in which the arms do not overlap would keep the imputations that look best.

    Raises
    ------
    NotEstimable
        If one of them gives none, or none with an error.

    Examples
    --------
    >>> over_imputations([Estimate(0.1, 0.1, -0.1, 0.3), Estimate(0.3, 0.1, 0.1, 0.5)]).estimate
    0.2
    """
    told = [each for each in found if isinstance(each, Estimate)]
    reasons = [each.reason for each in found if isinstance(each, Absent)]
    if reasons:
        raise NotEstimable(
            f"{len(reasons)} of {len(found)} completed data sets give none: {reasons[0]}"
        )
    if not all(math.isfinite(each.se) for each in told):
        raise NotEstimable("too few resamples of a completed data set could be fitted")
    return rubin([each.estimate for each in told], [each.se**2 for each in told]).estimate


def imputed(
    X: ArrayLike,
    treatment: ArrayLike,
    outcomes: ArrayLike,
    *,
    rng: np.random.Generator,
    sources: ArrayLike | None = None,
) -> Floats:
    """Complete the predictors once, by a draw from what the data leave open.

    All outcomes, treatment and its products with every predictor and outcome are in the model.
    Chained equations with predictive mean matching on a Bayesian ridge regression (`chained`): what
    is put in is a value that some patient has, so yes/no columns stay yes/no and scores stay within
    their scale. All 0/1 columns of a variable with several levels come from one patient.

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
    sources : array_like of int, shape (p,), optional
        Number of the variable that each column codes; without, each column is a variable. Columns
        of one variable that are filled apart make patients with no level, or with two, in one arm
        or the other: the propensity takes them for what decided treatment.

    Returns
    -------
    ndarray, shape (n, p)
        Known values as they were.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together, a column with missing values is known in fewer than 10
        patients of an arm, or the columns of a variable are missing in different patients.

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
    variables = _variables(sources, matrix, results.shape[1])
    if not np.isnan(matrix).any():
        return matrix.copy()
    for each in (0, 1):
        inside = arm == each
        known = np.isfinite(matrix[inside]).sum(axis=0)
        few = (known < _FEWEST_KNOWN) & (known < inside.sum())
        if few.any():
            raise NotEstimable(
                f"A column with missing values must be known in {_FEWEST_KNOWN} patients of each "
                f"arm to be imputed; found {int(known[few].min())}."
            )
    table = np.column_stack([matrix, results])
    return chained(table, variables, arm.astype(np.int64), rng)[:, : matrix.shape[1]]


def _variables(sources: ArrayLike | None, X: Floats, outcomes: int) -> NDArray[np.int64]:
    """Give the variable of every column, each outcome being one of its own."""
    columns = X.shape[1]
    own = np.arange(columns) if sources is None else np.asarray(sources, dtype=np.int64)
    if own.shape != (columns,):
        raise ArgumentError(f"`sources` needs one number a column ({columns}); found {own.shape}.")
    absent = np.isnan(X)
    for variable in np.unique(own):
        together = absent[:, own == variable]
        if (together != together[:, :1]).any():
            raise ArgumentError(
                "All columns of a variable must be missing in the same patients; those of variable "
                f"{variable} are not."
            )
    return np.concatenate([own, own.max(initial=-1) + 1 + np.arange(outcomes)])
