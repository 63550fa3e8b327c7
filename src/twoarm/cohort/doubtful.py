"""Numbers that are read as they stand and may mean something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor, canonical
from twoarm.cohort.problems import Problem
from twoarm.cohort.scales import off_the_scale
from twoarm.cohort.sentinels import far_codes

__all__ = ["doubtful_levels", "doubtful_numbers"]

_HUNDRED = 100
_GAP = 10.0
"""Hundredths lie that many times below the others: nothing is between 0.52 and 32."""

_FEWEST = 3
_NEVER_ZERO = re.compile(
    r"weight|height|bmi|body.?mass|pressure|(?<![a-z])[sd]?bp(?![a-z])|heart.?rate|pulse|temperature"
    r"|h(?:a)?emoglobin|sodium|potassium",
    re.IGNORECASE,
)
_CHANGE = re.compile("change|gain|loss|delta|diff|drop|[0-9]_[0-9]|gradient", re.IGNORECASE)

Numbers = NDArray[np.float64]


def doubtful_numbers(
    predictor: Predictor, values: Numbers, rows: NDArray[np.int64]
) -> Iterator[Problem]:
    """Point at numbers that may be codes for "unknown", and at shares beside percents.

    Parameters
    ----------
    predictor : Predictor
        A number; where it has a `range`, nothing inside it is doubted at that end.
    values : ndarray, shape (n,)
        NaN where missing.
    rows : ndarray of int, shape (n,)
        Row of each value in the file.
    """
    known = values[np.isfinite(values)]
    codes = [code for code in far_codes(known) if not _is_ruled(code, known, predictor)]
    codes += _impossible_zero(predictor, known, codes)
    if codes:
        others = known[~np.isin(known, codes)]
        shown = ", ".join(f"'{canonical(code)}' ({int((known == code).sum())})" for code in codes)
        yield _notice(
            predictor,
            rows[np.isin(values, codes)],
            f"found {shown}, far from the others ({others.min():g} to {others.max():g})",
            "List it under missing_codes if it means unknown, or give the column a range",
        )
    hundredths = _hundredths(known[~np.isin(known, codes)])
    if hundredths.size:
        others = known[known > hundredths.max()]
        yield _notice(
            predictor,
            rows[np.isin(values, hundredths)],
            f"found values from {hundredths.min():g} to {hundredths.max():g} beside others from "
            f"{others.min():g} to {others.max():g}, a hundred times as large",
            "Are shares and percents, or metres and centimetres, mixed? Write all the same way",
        )


def _is_ruled(code: float, known: Numbers, predictor: Predictor) -> bool:
    limit = predictor.range.min if code < np.median(known) else predictor.range.max
    return limit is not None


def _impossible_zero(predictor: Predictor, known: Numbers, codes: list[float]) -> list[float]:
    """Give 0 where a weight or a pressure has it: one is enough."""
    text = f"{predictor.column} {predictor.label}"
    others = known[(known != 0) & ~np.isin(known, codes)]
    if 0.0 in codes or predictor.range.min is not None or not (known == 0).any():
        return []
    if not _NEVER_ZERO.search(text) or _CHANGE.search(text) or others.size < _FEWEST:
        return []
    return [0.0] if others.min() > 1 else []


def _hundredths(known: Numbers) -> Numbers:
    """Give the values that are hundredths of the others' kind, if there are such."""
    positive = np.sort(known)
    if positive.size < 2 * _FEWEST or positive[0] <= 0:
        return np.empty(0)
    ratio = positive[1:] / positive[:-1]
    cut = int(np.argmax(ratio)) + 1
    low, high = positive[:cut], positive[cut:]
    if ratio[cut - 1] < _GAP or min(low.size, high.size) < _FEWEST or np.unique(low).size < 2:
        return np.empty(0)
    scaled = _HUNDRED * np.median(low)
    return low if high.min() <= scaled <= high.max() else np.empty(0)


def doubtful_levels(predictor: Predictor) -> Iterator[Problem]:
    """Point at a level of an ordinal that is scored as a number and stands apart, such as 9."""
    codes = [canonical(level.code) for level in predictor.levels]
    if predictor.type != "ordinal" or not all(re.fullmatch("-?[0-9]+", code) for code in codes):
        return
    apart = sorted(off_the_scale([int(code) for code in codes]) or ())
    if apart:
        shown = ", ".join(str(code) for code in apart)
        yield _notice(
            predictor,
            np.empty(0, dtype=np.int64),
            f"level {shown} stands apart from the others, and counts as that number",
            "List it under missing_codes if it means unknown",
        )


def _notice(predictor: Predictor, rows: NDArray[np.int64], found: str, advice: str) -> Problem:
    at = tuple(int(row) for row in rows)
    return Problem("notice", predictor.column, at, found, "", advice)
