"""New patients, read by the model's own codebook."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Range
from twoarm.cohort.decimals import decimal_comma, with_points
from twoarm.cohort.problems import listed
from twoarm.cohort.readers import Table, read_table
from twoarm.errors import CohortError
from twoarm.modelfile.model import Model
from twoarm.modelfile.reading import read_cells

__all__ = ["Patients", "read_patients"]

_ADVICE = "Write decimals with a point, and thousands without a separator"


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
