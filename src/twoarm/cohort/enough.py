"""Is there enough to learn from: patients in both arms, events, values that are known?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.problems import Problem
from twoarm.cohort.studyfile import StudyFile

__all__ = ["too_few_events", "too_few_known"]

_FEWEST_EVENTS = 2
_FEWEST_KNOWN = 10  # with fewer, resamples turn up in which nobody's value is known


def too_few_events(
    file: StudyFile,
    treatment: NDArray[np.int64],
    outcomes: Mapping[str, NDArray[np.float64]],
    wrong: Collection[str],
) -> Iterator[Problem]:
    """Require patients in both arms, and events and non-events of each outcome in each.

    Parameters
    ----------
    file : StudyFile
    treatment : ndarray of int, shape (n,)
    outcomes : mapping of str to ndarray, shape (n,)
        1, 0, or NaN where not known.
    wrong : collection of str
        Columns in which an error has been reported: their events are not counted.
    """
    spec = file.treatment
    labels = (("control", spec.labels.control), ("treated", spec.labels.treated))
    for arm, (code, label) in enumerate(labels):
        inside = treatment == arm
        who = f"{code} arm ({label})"
        if not inside.any():
            found = f"no patient in the {who}"
            advice = "Check the arm's code and the eligibility rules"
            yield Problem("error", spec.column, (), found, "patients in both arms", advice)
            continue
        for outcome in file.outcomes:
            if outcome.column in wrong:
                continue
            values = outcomes[outcome.name][inside]
            events, others = int((values == 1).sum()), int((values == 0).sum())
            if min(events, others) < _FEWEST_EVENTS:
                yield Problem(
                    "error",
                    outcome.column,
                    (),
                    f"outcome '{outcome.name}' has {events} events and {others} non-events in the "
                    f"{who}",
                    f"at least {_FEWEST_EVENTS} of each",
                    "No model can be learnt; check the event rule, or drop the outcome",
                )


def too_few_known(
    codebook: Collection[Predictor], columns: NDArray[np.float64]
) -> Iterator[Problem]:
    """Require enough known values of a column that may be missing to learn from.

    `columns`, shape (n, columns), are coded, NaN where missing.
    """
    n = columns.shape[0]
    for predictor, values in zip(codebook, columns.T, strict=True):
        known = int(np.isfinite(values).sum())
        if predictor.may_be_missing and known < min(_FEWEST_KNOWN, n):
            yield Problem(
                "error",
                predictor.column,
                (),
                f"known in {known} of {n} patients",
                f"at least {_FEWEST_KNOWN}, to impute the others",
                "Drop it from the study file",
            )
