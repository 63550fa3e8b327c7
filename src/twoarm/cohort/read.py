"""Read a cohort: every problem at once, or a frozen cohort."""

from __future__ import annotations

import difflib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor, canonical
from twoarm.cohort.cohort import Cohort
from twoarm.cohort.contradictions import SYNTHETIC_COLUMN
from twoarm.cohort.copies import copied_rows
from twoarm.cohort.enough import too_few_events, too_few_known
from twoarm.cohort.events import event_of
from twoarm.cohort.flow import Flow
from twoarm.cohort.load import Study
from twoarm.cohort.problems import Problem, listed
from twoarm.cohort.readers import Table, read_table
from twoarm.cohort.reading import Reading
from twoarm.cohort.rules import Rule, parse_rule
from twoarm.cohort.studyfile import OutcomeSpec, StudyFile
from twoarm.cohort.suspicions import (
    doubtful_columns,
    late_names,
    late_rules,
    leaking_columns,
    looks_late,
)
from twoarm.cohort.values import coded
from twoarm.errors import CohortError

__all__ = ["check_cohort", "read_cohort"]

_NO_MARK = ("", "0", "false", "no")


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
    study: Study, source: str | Path | None = None, *, learnt_from: bool = True
) -> tuple[Cohort | None, tuple[Problem, ...]]:
    """Read a cohort and give every problem; no cohort if any of them is an error.

    Where nothing is `learnt_from` it, as in the external validation of a model, one arm will do,
    and outcomes may be few or unknown. Raises CohortError only where the file as such cannot be
    read.
    """
    file = study.file
    rules = tuple(parse_rule(entry.rule) for entry in file.eligibility)
    wanted = _wanted(file, rules)
    table = _table(study, source, wanted)
    absent = _absent_columns(table, wanted - {SYNTHETIC_COLUMN}, file)
    if absent:
        return None, tuple(absent)
    reading = Reading(file, rules, table)
    reading.detect_decimal_comma()
    for rule, entry in zip(rules, file.eligibility, strict=True):
        reading.apply_rule(rule, entry.reason)
    treatment = reading.arms()
    ids = reading.ids()
    centre = reading.centre()
    predictors = _coded(reading, file.predictors)
    propensity_columns = _coded(reading, file.propensity_codebook)
    described = (*file.predictors, *file.propensity_codebook)
    columns = np.column_stack([predictors, propensity_columns])
    if learnt_from:
        reading.problems += too_few_known(described, columns)
    outcomes = {outcome.name: _events(reading, outcome) for outcome in file.outcomes}
    wrong = {problem.column for problem in reading.problems if problem.level == "error"}
    if learnt_from:
        reading.problems += too_few_events(file, treatment, outcomes, wrong)
    ordinal = reading.ordinal()
    doubts = doubtful_columns(described, columns, reading.rows, rules)
    reading.problems += [doubt for doubt in doubts if doubt.column not in wrong]
    reading.problems += [*late_names(file), *late_rules(file, rules)]
    baseline = {file.study.centre, *(each.column for each in described)}
    reading.problems += copied_rows(table, file.study.id, baseline)
    if not any(problem.level == "error" for problem in reading.problems):
        reading.problems += leaking_columns(file, columns, outcomes, treatment)
    problems = tuple(dict.fromkeys(reading.problems))
    if any(problem.level == "error" for problem in problems):
        return None, problems
    order = _order(ids, by_id=bool(file.study.id))
    cohort = Cohort(
        ids=ids[order],
        treatment=treatment[order],
        predictors=predictors[order],
        outcomes={name: values[order] for name, values in outcomes.items()},
        centre=None if centre is None else centre[order],
        ordinal=None if ordinal is None else ordinal[order],
        codebook=file.predictors,
        propensity_columns=propensity_columns[order],
        propensity_codebook=file.propensity_codebook,
        flow=Flow(table.rows.size, tuple(reading.excluded), reading.kept.size),
        notices=problems,
        synthetic=SYNTHETIC_COLUMN in table.columns and _marked(reading.cells(SYNTHETIC_COLUMN)),
        source=table.source,
        digest=table.digest,
    )
    return cohort, problems


def _coded(reading: Reading, codebook: tuple[Predictor, ...]) -> NDArray[np.float64]:
    """Read the columns of a codebook, shape (n, columns)."""
    coded_columns = np.empty((reading.rows.size, len(codebook)))
    for k, predictor in enumerate(codebook):
        read = coded(predictor, reading.cells(predictor.column), reading.rows)
        coded_columns[:, k] = reading.take(read)
    return coded_columns


def _events(reading: Reading, outcome: OutcomeSpec) -> NDArray[np.float64]:
    """Read an outcome; what other outcomes of its column name as codes belongs to its scale."""
    cells, meant = reading.cells(outcome.column), reading.event_codes(outcome.column)
    return reading.take(event_of(outcome, cells, reading.rows, meant))


def _table(study: Study, source: str | Path | None, wanted: set[str]) -> Table:
    """Read the file given, or the one that the study names; say how to get that if it is absent."""
    named = study.cohort_source if source is None else source
    help_text = study.file.study.cohort_help
    if source is None and not named:
        message = f"The study '{study.name}' names no data; give a file with --cohort. {help_text}"
        raise CohortError(message.strip())
    try:
        return read_table(named, wanted)
    except CohortError as error:
        if source is not None or not help_text:
            raise
        raise CohortError(f"{error} {help_text}") from error


def _marked(cells: NDArray[np.str_]) -> bool:
    """Say whether any patient is marked as synthetic; in doubt, a mark is a mark."""
    return any(canonical(cell).lower() not in _NO_MARK for cell in cells)


def _wanted(file: StudyFile, rules: tuple[Rule, ...]) -> set[str]:
    named = {file.treatment.column, file.study.id, file.study.centre, SYNTHETIC_COLUMN}
    named |= {each.column for each in (*file.predictors, *file.propensity_codebook)}
    named |= {outcome.column for outcome in file.outcomes}
    named |= {column for rule in rules for column in rule.columns}
    if file.ordinal:
        named.add(file.ordinal.column)
    return named - {""}


def _absent_columns(table: Table, wanted: set[str], file: StudyFile) -> list[Problem]:
    """Name what is absent, with the nearest column that has no other place in the study."""
    absent = sorted(wanted - set(table.columns))
    if absent and len(absent) == len(wanted):
        shown = ", ".join([name for name in table.header if name][:8])
        found = f"{table.source} has none of the study's columns; its header reads {shown}"
        advice = "Is it the right file, its separator a comma, a semicolon or a tab?"
        if table.is_spreadsheet:
            advice = "Is it the right file? The first row of its first sheet must name the columns"
        return [Problem("error", "", (), found, f"columns such as {', '.join(absent[:5])}", advice)]
    problems = []
    placed = wanted | {column.column for column in file.columns}
    free = [name for name in table.header if name not in placed and not looks_late(name)]
    spelled = {name.lower(): name for name in free if name}
    for column in absent:
        near = difflib.get_close_matches(column.lower(), spelled, 1)
        advice = "Add it, or correct the study file"
        if near:
            advice = f"Did you mean '{spelled[near[0]]}'?"
        problems.append(Problem("error", column, (), "the file has no such column", "", advice))
    return problems


def _order(ids: NDArray[np.str_], *, by_id: bool) -> NDArray[np.intp]:
    """Sort by id, numbers as numbers, so that the order of the file does not matter."""
    if not by_id:
        return np.arange(ids.size)
    if not np.char.isdecimal(ids).all():
        return np.argsort(ids, kind="stable")
    digits = np.char.lstrip(ids, "0")  # an id may be too long for an integer
    return np.lexsort((ids, digits, np.char.str_len(digits)))
