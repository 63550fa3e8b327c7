"""Do the predictors separate the patients with the event from the others?

Then a regression without a penalty has no finite solution, whatever library fits it, and with one
the penalty decides how far apart the risks are. Asked of the data, not of the study's learner, so
that members of other libraries are covered too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.errors import NotEstimable
from twoarm.learners import Logistic

__all__ = ["ArmSeparation", "Separation", "finding", "separation"]


@dataclass(frozen=True, slots=True)
class ArmSeparation:
    """What a regression without a penalty finds in one arm.

    Attributes
    ----------
    events, others : int
        Patients with and without the event.
    complete : bool
        Whether a combination of the predictors ranks every event above every other patient.
    partial : bool
        Whether it does so for some patients, whose risk runs off to 0 or 1.
    """

    events: int
    others: int
    complete: bool
    partial: bool


@dataclass(frozen=True, slots=True)
class Separation:
    """Both arms, primary outcome."""

    control: ArmSeparation
    treated: ArmSeparation


def separation(X: ArrayLike, y: ArrayLike) -> ArmSeparation:
    """Look for a combination of the columns that separates events from the others.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Predictors of one arm as model columns, complete.
    y : array_like of 0 and 1, shape (n,)

    Raises
    ------
    NotEstimable
        If all patients, or none, have the event.

    References
    ----------
    Albert A, Anderson JA. Biometrika 1984;71:1-10, doi 10.1093/biomet/71.1.1.

    Examples
    --------
    >>> separation([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1])
    ArmSeparation(events=2, others=2, complete=True, partial=False)
    >>> separation([[0.0], [0.0], [1.0], [1.0]], [0, 0, 0, 1]).partial
    True
    """
    matrix = np.asarray(X, dtype=np.float64)
    outcome: NDArray[np.int64] = np.asarray(y).astype(np.int64)
    events = int(outcome.sum())
    if events in (0, outcome.size):
        raise NotEstimable("all patients of an arm, or none, have the event")
    model = Logistic(C=np.inf).fit(matrix, outcome)
    risk = model.predict_proba(matrix)[:, 1]
    complete = bool(risk[outcome == 1].min() > risk[outcome == 0].max())
    return ArmSeparation(
        events, outcome.size - events, complete, bool(model.separated_) and not complete
    )


@says("separation")
def finding(value: Separation, study: Study) -> Finding | None:
    """Say in which arm the predictors separate; nothing where they do in none.

    `questions` where they do so completely: few events, or a predictor that is the outcome.
    """
    labels = study.file.treatment.labels
    arms = ((labels.control, value.control), (labels.treated, value.treated))
    said = [
        f"{label} ({each.events} with the event, {each.others} without)"
        + ("" if each.complete else ", for some of the patients")
        for label, each in arms
        if each.complete or each.partial
    ]
    if not said:
        return None
    complete = any(each.complete for _, each in arms)
    verdict: Verdict = "questions" if complete else "cannot tell"
    text = (
        f"{study.file.primary.title}: a combination of the predictors separates patients with the "
        f"event from the others without an error: {'; '.join(said)}. A regression without a "
        "penalty, of whatever library, has no finite solution there; with one, the penalty decides "
        "how near to 0 and 1 the risks come. Either the events are few, or a predictor is known "
        "only with the outcome."
    )
    return Finding("separation", verdict, text)
