"""New patients, read by the model's own codebook."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor, Range, canonical
from twoarm.cohort.decimals import decimal_comma, with_points
from twoarm.cohort.problems import listed
from twoarm.cohort.readers import Table, read_table
from twoarm.errors import CohortError
from twoarm.modelfile.model import Model
from twoarm.modelfile.reading import read_cells

__all__ = ["Patients", "patients_of", "read_patients"]

_ADVICE = "Write decimals with a point, and thousands without a separator"
_LONGEST_CELL = 200
_TOO_LARGE = 1e300
_UNREADABLE = "\ufffd"  # no number, and no code of a level


@dataclass(frozen=True)
class Patients:
    """New patients.

    Attributes
    ----------
    rows : ndarray of int64, shape (n,)
        Row of the file, the header being row 1.
    coded : ndarray, shape (n, predictors)
        As the codebook codes them, NaN where missing or unreadable.
    unusable, remarks : list of list of str, one a patient
        Why a patient can get no prediction; what else to know (`reading.Cells`).
    others : mapping of str to ndarray of str, shape (n,)
        The file's other columns, such as an id, as they are.
    """

    rows: NDArray[np.int64]
    coded: NDArray[np.float64]
    unusable: list[list[str]]
    remarks: list[list[str]]
    others: Mapping[str, NDArray[np.str_]]


def read_patients(model: Model, path: str | Path) -> Patients:
    """Read new patients from a CSV or XLSX file with the model's columns.

    A cell that does not fit concerns its patient alone; see `Patients.unusable`.

    Raises
    ------
    CohortError
        If the file cannot be read, lacks a column, or writes decimals in two ways.
    """
    needed = {predictor.column for predictor in model.codebook}
    header = read_table(path, needed).header  # the needed columns tell the separator
    table = read_table(path, {column for column in header if column})
    _require_columns(table, needed)
    numbers = _seen(model)
    comma, found = decimal_comma(table.columns, numbers, table.rows, numbers)
    if found:
        problems = [replace(each, advice=_ADVICE) for each in found]
        raise CohortError(f"{table.source} cannot be read safely:\n{listed(problems)}")
    columns = {
        name: with_points(cells) if comma and name in numbers else cells
        for name, cells in table.columns.items()
        if name in needed
    }
    cells = read_cells(model.codebook, model.encoding.fill, columns)
    others = {name: values for name, values in table.columns.items() if name not in needed}
    return Patients(table.rows, cells.coded, cells.unusable, cells.remarks, others)


def patients_of(model: Model, records: Sequence[Mapping[str, Any]]) -> Patients:
    """Take new patients from values by column, as JSON gives them.

    A value is read as a cell of a file that holds the same text; null, or no value at all, is an
    empty cell. Where 0 and 1 are the codes of a predictor, false and true are these. What does not
    fit concerns its patient alone and is said without repeating what was given.

    Examples
    --------
    With a model whose only predictors are age and a yes or no, ``dm``::

        patients_of(model, [{"age": 71, "dm": True}, {"age": "71", "dm": None}])
    """
    columns = {
        each.column: np.array([_cell(each, record.get(each.column)) for record in records], np.str_)
        for each in model.codebook
    }
    cells = read_cells(model.codebook, model.encoding.fill, columns, repeat=False)
    for record, reasons in zip(records, cells.unusable, strict=True):
        unknown = len(record.keys() - columns.keys())
        if unknown:
            reasons.append(
                f"{unknown} {'name' if unknown == 1 else 'names'} unknown to the model, which has "
                f"{', '.join(columns)}"
            )
    rows = np.arange(1, len(records) + 1)
    return Patients(rows, cells.coded, cells.unusable, cells.remarks, {})


def _cell(predictor: Predictor, value: Any) -> str:
    """Spell a JSON value as a data file would."""
    if value is None:
        return ""
    if isinstance(value, bool):
        codes = {canonical(level.code) for level in predictor.all_levels}
        return str(int(value)) if codes == {"0", "1"} else str(value).lower()
    if isinstance(value, int | float):
        return str(value) if abs(value) < _TOO_LARGE else _UNREADABLE
    if isinstance(value, str) and len(value) <= _LONGEST_CELL and "\0" not in value:
        return value
    return _UNREADABLE


def _seen(model: Model) -> dict[str, Range]:
    """Give the limits seen in training, of the columns that are numbers."""
    support = model.content["support"]
    return {
        each.column: Range(min=support[each.column]["min"], max=support[each.column]["max"])
        for each in model.codebook
        if each.is_number
    }


def _require_columns(table: Table, needed: set[str]) -> None:
    absent = sorted(needed - set(table.columns))
    if not absent:
        return
    spelled = {name.lower(): name for name in table.header if name and name not in needed}
    hints = []
    for column in absent:
        near = difflib.get_close_matches(column.lower(), spelled, 1)
        hints += [f"rename '{spelled[near[0]]}' if it is {column}"] if near else []
    advice = f" Perhaps: {'; '.join(hints)}." if hints else ""
    raise CohortError(
        f"{table.source} has no column {', '.join(absent)}. The model needs "
        f"{', '.join(sorted(needed))}; a column may be empty where values are unknown.{advice}"
    )
