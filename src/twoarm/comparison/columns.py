"""The variables that two cohorts have in common, in one coding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor, canonical
from twoarm.cohort.cohort import Cohort

__all__ = ["Pair", "coded_together", "only_in"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pair:
    """A variable of both cohorts.

    Attributes
    ----------
    predictor : Predictor
        With the levels of both.
    a, b : ndarray, shape (patients,)
        Numbers, or the position in these levels; NaN where missing.
    """

    predictor: Predictor
    a: Floats
    b: Floats


def coded_together(a: Cohort, b: Cohort) -> Iterator[Pair]:
    """Give the variables measured in both: numbers in one unit, or levels by their codes.

    A variable that is a number in one and levels in the other, or has another unit, is not among
    them.
    """
    others = {predictor.column: (predictor, values) for predictor, values in b.measured()}
    for own, values in a.measured():
        if own.column not in others:
            continue
        other, second = others[own.column]
        if own.is_number and other.is_number and own.unit == other.unit:
            yield Pair(own, values, second)
        elif not own.is_number and not other.is_number:
            yield _by_levels(own, values, other, second)


def _by_levels(own: Predictor, a: Floats, other: Predictor, b: Floats) -> Pair:
    levels = {canonical(each.code): each for each in (*other.all_levels, *own.all_levels)}
    order = [canonical(each.code) for each in own.all_levels]
    order += [code for code in levels if code not in order]
    kind = own.type if len(order) == len(own.all_levels) else "nominal"
    predictor = own.model_copy(
        update={"levels": tuple(levels[code] for code in order), "type": kind}
    )
    place = {code: float(k) for k, code in enumerate(order)}
    moved = np.array([place[canonical(each.code)] for each in other.all_levels])
    second = np.full(b.shape, np.nan)
    known = np.isfinite(b)
    second[known] = moved[b[known].astype(np.intp)]
    return Pair(predictor, a, second)


def only_in(a: Cohort, b: Cohort) -> dict[str, str]:
    """Name what the first cohort measured and the second has not in the same kind, and why."""
    others = {predictor.column: predictor for predictor, _ in b.measured()}
    common = {each.predictor.column for each in coded_together(a, b)}
    found = {}
    for predictor, _ in a.measured():
        other = others.get(predictor.column)
        if other is None:
            found[predictor.column] = "not in the other run"
        elif predictor.column not in common:
            found[predictor.column] = f"{_kind(predictor)}; in the other run {_kind(other)}"
    return found


def _kind(predictor: Predictor) -> str:
    return f"{predictor.type}, in {predictor.unit}" if predictor.unit else predictor.type
