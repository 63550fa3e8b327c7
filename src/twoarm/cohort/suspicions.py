"""What may be read as it stands and is worth a look before anything is fitted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.doubtful import doubtful_levels, doubtful_numbers
from twoarm.cohort.leakage import leakages
from twoarm.cohort.problems import Problem
from twoarm.cohort.rules import Rule
from twoarm.cohort.studyfile import StudyFile
from twoarm.cohort.uninformative import uninformative

__all__ = [
    "doubtful_columns",
    "late_names",
    "late_rules",
    "leaking_columns",
    "looks_late",
    "outcome_leaks",
]

_LOOKS_LATER = re.compile(
    "tici(?![a-z])|24h|discharge|proc_min|follow_?up|futime|fu_time|surviv|surv_?time"
    "|time_to_(?:death|event)|days_to_death|length_of_stay",
    re.IGNORECASE,
)

Columns = NDArray[np.float64]


def looks_late(column: str) -> bool:
    """Say whether a name looks like a measurement made after the decision."""
    return _LOOKS_LATER.search(column) is not None


def late_names(file: StudyFile) -> Iterator[Problem]:
    """Point at predictors whose name looks like a measurement made after the decision."""
    for predictor in (*file.predictors, *file.propensity_codebook):
        if looks_late(predictor.column):
            yield Problem(
                "notice",
                predictor.column,
                (),
                "the name looks like a measurement made later",
                "predictors known at the decision",
                "If it is later, list it under [[columns]] with before_decision = false",
            )


def late_rules(file: StudyFile, rules: Sequence[Rule]) -> Iterator[Problem]:
    """Point at eligibility rules that look at what happened after the decision."""
    late = {column.column for column in file.columns if not column.before_decision}
    late |= {each.column for each in file.outcomes if each.role == "outcome"}
    for column in dict.fromkeys(name for rule in rules for name in rule.columns):
        if column in late:
            yield Problem(
                "notice",
                column,
                (),
                "decides who is eligible, and is known only after the decision",
                "eligibility known at the decision",
                "Patients chosen by what came later make the arms differ",
            )


def doubtful_columns(
    codebook: Sequence[Predictor],
    columns: Columns,
    rows: NDArray[np.int64],
    rules: Sequence[Rule] = (),
) -> Iterator[Problem]:
    """Point at numbers that may be codes or of another unit, odd levels, columns that say nothing.

    `columns`, shape (n, columns), are coded; `rows` says where they stand in the file. Numbers that
    `rules` look at have been looked at before anybody left.
    """
    ruled = {column for rule in rules for column in rule.number_columns}
    for predictor, values in zip(codebook, columns.T, strict=True):
        if predictor.is_number and predictor.column not in ruled:
            yield from doubtful_numbers(predictor, values, rows)
        yield from doubtful_levels(predictor)
    yield from uninformative(codebook, columns)


def leaking_columns(
    file: StudyFile,
    columns: Columns,
    outcomes: Mapping[str, NDArray[np.float64]],
    treatment: NDArray[np.int64],
) -> Iterator[Problem]:
    """Point at columns that are an outcome or the arm in other words, or known only after it.

    Parameters
    ----------
    file : StudyFile
    columns : ndarray, shape (n, columns)
        Predictors, then columns of the propensity, coded.
    outcomes : mapping of str to ndarray, shape (n,)
        1, 0, or NaN where not known.
    treatment : ndarray of int, shape (n,)
    """
    described = (*file.predictors, *file.propensity_codebook)
    for predictor, values in zip(described, columns.T, strict=True):
        yield from leakages(predictor, values, treatment.astype(np.float64), _arms(file))
        yield from outcome_leaks(file, predictor, values, outcomes, treatment)


def outcome_leaks(
    file: StudyFile,
    predictor: Predictor,
    values: Columns,
    outcomes: Mapping[str, NDArray[np.float64]],
    treatment: NDArray[np.int64],
) -> Iterator[Problem]:
    """Point at a column, shape (n,), that is an outcome in other words, or known only after it.

    Where it does not tell the outcome in all patients, each arm is asked.
    """
    arms = _arms(file)
    for name in [each.name for each in file.outcomes if each.role == "outcome"]:
        classes = (f"with outcome '{name}'", f"without outcome '{name}'")
        found = list(leakages(predictor, values, outcomes[name], classes))
        for arm, title in ((1, arms[0]), (0, arms[1])) if not found else ():
            truth = np.where(treatment == arm, outcomes[name], np.nan)
            within = (f"{classes[0]} {title}", f"{classes[1]} {title}")
            found += leakages(predictor, values, truth, within)
        yield from found


def _arms(file: StudyFile) -> tuple[str, str]:
    labels = file.treatment.labels
    return f"in the arm '{labels.treated}'", f"in the arm '{labels.control}'"
