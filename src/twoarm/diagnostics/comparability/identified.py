"""Can this average be told from these patients? Where the arms do not overlap, no number is right.

The rule and what it does to coverage: ``benchmarks/overlap_coverage.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.diagnostics.comparability.balance import standardised_differences
from twoarm.diagnostics.comparability.one_arm_values import (
    OneArmColumn,
    one_arm_columns,
    patients_without,
)
from twoarm.diagnostics.comparability.population import Population, target_weights
from twoarm.diagnostics.comparability.weighting import overlap_weights
from twoarm.errors import ArgumentError, NotEstimable

__all__ = ["MOST_INFLATED", "Identified", "identified", "inflation"]

Floats = NDArray[np.float64]

_NEVER: Final = 0.01
"""A probability of an arm below which a patient could hardly have been in it."""
_MOST_OUTSIDE: Final = 0.05
"""Share of a population that may consist of such patients, or of patients that one column decides
about."""
_MOST_UNLIKE: Final = 1.25
"""Standard errors that overlap weights may leave the arms apart. Intervals hold what they say up to
about here."""
MOST_INFLATED: Final = 3.5
"""How many times the variance of a trial of the same arms an average may have. Intervals hold what
they say up to about here; beyond, the patients who would widen them are those that are missing."""
_HELD: Final = 0.02
"""Share of the patients whose costs in variance are held at the next: where a covariate has a long
tail a few of them make up the mean, which then says more of them than of all others, and so few
cannot move an average far."""


@dataclass(frozen=True, slots=True, eq=False)
class Identified:
    """Which averages the patients can tell; triples are of everybody, the treated, the overlap.

    Attributes
    ----------
    outside : float
        Share of everybody with a propensity below 0.01 or above 0.99.
    above : float
        Share of the treated with a propensity above 0.99.
    inflation, inflation_treated : float
        Variance of the average over everybody, and over the treated, in units of its variance in a
        trial with the same arms (outcomes equally variable everywhere, the most extreme 2 % of the
        patients held at the next).
    unlike : float
        Standardised difference that overlap weights leave in the logit of the propensity, treated
        minus control, in standard errors of such a difference, sqrt(1 / n0 + 1 / n1).
    separated : bool
        Whether the propensity of every treated patient exceeds that of every control.
    one_arm : tuple of OneArmColumn
        Columns with values that only one arm has, more often than chance has it.
    without : ndarray of bool, shape (n,)
        Who has such a value.
    reasons : dict of str to str
        Why an average is not told, by population; no entry for one that is.
    """

    outside: float
    above: float
    inflation: float
    inflation_treated: float
    unlike: float
    separated: bool
    one_arm: tuple[OneArmColumn, ...]
    without: NDArray[np.bool_]
    reasons: dict[Population, str]

    def require(self, population: Population) -> None:
        """Go on only if the average effect over this population is told.

        Raises
        ------
        NotEstimable
            With the reason why it is not.
        """
        if population in self.reasons:
            raise NotEstimable(self.reasons[population])


def identified(
    propensity: ArrayLike,
    treatment: ArrayLike,
    X: ArrayLike | None = None,
    *,
    names: Sequence[str] | None = None,
    known: bool = False,
) -> Identified:
    """Judge the overlap of the arms for each of the three averages.

    Parameters
    ----------
    propensity : array_like, shape (n,)
        Of everybody, strictly between 0 and 1; by a model of these patients, or known.
    treatment : array_like of 0 and 1, shape (n,)
        Arm, with patients in both.
    X : array_like, shape (n, p), optional
        The columns behind the propensity, complete. A penalty hides a column that decides treatment
        in few patients; the columns themselves do not.
    names : sequence of str, optional
        Of the columns; "column 1" and so on without.
    known : bool
        Whether the propensity is known because a lot decided: whatever then tells the arms apart,
        or is left by weights, is chance.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.

    Notes
    -----
    The average over everybody (or the treated) is not told if more than 5 % of these patients have
    a propensity beyond 0.01 to 0.99 (the treated: above 0.99), or a value in a column that nobody
    in the other arm has, or if its variance is more than 3.5 times that in a trial of the same
    arms. The average in the overlap population is not told if its weights leave the arms further
    apart than 1.25 standard errors: without a penalty a logistic propensity leaves nothing, and
    with one it leaves the more the more is decided. None is if what was measured separates the
    arms.

    Cutting weights off instead would answer for other patients with an error nobody knows: at n =
    2000 and a slope of 3, intervals of TMLE with propensities held within 0.05 to 0.95 hold the
    truth in 0.52 to 0.90 of cohorts, depending on the outcome.

    References
    ----------
    Petersen ML, et al. Stat Methods Med Res 2012;21:31-54, doi 10.1177/0962280210386207.

    Examples
    --------
    >>> identified([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1]).reasons
    {}
    >>> sorted(identified([0.1, 0.9, 0.1, 0.9], [0, 1, 0, 1]).reasons)
    ['all', 'overlap', 'treated']
    """
    e, arm = np.asarray(propensity, dtype=np.float64), np.asarray(treatment)
    matrix = np.empty((e.size, 0)) if X is None else np.asarray(X, dtype=np.float64)
    _check(e, arm, matrix, names)
    arm = arm.astype(np.int64)
    titles = names or [f"column {k + 1}" for k in range(matrix.shape[1])]
    columns = () if known else one_arm_columns(matrix, arm, titles)
    separated = not known and bool(e[arm == 1].min() > e[arm == 0].max())
    without = patients_without(matrix, columns)
    measured = {
        "outside": float(((e < _NEVER) | (e > 1.0 - _NEVER)).mean()),
        "above": float((e[arm == 1] > 1.0 - _NEVER).mean()),
        "inflation": inflation(e),
        "inflation_treated": _mean_cost(e / (1.0 - e)) * float((1.0 - e.mean()) / e.mean()),
        "unlike": 0.0 if known else _unlike(arm, e),
    }
    reasons: dict[Population, str] = {}
    for population in ("all", "treated", "overlap"):
        target = target_weights(population, arm, e)
        lacking = float(np.average(without, weights=target))
        reason = _reason(population, measured, lacking, separated, columns)
        if reason is not None:
            reasons[population] = reason
    return Identified(
        **measured, separated=separated, one_arm=columns, without=without, reasons=reasons
    )


def inflation(propensity: Floats) -> float:
    """Give the variance of the average over everybody in units of that in a trial of these arms.

    mean(1 / (e (1 - e))) over its value for a constant propensity; 1 where a lot decided. The
    largest 2 % of the patients' values are held at the next.

    Examples
    --------
    >>> inflation(np.array([0.5, 0.5])), round(inflation(np.array([0.1, 0.9])), 2)
    (1.0, 2.78)
    """
    mean = float(propensity.mean())
    return _mean_cost(1.0 / (propensity * (1.0 - propensity))) * mean * (1.0 - mean)


def _mean_cost(cost: Floats) -> float:
    ordered = np.sort(cost)
    most = cost.size - 1 - int(_HELD * cost.size)
    return float(np.minimum(ordered, ordered[most]).mean())


def _unlike(arm: NDArray[np.int64], e: Floats) -> float:
    n = np.bincount(arm)
    if n.min() < 2 or np.ptp(e) == 0.0:
        return 0.0
    score = np.log(e / (1.0 - e))[:, None]
    # Below 0 where the propensity is cross-fitted and bolder than these patients bear out.
    left = float(standardised_differences(score, arm, overlap_weights(arm, e))[0])
    return left / math.sqrt(float((1.0 / n).sum()))


def _reason(
    population: Population,
    measured: dict[str, float],
    lacking: float,
    separated: bool,
    columns: tuple[OneArmColumn, ...],
) -> str | None:
    """Give the first reason why the average is not told, in words; None if it is."""
    who = {"all": "patients", "treated": "treated patients", "overlap": "overlap population"}
    treated = population == "treated"
    outside = measured["above" if treated else "outside"]
    inflated = measured["inflation_treated" if treated else "inflation"]
    if separated:
        return "what was measured tells every treated patient from every control"
    if lacking > _MOST_OUTSIDE:
        listed = ", ".join(each.name for each in columns)
        return (
            f"{100 * lacking:.0f} % of the {who[population]} have a value that nobody in the other "
            f"arm has ({listed})"
        )
    if population == "overlap":
        if measured["unlike"] > _MOST_UNLIKE:
            return "what was measured decides so much that overlap weights leave the arms unlike"
        return None
    if outside > _MOST_OUTSIDE:
        chance = "over 99 %" if treated else "under 1 % or over 99 %"
        return (
            f"{100 * outside:.0f} % of the {who[population]} had a chance of {chance} to be "
            "treated, given what was measured"
        )
    if inflated > MOST_INFLATED:
        return (
            f"the arms overlap so little that it would have {inflated:.1f} times the variance of a "
            "trial with the same arms; intervals then hold less than they say"
        )
    return None


def _check(e: Floats, arm: NDArray[np.int64], X: Floats, names: Sequence[str] | None) -> None:
    if e.ndim != 1 or arm.shape != e.shape or X.ndim != 2 or X.shape[0] != e.size:
        raise ArgumentError(
            "propensity, treatment and X need one entry a patient; found shapes "
            f"{e.shape}, {arm.shape} and {X.shape}."
        )
    if names is not None and len(names) != X.shape[1]:
        raise ArgumentError(f"Expected {X.shape[1]} names, one a column; found {len(names)}.")
    if not np.array_equal(np.unique(arm), (0, 1)):
        raise NotEstimable("Treatment must be 0 or 1, with patients in both arms.")
    if not ((e > 0.0) & (e < 1.0)).all() or not np.isfinite(X).all():
        raise ArgumentError("Propensities must lie strictly between 0 and 1, and X be complete.")
