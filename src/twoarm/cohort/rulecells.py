"""Cells that an eligibility rule compares as they stand, and that may mean something else."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical
from twoarm.cohort.problems import Problem
from twoarm.cohort.unknownwords import may_be_unknown
from twoarm.cohort.values import problem_at
from twoarm.cohort.yesno import is_same

__all__ = ["doubtful_codes"]


def doubtful_codes(
    column: str, cells: NDArray[np.str_], rows: NDArray[np.int64], named: Collection[str]
) -> Iterator[Problem]:
    """Point at codes that may mean "unknown", and at other spellings of what the rule names.

    Parameters
    ----------
    column : str
    cells : ndarray of str, shape (n,)
        Empty where missing.
    rows : ndarray of int, shape (n,)
        Row of each cell in the file.
    named : collection of str
        What the rule compares the column with, spelled canonically.
    """
    codes = {cell: canonical(cell) for cell in set(cells.tolist()) - {""}}
    rest = {cell: code for cell, code in codes.items() if code not in named}
    unknown = [cell for cell, code in rest.items() if may_be_unknown(code)]
    alike = [cell for cell, code in rest.items() if is_same(code, named) and cell not in unknown]
    for odd, advice in (
        (unknown, "It is compared as it stands; if it means unknown, list it under missing_codes"),
        (alike, "It is compared as it stands; if it means the same, name it in the rule, too"),
    ):
        yield from problem_at(
            np.isin(cells, odd),
            column,
            rows,
            cells,
            expected=f"in the rule: {', '.join(named)}",
            advice=advice,
            level="notice",
        )
