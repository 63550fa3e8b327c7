"""Read a cohort: every problem at once, or a frozen cohort."""

from __future__ import annotations

import difflib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.events import event_of
from twoarm.cohort.flow import Flow
from twoarm.cohort.load import Study
from twoarm.cohort.problems import Problem, listed
from twoarm.cohort.readers import Table, read_table
from twoarm.cohort.reading import Reading
from twoarm.cohort.rules import Rule, parse_rule
from twoarm.cohort.studyfile import StudyFile
from twoarm.cohort.values import coded
from twoarm.errors import CohortError

__all__ = ["check_cohort", "read_cohort"]

_SYNTHETIC = "synthetic"


def read_cohort(study: Study, source: str | Path | None = None) -> Cohort:
    """Read and check a cohort.

    Parameters
    ----------
    study : Study
        From `load_study`.
    source : str or Path, optional
        The data file; by default the one that the study names.

    Raises
    ------
    CohortError
        With every problem of the data, one per line.

    Notes
    -----
    The code cannot check that rows are different patients, that the arm is the one decided on at
    time zero, or that predictors were measured before it.

    Examples
    --------
    >>> from twoarm.cohort import load_study
    >>> cohort = read_cohort(load_study("rescue-stenting"))
    >>> len(cohort), int(cohort.treatment.sum()), cohort.synthetic
    (393, 195, True)
    """
    cohort, problems = check_cohort(study, source)
    if cohort is None:
        errors = [problem for problem in problems if problem.level == "error"]
        raise CohortError(f"The data do not fit the study file:\n{listed(errors)}")
    return cohort


def check_cohort(
    study: Study, source: str | Path | None = None
) -> tuple[Cohort | None, tuple[Problem, ...]]:
    """Read a cohort and give every problem; no cohort if any of them is an error.

    Raises CohortError only where the file as such cannot be read.
    """
    file = study.file
    rules = [(parse_rule(entry.rule), entry.reason) for entry in file.eligibility]
    wanted = _wanted(file, [rule for rule, _ in rules])
    table = _table(study, source, wanted)
    absent = _absent_columns(table, wanted - {_SYNTHETIC})
    if absent:
        return None, tuple(absent)
    reading = Reading(file, table)
    reading.detect_decimal_comma()
    for rule, reason in rules:
        reading.apply_rule(rule, reason)
    treatment = reading.arms()
    ids = reading.ids()
    predictors = np.column_stack(
        [
            reading.take(coded(predictor, reading.cells(predictor.column), reading.rows))
            for predictor in file.predictors
        ]
    )
    outcomes = {
        outcome.name: reading.take(event_of(outcome, reading.cells(outcome.column), reading.rows))
        for outcome in file.outcomes
    }
    reading.check_arms(treatment, outcomes)
    reading.notice_late_names()
    ordinal = reading.ordinal()
    problems = tuple(reading.problems)
    if any(problem.level == "error" for problem in problems):
        return None, problems
    order = _order(ids, by_id=bool(file.study.id))
    cohort = Cohort(
        ids=ids[order],
        treatment=treatment[order],
        predictors=predictors[order],
        outcomes={name: values[order] for name, values in outcomes.items()},
        centre=reading.cells(file.study.centre)[order] if file.study.centre else None,
        ordinal=None if ordinal is None else ordinal[order],
        codebook=file.predictors,
        flow=Flow(table.rows.size, tuple(reading.excluded), reading.kept.size),
        notices=problems,
        synthetic=_SYNTHETIC in table.columns and bool((reading.cells(_SYNTHETIC) == "1").any()),
        source=table.source,
        digest=table.digest,
    )
    return cohort, problems


def _table(study: Study, source: str | Path | None, wanted: set[str]) -> Table:
    """Read the file given, or the one that the study names; say how to get that if it is absent."""
    named = study.cohort_source if source is None else source
    help_text = study.file.study.cohort_help
    if not named:
        raise CohortError(
            f"The study '{study.name}' names no data; give a file with --cohort. {help_text}"
        )
    try:
        return read_table(named, wanted)
    except CohortError as error:
        if source is not None or not help_text:
            raise
        raise CohortError(f"{error} {help_text}") from error


def _wanted(file: StudyFile, rules: list[Rule]) -> set[str]:
    named = {file.treatment.column, file.study.id, file.study.centre, _SYNTHETIC}
    named |= {predictor.column for predictor in file.predictors}
    named |= {outcome.column for outcome in file.outcomes}
    named |= {column for rule in rules for column in rule.columns}
    if file.ordinal:
        named.add(file.ordinal.column)
    return named - {""}


def _absent_columns(table: Table, wanted: set[str]) -> list[Problem]:
    absent = sorted(wanted - set(table.columns))
    if absent and len(absent) == len(wanted):
        shown = ", ".join(table.header[:8])
        found = f"{table.source} has none of the study's columns; its header reads {shown}"
        advice = "Is it the right file, its separator a comma, a semicolon or a tab?"
        return [Problem("error", "", (), found, f"columns such as {', '.join(absent[:5])}", advice)]
    problems = []
    for column in absent:
        near = difflib.get_close_matches(column, table.header, 1)
        advice = f"Did you mean '{near[0]}'?" if near else "Add it, or correct the study file"
        problems.append(Problem("error", column, (), "the file has no such column", "", advice))
    return problems


def _order(ids: NDArray[np.str_], *, by_id: bool) -> NDArray[np.intp]:
    """Sort by id, numbers as numbers, so that the order of the file does not matter."""
    if not by_id:
        return np.arange(ids.size)
    if np.char.isdigit(ids).all():
        return np.lexsort((ids, ids.astype(np.int64)))
    return np.argsort(ids, kind="stable")
