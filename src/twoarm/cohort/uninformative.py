"""Columns that add nothing: one value in everybody, or another column again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.problems import Problem

__all__ = ["uninformative"]

_FEWEST = 2


def uninformative(codebook: Sequence[Predictor], columns: NDArray[np.float64]) -> Iterator[Problem]:
    """Point at columns that are the same in everybody, and at columns that are equal.

    Parameters
    ----------
    codebook : sequence of Predictor
    columns : ndarray, shape (n, columns)
        As the codebook codes them, NaN where missing.
    """
    seen: dict[bytes, str] = {}
    for predictor, values in zip(codebook, columns.T, strict=True):
        known = values[np.isfinite(values)]
        if known.size < _FEWEST:
            continue
        if known.min() == known.max():
            found = f"the same in all {known.size} patients in whom it is known"
            yield _notice(predictor, found, "It tells no patient from another; drop it")
            continue
        earlier = seen.setdefault((values + 0.0).tobytes(), predictor.column)
        if earlier != predictor.column:
            found = f"equal to {earlier} in every patient"
            yield _notice(predictor, found, "Is one of them the wrong column? Else drop one")


def _notice(predictor: Predictor, found: str, advice: str) -> Problem:
    return Problem("notice", predictor.column, (), found, "", advice)
