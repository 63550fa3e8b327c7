"""Partial R2 robustness: how much of what is left must a confounder explain?

Cinelli, Hazlett 2020, doi 10.1111/rssb.12348. For a linear model of the outcome; with a binary
outcome it is the linear probability model, an approximation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.diagnostics.harm import amount
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import as_benefit

__all__ = [
    "Benchmark",
    "PartialR2",
    "adjusted_estimate",
    "benchmark",
    "finding",
    "partial_r2",
    "partial_r2_of_t",
    "robustness_value",
]

_LEVEL = 0.05
_TIMES = (1.0, 2.0, 3.0)
_LEADING = 3


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A confounder so many times as strong as a measured covariate.

    Attributes
    ----------
    name : str
        The covariate.
    times : float
        How many times as strong, with treatment and with outcome.
    r2_treatment, r2_outcome : float
        Share of the residual variance of treatment, and of outcome, that it would explain.
    estimate, se : float
        The effect adjusted for it, and its standard error.
    """

    name: str
    times: float
    r2_treatment: float
    r2_outcome: float
    estimate: float
    se: float


@dataclass(frozen=True, slots=True)
class PartialR2:
    """Robustness of the treatment's coefficient in a linear model.

    Attributes
    ----------
    estimate, se, df : float, float, int
        Coefficient of treatment, standard error, residual degrees of freedom.
    r2 : float
        Partial R2 of treatment with the outcome.
    robustness : float
        Share of the residual variance of both treatment and outcome that a confounder must explain
        to bring the estimate to 0.
    robustness_significance : float
        The same to make it not significant at 5 %.
    benchmarks : tuple of Benchmark
        The covariates whose single-strength confounder moves the estimate most come first.
    """

    estimate: float
    se: float
    df: int
    r2: float
    robustness: float
    robustness_significance: float
    benchmarks: tuple[Benchmark, ...]

    def as_benefit(self, *, desirable: bool) -> PartialR2:
        """Turn the coefficient, mu1 - mu0, and what is left of it into benefits."""
        return replace(
            self,
            estimate=as_benefit(self.estimate, desirable=desirable),
            benchmarks=tuple(
                replace(each, estimate=as_benefit(each.estimate, desirable=desirable))
                for each in self.benchmarks
            ),
        )

    @property
    def leading(self) -> tuple[Benchmark, ...]:
        """The benchmarks of the three covariates that move the estimate most."""
        names = list(dict.fromkeys(each.name for each in self.benchmarks))[:_LEADING]
        return tuple(each for each in self.benchmarks if each.name in names)


def partial_r2_of_t(t: float, df: int) -> float:
    """Give the partial R2 of a coefficient from its t-value: t^2 / (t^2 + df)."""
    return t**2 / (t**2 + df)


def robustness_value(t: float, df: int, *, q: float = 1.0, alpha: float | None = None) -> float:
    """Give the robustness value of a coefficient.

    Parameters
    ----------
    t, df : float, int
        Its t-value and the residual degrees of freedom, above 1.
    q : float
        Share of the estimate to be explained away.
    alpha : float, optional
        Then: strength at which the reduced estimate is no longer significant.

    Returns
    -------
    float
        0 (nothing is needed) to 1.

    Examples
    --------
    >>> round(robustness_value(4.18445, 783), 5)
    0.13878
    """
    if df <= 1 or q <= 0:
        raise ArgumentError(f"df must be above 1 and q above 0; found {df} and {q}.")
    f = q * abs(t) / math.sqrt(df)
    critical = 0.0
    if alpha is not None:
        critical = float(student.ppf(1.0 - alpha / 2.0, df - 1)) / math.sqrt(df - 1)
    excess = f - critical
    if excess <= 0.0:
        return 0.0
    if critical > 0.0 and f > 1.0 / critical:  # the outcome's share has reached its bound of 1
        return (f**2 - critical**2) / (1.0 + f**2)
    return (math.sqrt(excess**4 + 4.0 * excess**2) - excess**2) / 2.0


def adjusted_estimate(
    estimate: float, se: float, df: int, *, r2_treatment: float, r2_outcome: float
) -> tuple[float, float]:
    """Give estimate and standard error after adjusting for a confounder that pulls it towards 0.

    Parameters
    ----------
    estimate, se, df : float, float, int
        Without the confounder.
    r2_treatment, r2_outcome : float
        Share of the residual variance of treatment and outcome that it explains, 0 to 1; the first
        below 1.

    Examples
    --------
    >>> round(adjusted_estimate(1.0, 0.1, 98, r2_treatment=0.0, r2_outcome=0.5)[0], 6)
    1.0
    """
    if not (0.0 <= r2_treatment < 1.0 and 0.0 <= r2_outcome <= 1.0):
        raise ArgumentError(f"R2 must lie within 0 to 1; found {r2_treatment}, {r2_outcome}.")
    bias = se * math.sqrt(df * r2_outcome * r2_treatment / (1.0 - r2_treatment))
    error = se * math.sqrt((1.0 - r2_outcome) / (1.0 - r2_treatment) * df / (df - 1))
    return math.copysign(1.0, estimate) * (abs(estimate) - bias), error


def benchmark(
    name: str,
    times: float,
    *,
    r2_treatment: float,
    r2_outcome: float,
    estimate: float,
    se: float,
    df: int,
) -> Benchmark | None:
    """Bound the effect of a confounder that is `times` as strong as a measured covariate.

    Parameters
    ----------
    name, times : str, float
        The covariate, and the multiple.
    r2_treatment : float
        The covariate's partial R2 in the regression of treatment on all covariates.
    r2_outcome : float
        Its partial R2 in the regression of the outcome on treatment and all covariates.
    estimate, se, df : float, float, int
        Of the treatment in that regression.

    Returns
    -------
    Benchmark or None
        None if no confounder can be that strong.
    """
    if times * r2_treatment >= 1.0 or r2_outcome >= 1.0:
        return None
    with_treatment = times * r2_treatment / (1.0 - r2_treatment)
    shared = times * r2_treatment**2 / ((1.0 - times * r2_treatment) * (1.0 - r2_treatment))
    if with_treatment >= 1.0 or shared >= 1.0:
        return None
    factor = (math.sqrt(times) + math.sqrt(shared)) / math.sqrt(1.0 - shared)
    with_outcome = min(1.0, factor**2 * r2_outcome / (1.0 - r2_outcome))
    moved, error = adjusted_estimate(
        estimate, se, df, r2_treatment=with_treatment, r2_outcome=with_outcome
    )
    return Benchmark(name, times, with_treatment, with_outcome, moved, error)


def partial_r2(
    X: ArrayLike, y: ArrayLike, treatment: ArrayLike, *, names: Sequence[str]
) -> PartialR2:
    """Fit the linear model of the outcome on treatment and X and measure its robustness.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Columns, complete, none a combination of the others.
    y : array_like, shape (n,)
        Outcome, complete.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    names : sequence of str, p names
        Of the columns, for the benchmarks.

    Returns
    -------
    PartialR2
        Of mu1 - mu0, whatever the outcome's direction.

    Raises
    ------
    ArgumentError
        If the arrays do not fit, or the columns are collinear.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> rng = generator(0); x, w = rng.normal(size=50), np.tile([0.0, 1.0], 25)
    >>> found = partial_r2(x[:, None], w + x, w, names=["x"])
    >>> round(found.estimate, 6)
    1.0
    """
    matrix, outcome = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    arm = np.asarray(treatment, dtype=np.float64)
    if matrix.ndim != 2 or outcome.shape != matrix.shape[:1] or arm.shape != outcome.shape:
        raise ArgumentError(
            "X, y and treatment must have the same number of rows; found shapes "
            f"{matrix.shape}, {outcome.shape} and {arm.shape}."
        )
    if len(names) != matrix.shape[1]:
        raise ArgumentError(f"Expected {matrix.shape[1]} names, one a column; found {len(names)}.")
    covariates = np.column_stack([np.ones(arm.size), matrix])
    coefficient, se, df = _least_squares(np.column_stack([arm, covariates]), outcome)
    t_treatment, se_treatment, df_treatment = _least_squares(covariates, arm)
    with np.errstate(divide="ignore"):
        t_outcome, t_arm = coefficient / se, t_treatment / se_treatment
    found = [
        benchmark(
            name,
            times,
            r2_treatment=partial_r2_of_t(float(t_arm[k + 1]), df_treatment),
            r2_outcome=partial_r2_of_t(float(t_outcome[k + 2]), df),
            estimate=float(coefficient[0]),
            se=float(se[0]),
            df=df,
        )
        for k, name in enumerate(names)
        for times in _TIMES
    ]
    return PartialR2(
        estimate=float(coefficient[0]),
        se=float(se[0]),
        df=df,
        r2=partial_r2_of_t(float(t_outcome[0]), df),
        robustness=robustness_value(float(t_outcome[0]), df),
        robustness_significance=robustness_value(float(t_outcome[0]), df, alpha=_LEVEL),
        benchmarks=_strongest_first([each for each in found if each is not None]),
    )


def _least_squares(
    design: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Give coefficients, standard errors and residual degrees of freedom."""
    n, p = design.shape
    scale = np.sqrt((design**2).mean(axis=0))
    if n <= p + 1 or (scale == 0).any() or np.linalg.matrix_rank(design / scale) < p:
        raise NotEstimable(
            f"The linear model needs more patients than its {p} columns, none of which may be a "
            "combination of the others. Drop columns."
        )
    q, r = np.linalg.qr(design / scale)
    inverse = np.linalg.inv(r)
    coefficient = inverse @ (q.T @ y)
    residual = y - (design / scale) @ coefficient
    variance = float(residual @ residual) / (n - p)
    return coefficient / scale, np.sqrt(variance * (inverse**2).sum(axis=1)) / scale, n - p


def _strongest_first(found: list[Benchmark]) -> tuple[Benchmark, ...]:
    single = {each.name: abs(each.estimate) for each in found if each.times == _TIMES[0]}
    return tuple(sorted(found, key=lambda each: (single.get(each.name, 0.0), each.times)))


@says("partial R2")
def finding(value: PartialR2, study: Study) -> Finding:
    """Say how much a confounder must explain; `value` in benefit direction, primary outcome."""
    verdict: Verdict = "cannot tell" if value.robustness_significance > 0.0 else "questions"
    text = (
        f"{study.file.primary.title}, linear probability model: a confounder that explains "
        f"{100 * value.robustness:.1f} % of what is left of treatment and of outcome would bring "
        f"{amount(value.estimate)} to 0, "
        f"{100 * value.robustness_significance:.1f} % would make it not significant."
    )
    if value.benchmarks:
        name = value.benchmarks[0].name
        strongest = [each for each in value.benchmarks if each.name == name][-1]
        text += (
            f" One {strongest.times:g} times as strong as {study.file.column_title(name)}, which "
            f"moves it most, would leave {amount(strongest.estimate)}."
        )
    return Finding("partial R2", verdict, text)
