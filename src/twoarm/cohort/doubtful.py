"""Numbers that are read as they stand and may mean something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor, canonical
from twoarm.cohort.problems import Problem
from twoarm.cohort.scales import off_the_scale
from twoarm.cohort.sentinels import far_codes, frequent_codes
from twoarm.cohort.units import other_unit

__all__ = ["doubtful_levels", "doubtful_numbers"]

_FEWEST = 3
_NEVER_ZERO = re.compile(
    r"weight|height|bmi|body.?mass|pressure|(?<![a-z])[sd]?bp(?![a-z])|heart.?rate|pulse|temperature"
    r"|h(?:a)?emoglobin|sodium|potassium|gewicht|k[oö]rpergr|blutdruck|temperatur|natrium|kalium"
    r"|poids|taille|peso(?![a-z])|altura|presi[oó]n|pressione",
    re.IGNORECASE,
)
_AGE = re.compile(r"(?<![a-z])(?:age|alter|edad|et[aà]|leeftijd)(?![a-z])", re.IGNORECASE)
_ADULT = 15
_CHANGE = re.compile("change|gain|loss|delta|diff|drop|[0-9]_[0-9]|gradient", re.IGNORECASE)

Numbers = NDArray[np.float64]


def doubtful_numbers(
    predictor: Predictor, values: Numbers, rows: NDArray[np.int64]
) -> Iterator[Problem]:
    """Point at numbers that may be codes for "unknown", or of another unit than the others.

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
    others = known[~np.isin(known, codes)]
    if codes:
        yield _notice(
            predictor,
            rows[np.isin(values, codes)],
            f"found {_counted(codes, known)}, far from the others ({others.min():g} to "
            f"{others.max():g})",
            _CODE_ADVICE,
        )
    frequent = frequent_codes(others)
    if frequent:
        yield _notice(
            predictor,
            rows[np.isin(values, frequent)],
            f"found {_counted(frequent, known)}, more than twice as often as any other value",
            _CODE_ADVICE,
        )
    low = other_unit(others)
    if low.size:
        high = others[others > low.max()]
        times = np.median(high) / np.median(low)
        yield _notice(
            predictor,
            rows[np.isin(values, low)],
            f"found values from {low.min():g} to {low.max():g} beside others from {high.min():g} "
            f"to {high.max():g}, about {times:.0f} times as large",
            "Are units mixed, such as shares and percents, metres and centimetres, mmol/L and "
            "mg/dL? Write all the same way",
        )


_CODE_ADVICE = "List it under missing_codes if it means unknown, or give the column a range"


def _counted(codes: list[float], known: Numbers) -> str:
    return ", ".join(f"'{canonical(code)}' ({int((known == code).sum())})" for code in codes)


def _is_ruled(code: float, known: Numbers, predictor: Predictor) -> bool:
    limit = predictor.range.min if code < np.median(known) else predictor.range.max
    return limit is not None


def _impossible_zero(predictor: Predictor, known: Numbers, codes: list[float]) -> list[float]:
    """Give 0 where a weight or a pressure has it: one is enough."""
    text = f"{predictor.column} {predictor.label}"
    others = known[(known != 0) & ~np.isin(known, codes)]
    if 0.0 in codes or predictor.range.min is not None or not (known == 0).any():
        return []
    if _CHANGE.search(text) or others.size < _FEWEST:
        return []
    is_age = _AGE.search(text) is not None and others.min() >= _ADULT
    never = _NEVER_ZERO.search(text) is not None and others.min() > 1
    return [0.0] if is_age or never else []


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
