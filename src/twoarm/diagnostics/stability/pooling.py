"""One measure from several centres: its mean, and what to expect in a further centre.

Random effects, between-centre variance by REML, interval by Hartung and Knapp (Stat Med
2001;20:3875-3889, doi 10.1002/sim.1009), never narrower than the one without their factor (Knapp,
Hartung, Stat Med 2003;22:2693-2710, doi 10.1002/sim.1482). A C statistic is pooled on the logit
scale, O/E on the log scale, a calibration slope or intercept as it is (Snell et al. 2018, doi
10.1177/0962280217705678).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit
from scipy.stats import t as student

from twoarm.errors import ArgumentError, NotEstimable

__all__ = ["Pooled", "Scale", "pool"]

Scale = Literal["raw", "log", "logit"]

_GRID: Final = 60  # starting points for the between-centre variance, a factor of about 2 apart
_WIDEST: Final = 100.0  # the largest of them, in variances of the estimates
_NARROWEST: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Pooled:
    """A random-effects mean.

    Attributes
    ----------
    estimate, low, high : float
        Mean over centres and its confidence interval, in the measure's own units.
    prediction_low, prediction_high : float
        Where a further centre's true value is expected.
    tau2, se : float
        Variance between centres, and standard error of the mean, on the scale of pooling.
    df : int
        Degrees of freedom of both intervals: centres minus 1, as metafor's ``test = "adhoc"``.
    centres : int
        Number of centres.
    scale : str
        "raw", "log" or "logit".
    without : tuple of str
        Centres that are not in the mean.
    """

    estimate: float
    low: float
    high: float
    prediction_low: float
    prediction_high: float
    tau2: float
    se: float
    df: int
    centres: int
    scale: Scale
    without: tuple[str, ...] = ()


def pool(
    estimate: ArrayLike,
    se: ArrayLike,
    *,
    scale: Scale = "raw",
    level: float = 0.95,
    without: Sequence[str] = (),
) -> Pooled:
    """Pool a measure over centres.

    Parameters
    ----------
    estimate, se : array_like, shape (k,)
        Each centre's value and standard error in the measure's own units, k at least 2. On another
        scale the error is carried over by the delta method: SE(C) / (C (1 - C)) on the logit scale,
        SE / value on the log scale.
    scale : {"raw", "log", "logit"}
        "log" for O/E, "logit" for a C statistic.
    level : float
        Confidence, between 0 and 1.
    without : sequence of str
        Centres whose value could not be pooled; named beside the mean.

    Returns
    -------
    Pooled

    Raises
    ------
    ArgumentError
        If there are fewer than two centres, a standard error is not above 0, or a value has no
        place on the scale (a C statistic of 1 has no logit).

    Notes
    -----
    Centres are taken as a sample of those the model will meet, and their estimates as normal on the
    scale of pooling, which needs about ten events in each. With few centres tau2 is poorly known.
    Centres that agree more than chance has them do not narrow the interval: Hartung and Knapp's
    factor is taken as 1 where it is less.

    Examples
    --------
    >>> found = pool([0.80, 0.62, 0.75], [0.04, 0.05, 0.06], scale="logit")
    >>> round(found.estimate, 3), found.df
    (0.726, 2)
    """
    value, error = _on_scale(estimate, se, scale)
    if not 0.0 < level < 1.0:
        raise ArgumentError(f"A level lies between 0 and 1; found {level}.")
    tau2 = _between(value, error**2)
    weight = 1.0 / (error**2 + tau2)
    mean = float(weight @ value / weight.sum())
    df = value.size - 1
    dispersion = max(1.0, float(weight @ (value - mean) ** 2) / df)
    mean_error = math.sqrt(dispersion / weight.sum())
    quantile = float(student.ppf(0.5 + level / 2.0, df))
    half, further = quantile * mean_error, quantile * math.sqrt(tau2 + mean_error**2)
    return Pooled(
        estimate=_back(mean, scale),
        low=_back(mean - half, scale),
        high=_back(mean + half, scale),
        prediction_low=_back(mean - further, scale),
        prediction_high=_back(mean + further, scale),
        tau2=tau2,
        se=mean_error,
        df=df,
        centres=value.size,
        scale=scale,
        without=tuple(without),
    )


def _back(value: float, scale: Scale) -> float:
    """Give a value of the scale of pooling in the measure's own units."""
    if scale == "log":
        return math.exp(value)
    return float(expit(value)) if scale == "logit" else value


def _on_scale(
    estimate: ArrayLike, se: ArrayLike, scale: Scale
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Check the centres' values and bring them to the scale of pooling."""
    value, error = np.asarray(estimate, dtype=np.float64), np.asarray(se, dtype=np.float64)
    if value.ndim != 1 or value.size < 2 or error.shape != value.shape:
        raise ArgumentError(
            "Pooling needs the values and standard errors of at least two centres; found shapes "
            f"{value.shape} and {error.shape}."
        )
    if not (np.isfinite(value).all() and np.isfinite(error).all() and (error > 0.0).all()):
        raise NotEstimable(
            "Values must be finite and standard errors above 0; found "
            f"{value.tolist()} and {error.tolist()}. Leave out centres without an error."
        )
    if scale == "raw":
        return value, error
    if scale == "log":
        if not (value > 0.0).all():
            raise ArgumentError(f"Only values above 0 have a logarithm; found {value.tolist()}.")
        return np.log(value), error / value
    if scale == "logit":
        if not ((value > 0.0) & (value < 1.0)).all():
            raise ArgumentError(
                f"Only values between 0 and 1 have a logit; found {value.tolist()}. Leave out "
                "centres where the value is 0 or 1."
            )
        return np.log(value / (1.0 - value)), error / (value * (1.0 - value))
    raise ArgumentError(f"A scale is 'raw', 'log' or 'logit'; found {scale!r}.")


def _between(value: NDArray[np.float64], variance: NDArray[np.float64]) -> float:
    """Give the variance between centres that maximises the restricted likelihood, 0 or above."""
    spread = max(float(value.var(ddof=1)), float(variance.mean()))
    grid = np.concatenate([[0.0], spread * np.geomspace(_NARROWEST, _WIDEST, _GRID)])
    loss = [_restricted(tau2, value, variance) for tau2 in grid]
    best = int(np.argmin(loss))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    found = minimize_scalar(
        _restricted,
        bounds=(low, high),
        args=(value, variance),
        method="bounded",
        options={"xatol": 1e-12 * spread},
    )
    return float(found.x) if found.fun < loss[0] else 0.0


def _restricted(tau2: float, value: NDArray[np.float64], variance: NDArray[np.float64]) -> float:
    """Give minus twice the restricted log-likelihood, up to a constant."""
    weight = 1.0 / (variance + tau2)
    mean = weight @ value / weight.sum()
    deviance = weight @ (value - mean) ** 2
    return float(deviance - np.log(weight).sum() + math.log(weight.sum()))
