"""Cells of new patients, read one patient at a time: what is wrong with one concerns no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.problems import Problem
from twoarm.cohort.values import coded

__all__ = ["Cells", "in_words", "read_cells"]

_LONGEST_SHOWN = 40
_SHOWN_LEVELS = 12


@dataclass(frozen=True)
class Cells:
    """Cells as a codebook reads them.

    Attributes
    ----------
    coded : ndarray, shape (n, predictors)
        Numbers, and positions of levels; NaN where missing or unreadable.
    unusable : list of list of str, one a patient
        Why there can be no prediction.
    remarks : list of list of str, one a patient
        What else to know: a value taken for a missing one, a value that is unusual.
    """

    coded: NDArray[np.float64]
    unusable: list[list[str]]
    remarks: list[list[str]]


def in_words(predictor: Predictor, value: float) -> str:
    """Say a coded value: the label of a level (its code where there is none), or a number's unit.

    Examples
    --------
    >>> in_words(Predictor(column="glucose", type="number", unit="mmol/L"), 6.5)
    '6.5 mmol/L'
    >>> in_words(Predictor(column="dm", type="binary"), 1.0)
    'yes'
    """
    if not predictor.is_number:
        return predictor.all_levels[int(value)].text
    return f"{value:.12g} {predictor.unit}".strip()


def read_cells(
    codebook: Sequence[Predictor],
    fill: Sequence[float],
    columns: Mapping[str, NDArray[np.str_]],
    *,
    repeat: bool = True,
) -> Cells:
    """Read the cells of each predictor's column, decimals written with a point.

    Parameters
    ----------
    codebook : sequence of Predictor
    fill : sequence of float
        What stands for a missing value, coded, predictor by predictor.
    columns : mapping of str to ndarray of str, shape (n,)
    repeat : bool
        Whether notes repeat a cell that does not fit.
    """
    n = len(next(iter(columns.values())))
    cells = Cells(np.empty((n, len(codebook))), [[] for _ in range(n)], [[] for _ in range(n)])
    for k, (predictor, value) in enumerate(zip(codebook, fill, strict=True)):
        cells.coded[:, k] = _read(predictor, value, columns[predictor.column], cells, repeat)
    return cells


def _read(
    predictor: Predictor, fill: float, column: NDArray[np.str_], into: Cells, repeat: bool
) -> NDArray[np.float64]:
    """Give the values of one predictor, and note what does not fit with whom it concerns."""
    read = coded(predictor, column, np.arange(column.size))
    values, missing = read.values.copy(), np.isnan(read.values)
    for problem in read.problems:
        is_error = problem.level == "error"
        for row in problem.rows:
            note = _misfit(predictor, str(column[row]), problem, repeat)
            (into.unusable if is_error else into.remarks)[row].append(note)
            missing[row] = False
            values[row] = np.nan if is_error else values[row]
    for row in np.flatnonzero(missing).tolist():
        taken = in_words(predictor, fill)
        into.remarks[row].append(f"{predictor.column} is missing, taken as {taken}")
    return values


def _misfit(predictor: Predictor, cell: str, problem: Problem, repeat: bool) -> str:
    """Say what is wrong with a cell to a reader who has the model and no study file."""
    text = " ".join(cell.split())
    if problem.expected == "a value":
        return f"{predictor.column} is missing"
    if problem.level == "notice":
        given = f" {text}" if repeat else ""
        return f"{predictor.column}{given}: {problem.expected}"
    shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
    wanted = problem.expected if predictor.is_number else f"one of {_levels(predictor)}"
    given = f" '{shown}'" if repeat else ""
    return f"{predictor.column}{given}: expected {wanted}"


def _levels(predictor: Predictor) -> str:
    """List the codes with their labels."""
    levels = predictor.all_levels
    shown = [
        f"{level.code} ({level.label})" if level.label else f"{level.code}"
        for level in levels[:_SHOWN_LEVELS]
    ]
    return ", ".join([*shown, *(["..."] if len(levels) > _SHOWN_LEVELS else [])])
