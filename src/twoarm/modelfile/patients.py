"""New patients, read by the model's own codebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.decimals import decimal_comma, ranges_of, with_points
from twoarm.cohort.problems import listed
from twoarm.cohort.readers import read_table
from twoarm.cohort.values import coded
from twoarm.errors import CohortError
from twoarm.modelfile.model import Model

__all__ = ["Patients", "read_patients"]


@dataclass(frozen=True)
class Patients:
    """New patients.

    Attributes
    ----------
    rows : ndarray of int64, shape (n,)
        Row of the file, the header being row 1.
    coded : ndarray, shape (n, predictors)
        As the codebook codes them, NaN where missing.
    """

    rows: NDArray[np.int64]
    coded: NDArray[np.float64]


def read_patients(model: Model, path: str | Path) -> Patients:
    """Read new patients from a CSV or XLSX file with the model's columns.

    Raises
    ------
    CohortError
        If the file cannot be read or does not fit the codebook; all problems at once.
    """
    columns = {predictor.column for predictor in model.codebook}
    table = read_table(path, columns)
    absent = sorted(columns - set(table.columns))
    if absent:
        raise CohortError(
            f"{table.source} has no column {', '.join(absent)}. The model needs "
            f"{', '.join(sorted(columns))}."
        )
    measured = {predictor.column for predictor in model.codebook if predictor.is_number}
    ranges = ranges_of(model.codebook)
    comma, found = decimal_comma(table.columns, measured, table.rows, ranges)
    problems = list(found)
    values = []
    for predictor in model.codebook:
        cells = table.columns[predictor.column]
        if comma and predictor.is_number:
            cells = with_points(cells)
        read = coded(predictor, cells, table.rows)
        values.append(read.values)
        problems += [problem for problem in read.problems if problem.level == "error"]
    if problems:
        raise CohortError(f"The patients do not fit the model's codebook:\n{listed(problems)}")
    return Patients(table.rows, np.column_stack(values))
