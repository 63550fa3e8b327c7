"""Which values of an outcome stand apart from its scale, or from its measurements."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical
from twoarm.cohort.problems import Problem
from twoarm.cohort.scales import LONGEST_SCALE, is_unknown_code, off_the_scale
from twoarm.cohort.sentinels import far_codes

__all__ = ["apart", "is_scale", "off_the_ordinal", "whole_numbers"]

_WHOLE = re.compile("-?[0-9]+")
_RANKIN = re.compile("mrs|rankin", re.IGNORECASE)
_RANKIN_SCALE = range(7)
_SHORTEST_SCALE = 4
"""Of codes 1, 2, 3 the third is as often "not known" as it is a grade."""

_FEW = 0.05


def whole_numbers(codes: Collection[str]) -> set[int] | None:
    """Give codes as whole numbers; None if one of them is none."""
    whole = all(_WHOLE.fullmatch(code) for code in codes)
    return {int(code) for code in codes} if whole else None


def apart(title: str, values: NDArray[np.float64], meant: Collection[str]) -> list[float]:
    """Give the numbers that stand apart from the others as codes do.

    Parameters
    ----------
    title : str
        How the column is called, which tells the Rankin scale.
    values : ndarray, shape (n,)
        Finite.
    meant : collection of str
        Codes that the study file names: they belong to the scale.

    Examples
    --------
    >>> apart("mrs90", np.array([0.0, 1, 2, 6, 9]), [])
    [9.0]
    """
    scale = whole_numbers({canonical(value) for value in np.unique(values).tolist()})
    if scale and len(scale) <= LONGEST_SCALE:
        found = _off(title, scale, meant)
        if found is not None:
            return [float(code) for code in sorted(found)]
    between = _between(values)
    if between.size:
        return [float(each) for each in between]
    return [code for code in far_codes(values) if is_unknown_code(canonical(code))]


def _between(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the few values that lie between the whole numbers of a short scale, such as 2.5."""
    broken = values != np.rint(values)
    few = 0 < broken.sum() < _FEW * values.size
    scale = np.unique(values[~broken]).size <= LONGEST_SCALE
    return np.unique(values[broken]) if few and scale else np.empty(0)


def is_scale(title: str, scale: set[int], meant: Collection[str]) -> bool:
    """Say whether codes can be nothing but an unbroken scale: four or more, or the Rankin scale.

    Examples
    --------
    >>> is_scale("grade", {0, 1, 2, 3, 4}, []), is_scale("dead", {1, 2, 3}, [])
    (True, False)
    """
    long = len(scale) >= _SHORTEST_SCALE or _RANKIN.search(title) is not None
    return long and _off(title, scale, meant) == set()


def _off(title: str, scale: set[int], meant: Collection[str]) -> set[int] | None:
    """Give the codes off the scale; the Rankin scale is known to go from 0 to 6."""
    named = {int(code) for code in meant if whole_numbers([code])}
    if _RANKIN.search(title) and min(scale) >= 0:
        return scale - set(_RANKIN_SCALE) - named
    return off_the_scale(scale, named)


def off_the_ordinal(
    column: str, values: NDArray[np.float64], rows: NDArray[np.int64], meant: Collection[str]
) -> Iterator[Problem]:
    """Report values that stand apart from the scale of the ordinal outcome.

    Parameters
    ----------
    column : str
    values : ndarray, shape (n,)
        NaN where missing.
    rows : ndarray of int, shape (n,)
        Row of each value in the file.
    meant : collection of str
        Codes that outcomes of the column name.
    """
    known = values[np.isfinite(values)]
    odd = apart(column, known, meant)
    if odd:
        shown = ", ".join(f"'{canonical(code)}' ({int((known == code).sum())})" for code in odd)
        yield Problem(
            "error",
            column,
            tuple(int(row) for row in rows[np.isin(values, odd)]),
            f"found {shown}, apart from the scale of the ordinal outcome",
            "",
            "List it under missing_codes of an outcome or a [[columns]] entry if it means unknown",
        )
