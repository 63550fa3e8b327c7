"""Which update is written into a model file, and which is only reported.

The rule of docs/decisions/0025. What both arms ask for alike moves the prognosis and leaves every
patient's odds ratio between the arms as it was; that is decided by one closed test over both arms.
What only one arm asks for, or each in its own way, would move the odds ratio: an update of the
benefit. It is written only where each arm has the patients that it takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import chi2

from twoarm.diagnostics import Absent, attempt
from twoarm.metrics.arrays import linear_predictor
from twoarm.validation.closed_testing import UPDATES, ClosedTest, Update, closed_test
from twoarm.validation.likelihood import (
    fit_logistic,
    independent_columns,
    log_likelihood,
)
from twoarm.validation.linear_predictors import LinearPredictors
from twoarm.validation.needed import NeededForBenefit, needed_for_benefit

__all__ = [
    "ARMS",
    "ArmAsks",
    "Decision",
    "arm_asks",
    "arms_differ",
    "common_form",
    "common_test",
    "decide",
    "each_arm_form",
    "updated_log_odds",
]

Floats = NDArray[np.float64]

ARMS = ("control", "treated")

_LEVEL = 0.05
_WORSE = float(chi2.isf(_LEVEL, 1)) / 2.0
"""Log-likelihood that an arm may lose by an update of both: what one coefficient is worth."""

_NAMED = {
    "none": "nothing",
    "intercept": "the intercept",
    "slope": "intercept and slope",
    "refit": "intercept, slope and the weight of each predictor",
}


@dataclass(frozen=True, slots=True)
class ArmAsks:
    """What one arm asks for.

    Attributes
    ----------
    n : int
        Patients of it with a known outcome.
    test : ClosedTest or Absent
        Of that arm alone.
    needed : NeededForBenefit or Absent
        Patients that it must have before its own update is written.
    """

    n: int
    test: ClosedTest | Absent
    needed: NeededForBenefit | Absent


@dataclass(frozen=True, slots=True)
class Decision:
    """Which update is written.

    Attributes
    ----------
    update : {"none", "intercept", "slope", "refit"}
        The most extensive part of it.
    scope : {"none", "both arms alike", "each arm"}
        ``both arms alike`` leaves every patient's odds ratio between the arms as it was.
    benefit_asked : bool
        Whether the arms ask for different updates.
    benefit_needs : int or None
        Patients that each arm must have before the benefit is updated; None where not told.
    text : str
        In words.
    form : mapping or None
        As the model file holds it; None if nothing is updated.
    """

    update: Update
    scope: Literal["none", "both arms alike", "each arm"]
    benefit_asked: bool
    benefit_needs: int | None
    text: str
    form: Mapping[str, Any] | None


def arm_asks(y: Floats, p: Floats, X: Floats) -> ArmAsks:
    """Say what one arm asks for.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n,)
    p : ndarray, shape (n,)
        Predicted probabilities.
    X : ndarray, shape (n, columns)
    """
    lp = LinearPredictors.of(p)
    test = attempt(lambda: closed_test(y, lp.value, X))
    refit = isinstance(test, ClosedTest) and test.chosen == "refit"
    coefficients = 2 + X.shape[1] if refit else 2
    needed = attempt(lambda: needed_for_benefit(lp, coefficients=coefficients))
    return ArmAsks(int(y.size), test, needed)


def common_test(y: Floats, risks: Floats, treatment: NDArray[np.int64], X: Floats) -> ClosedTest:
    """Test updates that move both arms alike.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n,)
    risks : ndarray, shape (2, n)
        Under control and under treatment.
    treatment : ndarray of 0 and 1, shape (n,)
    X : ndarray, shape (n, columns)

    Returns
    -------
    ClosedTest
        Of the prognosis; each patient's own departure from it, half his log odds ratio, is kept.
    """
    both = linear_predictor(risks)
    middle = both.mean(axis=0)
    own = both[treatment, np.arange(y.size)]
    return closed_test(y, middle, X, offset=own - middle)


def arms_differ(
    y: Floats, risks: Floats, treatment: NDArray[np.int64], X: Floats, common: ClosedTest
) -> float:
    """Give the p-value that the arms, once updated alike, need no update of their own.

    Likelihood ratio of an intercept and a slope in each arm beside the common update.
    """
    both = linear_predictor(risks)
    middle = both.mean(axis=0)
    own = both[treatment, np.arange(y.size)]
    columns = [np.ones(y.size), middle, treatment, own * treatment, own * (1 - treatment)]
    alike = 2
    if common.chosen == "refit":
        columns[2:2] = list(X.T)
        alike = independent_columns(np.column_stack(columns[: 2 + X.shape[1]]), first=2).size
    design = np.column_stack(columns).astype(np.float64)
    kept = independent_columns(design, first=2)
    fit = fit_logistic(design[:, kept], y, own - middle)
    reached = {step.update: step.log_likelihood for step in common.steps}
    reached[common.most] = common.most_log_likelihood
    estimated = {"none": 0, "intercept": 1, "slope": 2, "refit": alike}[common.chosen]
    gained = 2.0 * (fit.log_likelihood - reached[common.chosen])
    return float(chi2.sf(max(0.0, gained), kept.size - estimated))


def common_form(test: ClosedTest) -> dict[str, Any]:
    """Give a common update as the model file holds it."""
    half = (test.slope - 1.0) / 2.0
    columns = test.coefficients.tolist() if test.chosen == "refit" else None
    return {
        "intercept": [test.intercept, test.intercept],
        "log_odds": [[1.0 + half, half], [half, 1.0 + half]],
        "columns": None if columns is None else [columns, columns],
    }


def each_arm_form(tests: Mapping[str, ClosedTest], width: int) -> dict[str, Any]:
    """Give the arms' own updates as the model file holds them."""
    control, treated = (tests[arm] for arm in ARMS)
    refits = [
        each.coefficients.tolist() if each.chosen == "refit" else [0.0] * width
        for each in (control, treated)
    ]
    return {
        "intercept": [control.intercept, treated.intercept],
        "log_odds": [[control.slope, 0.0], [0.0, treated.slope]],
        "columns": refits if any(any(row) for row in refits) else None,
    }


def decide(
    y: Floats,
    risks: Floats,
    treatment: NDArray[np.int64],
    X: Floats,
    arms: Mapping[str, ArmAsks],
    common: ClosedTest | Absent,
) -> Decision:
    """Decide on the update of one outcome by one learner.

    Parameters
    ----------
    y, risks, treatment, X
        As for `common_test`, of patients with a known outcome.
    arms : mapping of str to ArmAsks
        By ``control`` and ``treated``, those that there are.
    common : ClosedTest or Absent
    """
    tests = {arm: found.test for arm, found in arms.items() if isinstance(found.test, ClosedTest)}
    if len(arms) < len(ARMS):
        return _one_arm(tests)
    if isinstance(common, Absent) or len(tests) < len(ARMS):
        return _nothing("Nothing is updated: too few events, or too few others, to tell.")
    differ = attempt(lambda: arms_differ(y, risks, treatment, X, common))
    asked = not isinstance(differ, Absent) and differ < _LEVEL
    asked = asked and any(each.chosen != "none" for each in tests.values())
    needs = _needs(arms)
    if asked and needs is not None and min(found.n for found in arms.values()) >= needs:
        return Decision(
            max((each.chosen for each in tests.values()), key=UPDATES.index),
            "each arm",
            benefit_asked=True,
            benefit_needs=needs,
            text=_each_arm_text(tests, needs),
            form=each_arm_form(tests, X.shape[1]),
        )
    worse = _worse_arm(y, risks, treatment, X, common)
    return _alike(common, tests, arms, asked=asked, needs=needs, worse=worse)


def _worse_arm(
    y: Floats, risks: Floats, treatment: NDArray[np.int64], X: Floats, common: ClosedTest
) -> str:
    """Name the arm whose patients the common update predicts worse; empty if there is none.

    Worse: by more log-likelihood than one coefficient is worth, or on average, by more than a
    standard error. An arm that was right on average and is moved away pays for the other one.
    """
    before = linear_predictor(risks)
    after = updated_log_odds(common_form(common), before, X)
    for arm, name in enumerate(ARMS):
        rows = treatment == arm
        lost = log_likelihood(before[arm, rows], y[rows]) - log_likelihood(
            after[arm, rows], y[rows]
        )
        off = [
            abs(float(expit(each[arm, rows]).mean() - y[rows].mean())) for each in (before, after)
        ]
        chance = float(y[rows].std()) / np.sqrt(rows.sum())
        if lost > _WORSE or off[1] > max(off[0], chance):
            return name
    return ""


def updated_log_odds(form: Mapping[str, Any], log_odds: Floats, X: Floats) -> Floats:
    """Give the log odds of both arms after an update, shape (2, n)."""
    found = np.asarray(form["log_odds"]) @ log_odds + np.asarray(form["intercept"])[:, None]
    if form["columns"] is not None:
        found = found + np.asarray(form["columns"]) @ X.T
    return np.asarray(found)


def _alike(
    common: ClosedTest,
    tests: Mapping[str, ClosedTest],
    arms: Mapping[str, ArmAsks],
    *,
    asked: bool,
    needs: int | None,
    worse: str,
) -> Decision:
    written = common.chosen != "none" and not worse
    if common.chosen == "none":
        text = "Nothing is updated: no update of both arms alike does better than by chance."
    elif worse:
        text = (
            "Nothing is updated: both arms alike would do better on the whole, and the "
            f"{worse} arm worse."
        )
    else:
        text = (
            f"Updated in both arms alike: {_NAMED[common.chosen]}. Every patient's odds ratio "
            "between the treatments stays as it was."
        )
    if asked:
        ask = " and ".join(f"{arm} for {_NAMED[test.chosen]}" for arm, test in tests.items())
        sizes = " and ".join(str(arms[arm].n) for arm in ARMS)
        enough = "" if needs is None else f" It takes {needs} in each."
        text += (
            f" The arms ask for different updates ({ask}), which would change the benefit; that is "
            f"not written on {sizes} patients.{enough}"
        )
    return Decision(
        common.chosen if written else "none",
        "both arms alike" if written else "none",
        benefit_asked=asked,
        benefit_needs=needs,
        text=text,
        form=common_form(common) if written else None,
    )


def _each_arm_text(tests: Mapping[str, ClosedTest], needs: int) -> str:
    each = " and ".join(f"{_NAMED[test.chosen]} in {arm}" for arm, test in tests.items())
    return (
        f"Updated in each arm for itself: {each}. This changes the benefit; each arm has the "
        f"{needs} patients that it takes."
    )


def _one_arm(tests: Mapping[str, ClosedTest]) -> Decision:
    said = "".join(
        f" The {arm} arm alone asks for {_NAMED[test.chosen]} to be updated."
        if test.chosen != "none"
        else f" The {arm} arm alone asks for no update."
        for arm, test in tests.items()
    )
    return _nothing(
        "Nothing is updated: with one arm the benefit cannot be checked, and an update of that arm "
        f"alone would change it.{said}"
    )


def _nothing(text: str) -> Decision:
    return Decision("none", "none", benefit_asked=False, benefit_needs=None, text=text, form=None)


def _needs(arms: Mapping[str, ArmAsks]) -> int | None:
    needed = [found.needed for found in arms.values()]
    known = [each.n for each in needed if not isinstance(each, Absent)]
    return max(known) if len(known) == len(ARMS) else None
