"""The checks that resampling makes of outcomes and labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError

__all__ = ["binary", "labels_of"]

_SPELLED_MISSING = ("", "nan", "none", "<na>", "nat")  # what is left of them in an array of text
_SHOWN = 5


def binary(y: ArrayLike) -> NDArray[np.int64]:
    """Code an outcome of two classes as 0 and 1; the second in sorted order is the event."""
    labels = _complete("y", y, "Leave these rows out: nobody knows whether they had the event.")
    if labels.ndim != 1:
        raise ArgumentError(f"y must be one column of two classes; found shape {labels.shape}.")
    classes = _classes("y", labels)
    if classes.size != 2:
        shown = ", ".join(repr(each) for each in classes[:_SHOWN].tolist())
        more = ", ..." if classes.size > _SHOWN else ""
        raise ArgumentError(
            f"y must be one column of two classes; found {classes.size} different values in "
            f"{labels.size} rows: {shown}{more}."
        )
    return np.asarray(labels == classes[1], dtype=np.int64)


def labels_of(name: str, values: ArrayLike | None, n: int) -> NDArray[Any] | None:
    """Check that strata or groups, as `name` says, have one label a row."""
    if values is None:
        return None
    labels = _complete(name, values, "Give each row a label, a lone row one of its own.")
    if labels.shape != (n,):
        raise ArgumentError(
            f"`{name}` needs one label a row ({n} rows); found shape {labels.shape}."
        )
    _classes(name, labels)
    return labels


def _complete(name: str, values: ArrayLike, advice: str) -> NDArray[Any]:
    """Give labels as they came, not turned into text; ArgumentError where one is missing."""
    import pandas as pd

    cells = np.asarray(values, dtype=object)
    spelled = [_spells_missing(cell) for cell in cells.flat]
    missing = np.asarray(pd.isna(cells)) | np.array(spelled, dtype=np.bool_).reshape(cells.shape)
    if isinstance(values, np.ma.MaskedArray):
        missing |= np.ma.getmaskarray(values)
    rows = np.unique(np.nonzero(missing)[0]) if cells.ndim else np.empty(0)
    if rows.size:
        shown = ", ".join(str(row) for row in rows[:_SHOWN])
        more = ", ..." if rows.size > _SHOWN else ""
        many = "row" if rows.size == 1 else "rows"
        raise ArgumentError(
            f"{name} is missing in {rows.size} {many} (first {shown}{more}; counted from 0). "
            f"{advice}"
        )
    return np.asarray(values) if hasattr(values, "dtype") else cells


def _spells_missing(cell: object) -> bool:
    return isinstance(cell, str) and cell.strip().lower() in _SPELLED_MISSING


def _classes(name: str, labels: NDArray[Any]) -> NDArray[Any]:
    """Give the different labels in order; ArgumentError if they have none."""
    try:
        return np.unique(labels)
    except TypeError as error:
        kinds = sorted({type(label).__name__ for label in labels.tolist()})
        raise ArgumentError(
            f"{name} holds labels of several kinds ({', '.join(kinds)}). Spell all of them as "
            "texts, or all as numbers."
        ) from error
