"""How far could a hidden confounder of limited strength move the average?

The marginal sensitivity model (Tan 2006, doi 10.1198/016214506000000023): given X and the
unmeasured, the odds of being treated differ from those given X alone by a factor of at most L,
up or down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import limits_as_benefit

__all__ = [
    "MarginalSensitivity",
    "marginal_sensitivity",
    "tipping_strength",
]

Floats = NDArray[np.float64]

_STRENGTHS = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0)
_LARGEST = 1e6


@dataclass(frozen=True, slots=True)
class MarginalSensitivity:
    """Bounds of the average effect as hidden confounding grows.

    Attributes
    ----------
    strength : ndarray, shape (k,)
        The odds ratio L, 1 or more.
    low, high : ndarray, shape (k,)
        Smallest and largest Hajek estimate compatible with L. They hold the sample fixed: sampling
        error comes on top.
    """

    strength: Floats
    low: Floats
    high: Floats

    def as_benefit(self, *, desirable: bool) -> MarginalSensitivity:
        """Turn bounds of mu1 - mu0 into bounds of the benefit."""
        low, high = limits_as_benefit(self.low, self.high, desirable=desirable)
        return MarginalSensitivity(self.strength, low, high)


def marginal_sensitivity(
    outcome: ArrayLike,
    treatment: ArrayLike,
    propensity: ArrayLike,
    *,
    strengths: ArrayLike = _STRENGTHS,
    population: Literal["all", "treated"] = "all",
) -> MarginalSensitivity:
    """Bound the average effect for each strength of hidden confounding.

    Parameters
    ----------
    outcome : array_like, shape (n,)
        Outcome, complete.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    propensity : array_like, shape (n,)
        Probability of treatment given X, strictly between 0 and 1.
    strengths : array_like, shape (k,)
        Odds ratios L, each at least 1.
    population : {"all", "treated"}
        Over whom the effect is averaged. The overlap population is defined by the propensity itself
        and has no such bound.

    Returns
    -------
    MarginalSensitivity
        Of mu1 - mu0, whatever the outcome's direction.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together, or a strength is below 1.

    Notes
    -----
    With r the probability of the own arm, each weight in it may lie between 1 + (1/r - 1) / L and
    1 + (1/r - 1) L. Where controls stand for the treated, theirs lie between (1/r - 1) / L and
    (1/r - 1) L, and the treated are as they are. The extreme
    weighted mean gives the high weight to the k largest (or smallest) outcomes for some k; all k
    are tried after one sort, in n log n. These bounds are valid but not the narrowest (Dorn, Guo
    2022, doi 10.1080/01621459.2022.2069572). Nothing in the data says how large L is.

    References
    ----------
    Zhao Q, Small DS, Bhattacharya BB. JRSS B 2019;81:735-761, doi 10.1111/rssb.12327, section 4.

    Examples
    --------
    >>> found = marginal_sensitivity([0, 1, 1, 1], [0, 0, 1, 1], [0.5] * 4, strengths=[1, 2])
    >>> found.low.round(3).tolist(), found.high.round(3).tolist()
    ([0.5, 0.333], [0.5, 0.667])
    """
    y, arm, e = _arrays(outcome, treatment, propensity)
    strength = np.atleast_1d(np.asarray(strengths, dtype=np.float64))
    if not (strength >= 1.0).all() or not np.isfinite(strength).all():
        raise ArgumentError(f"Strengths are odds ratios of 1 or more; found {strength.tolist()}.")
    low, high = np.empty(strength.size), np.empty(strength.size)
    control, treated = arm == 0, arm == 1
    for k, each in enumerate(strength):
        if population == "treated":
            low0, high0 = _extreme_means(y[control], 1.0 - e[control], float(each), base=0.0)
            low1 = high1 = float(y[treated].mean())
        else:
            low0, high0 = _extreme_means(y[control], 1.0 - e[control], float(each))
            low1, high1 = _extreme_means(y[treated], e[treated], float(each))
        low[k], high[k] = low1 - high0, high1 - low0
    return MarginalSensitivity(strength, low, high)


def _extreme_means(
    y: Floats, received: Floats, strength: float, base: float = 1.0
) -> tuple[float, float]:
    """Give the smallest and largest weighted mean; `received` is the chance of the own arm."""
    order = np.argsort(y)
    odds = 1.0 / received[order] - 1.0
    light, heavy = base + odds / strength, base + odds * strength
    values = y[order]
    # Entry k: the first k patients have the heavy weight, the others the light one; and reversed.
    smallest = _split_means(values, heavy, light).min()
    largest = _split_means(values, light, heavy).max()
    return float(smallest), float(largest)


def _split_means(y: Floats, first: Floats, rest: Floats) -> Floats:
    def split(before: Floats, after: Floats) -> Floats:
        upto = np.concatenate([[0.0], np.cumsum(before)])
        total = np.concatenate([[0.0], np.cumsum(after)])
        both: Floats = upto + (total[-1] - total)
        return both

    means: Floats = split(first * y, rest * y) / split(first, rest)
    return means


def tipping_strength(
    outcome: ArrayLike,
    treatment: ArrayLike,
    propensity: ArrayLike,
    *,
    desirable: bool,
    target: float = 0.0,
    population: Literal["all", "treated"] = "all",
) -> float | None:
    """Give the smallest L at which the benefit's lower bound no longer exceeds the target.

    Returns
    -------
    float or None
        To three digits; 1 if the estimate itself does not exceed the target; None if no L up to a
        million suffices.

    Examples
    --------
    >>> tipping_strength([0, 1, 1, 1], [0, 0, 1, 1], [0.5] * 4, desirable=False)
    1.0
    """

    def excess(log_strength: float) -> float:
        found = marginal_sensitivity(
            outcome,
            treatment,
            propensity,
            strengths=math.exp(log_strength),
            population=population,
        )
        return float(found.as_benefit(desirable=desirable).low[0]) - target

    largest = math.log(_LARGEST)
    if excess(0.0) <= 0.0:
        return 1.0
    if excess(largest) > 0.0:
        return None
    return round(math.exp(brentq(excess, 0.0, largest, xtol=1e-9)), 3)


def _arrays(
    outcome: ArrayLike, treatment: ArrayLike, propensity: ArrayLike
) -> tuple[Floats, NDArray[np.int64], Floats]:
    y, e = np.asarray(outcome, dtype=np.float64), np.asarray(propensity, dtype=np.float64)
    arm = np.asarray(treatment)
    if y.ndim != 1 or arm.shape != y.shape or e.shape != y.shape or not np.isfinite(y).all():
        raise ArgumentError(
            "outcome, treatment and propensity must be complete vectors of one length; found "
            f"shapes {y.shape}, {arm.shape} and {e.shape}."
        )
    if not np.array_equal(np.unique(arm), (0, 1)):
        raise NotEstimable(
            f"Treatment must be 0 and 1, both present; found {np.unique(arm).tolist()[:5]}."
        )
    if not ((e > 0.0) & (e < 1.0)).all():
        raise ArgumentError("Propensities must lie strictly between 0 and 1.")
    return y, arm.astype(np.int64), e
