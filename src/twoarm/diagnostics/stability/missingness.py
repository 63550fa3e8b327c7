"""Who has missing values: one arm more than the other, those with the event more than others?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import false_discovery_control, fisher_exact

from twoarm.cohort.load import Study
from twoarm.diagnostics.comparability.balance import standardised_differences
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.errors import ArgumentError, NotEstimable

__all__ = ["Association", "Missingness", "VariableMissingness", "finding", "missingness"]

_FLAGGED: Final = 0.05
"""Expected share of false flags among the flags."""


@dataclass(frozen=True, slots=True)
class Association:
    """Whether a value is missing more often in one of two groups.

    Attributes
    ----------
    low_group, high_group : float
        Share missing in the first group (control, no event) and the second (treated, event); NaN in
        a group of nobody.
    p : float
        Fisher's exact test, two-sided; NaN if it compares nothing.
    flagged : bool
        Whether it is among those that hold after Benjamini and Hochberg's correction for all tests
        of the cohort.
    """

    low_group: float
    high_group: float
    p: float
    flagged: bool


@dataclass(frozen=True, slots=True)
class VariableMissingness:
    """Where a variable is missing.

    Attributes
    ----------
    name : str
    share : float
        In all patients.
    by_arm : Association
        Control against treated.
    smd : float
        Standardised difference of the arms' shares, treated minus control; NaN if nothing, or
        everything, is missing, infinite if everything is in one arm and nothing in the other.
    by_outcome : tuple of Association
        No event against event, in the control and in the treated arm; empty where it was not asked.
    """

    name: str
    share: float
    by_arm: Association
    smd: float
    by_outcome: tuple[Association, ...]

    @property
    def informative(self) -> bool:
        """Whether being missing goes with the arm, or within an arm with the outcome."""
        return self.by_arm.flagged or any(each.flagged for each in self.by_outcome)


@dataclass(frozen=True, slots=True)
class Missingness:
    """Missing values of a cohort.

    Attributes
    ----------
    variables : tuple of VariableMissingness
        Every variable, in the order given.
    n, n_incomplete : int
        Patients, and those in whom any variable but an outcome is missing.
    """

    variables: tuple[VariableMissingness, ...]
    n: int
    n_incomplete: int

    @property
    def informative(self) -> tuple[str, ...]:
        """Names of the variables whose being missing goes with arm or outcome."""
        return tuple(each.name for each in self.variables if each.informative)


def missingness(
    values: NDArray[np.float64],
    treatment: ArrayLike,
    outcome: ArrayLike,
    *,
    names: Sequence[str],
    outcomes: dict[str, NDArray[np.float64]] | None = None,
) -> Missingness:
    """Compare how often each variable is missing between arms, and between outcomes in each arm.

    Parameters
    ----------
    values : ndarray, shape (n, p)
        Variables known at the decision, NaN where missing.
    treatment : array_like of 0 and 1, shape (n,)
        Arm, with patients in both.
    outcome : array_like of 0, 1 or NaN, shape (n,)
        The primary outcome; patients in whom it is not known are not compared by it.
    names : sequence of str
        Names of the variables.
    outcomes : dict of str to ndarray, optional
        Outcomes, NaN where not known, whose being missing is compared between the arms.

    Returns
    -------
    Missingness

    Raises
    ------
    ArgumentError
        If the arrays do not fit, or there is a single arm.

    Notes
    -----
    That a value is missing for a reason that arm and outcome do not show, such as the value itself,
    cannot be seen. A variable that is not flagged is therefore not known to be missing at random.

    References
    ----------
    Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300.

    Examples
    --------
    >>> import numpy as np
    >>> age = np.array([[np.nan, 60.0, 70.0, 80.0]]).T
    >>> found = missingness(age, [0, 0, 1, 1], [0, 1, 0, 1], names=["age"])
    >>> found.variables[0].by_arm.low_group, found.informative
    (0.5, ())
    """
    arm, y = np.asarray(treatment), np.asarray(outcome, dtype=np.float64)
    _check(values, arm, y, names)
    absent = {name: np.isnan(values[:, k]) for k, name in enumerate(names)}
    arms = arm == 0, arm == 1
    pairs = [arms, *(((y == 0) & own, (y == 1) & own) for own in arms)]
    tested = {
        name: [_compared(missing, low, high) for low, high in pairs]
        for name, missing in absent.items()
    }
    for name, each in (outcomes or {}).items():
        absent[name] = np.isnan(each)
        tested[name] = [_compared(absent[name], *arms)]
    flagged = _flagged(tested)
    smd = standardised_differences(
        np.column_stack(list(absent.values())).astype(np.float64), arm, np.ones(arm.size)
    )
    variables = tuple(
        VariableMissingness(
            name, float(absent[name].mean()), flagged[name][0], float(smd[k]), flagged[name][1:]
        )
        for k, name in enumerate(absent)
    )
    return Missingness(variables, arm.size, int(np.isnan(values).any(axis=1).sum()))


def _check(
    values: NDArray[np.float64],
    arm: NDArray[np.int64],
    y: NDArray[np.float64],
    names: Sequence[str],
) -> None:
    if values.ndim != 2 or values.shape != (arm.size, len(names)) or y.shape != arm.shape:
        raise ArgumentError(
            "Variables need one row a patient and one column a name, and each patient an arm and "
            f"an outcome; found shapes {values.shape}, {arm.shape} and {y.shape} and "
            f"{len(names)} names."
        )
    if not np.array_equal(np.unique(arm), (0, 1)):
        raise NotEstimable(
            "Treatment must be 0 (control) or 1 (treated), with patients in both arms; found "
            f"{np.unique(arm).tolist()[:5]}."
        )


def _compared(
    missing: NDArray[np.bool_], low: NDArray[np.bool_], high: NDArray[np.bool_]
) -> Association:
    table = [
        [int((missing == is_missing)[group].sum()) for group in (low, high)]
        for is_missing in (True, False)
    ]
    n = [table[0][k] + table[1][k] for k in (0, 1)]
    shares = [table[0][k] / n[k] if n[k] else math.nan for k in (0, 1)]
    compares = min(n) > 0 and min(sum(row) for row in table) > 0
    p = float(fisher_exact(table).pvalue) if compares else math.nan
    return Association(shares[0], shares[1], p, flagged=False)


def _flagged(tested: dict[str, list[Association]]) -> dict[str, tuple[Association, ...]]:
    """Mark the comparisons that hold after correction for their number."""
    p = np.array([each.p for row in tested.values() for each in row])
    adjusted = np.full(p.size, np.nan)
    known = np.isfinite(p)
    if known.any():
        adjusted[known] = false_discovery_control(p[known])
    marks = iter((adjusted < _FLAGGED).tolist())
    return {
        name: tuple(
            Association(each.low_group, each.high_group, each.p, next(marks)) for each in row
        )
        for name, row in tested.items()
    }


@says("missing data")
def finding(value: Missingness, study: Study) -> Finding:
    """Say which variables are missing for a reason that has to do with arm or outcome.

    `questions` if any is; else `cannot tell`: what makes a value missing may be the value.
    """
    title = study.file.primary.title
    text = f"{value.n_incomplete} of {value.n} patients lack the value of a variable."
    verdict: Verdict = "cannot tell"
    if value.informative:
        verdict = "questions"
        listed = ", ".join(_reason(each) for each in value.variables if each.informative)
        text += (
            f" Being missing goes with the arm, or within an arm with the outcome ({title}), for "
            f"{listed}: filling in such values, or leaving such patients out, can shift the "
            "benefit."
        )
    else:
        text += (
            f" Being missing goes neither with the arm nor, within an arm, with the outcome "
            f"({title}) as far as these numbers show; that it goes with the missing value itself "
            "cannot be seen."
        )
    return Finding("missing data", verdict, text)


def _reason(each: VariableMissingness) -> str:
    reasons = ["arm"] if each.by_arm.flagged else []
    if any(one.flagged for one in each.by_outcome):
        reasons.append("outcome")
    return f"{each.name} ({' and '.join(reasons)})"
