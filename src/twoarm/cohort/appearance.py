"""What a column of text looks like: the kind of its values, its codes, what may mean "unknown"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical, spells_number
from twoarm.cohort.dates import is_like_date
from twoarm.cohort.scales import off_the_scale
from twoarm.cohort.sentinels import far_codes
from twoarm.cohort.spelling import is_spreadsheet_error
from twoarm.cohort.unknownwords import is_like_unknown
from twoarm.cohort.values import as_numbers

__all__ = ["LONGEST_SCALE", "Appearance", "appearance"]

LONGEST_SCALE = 7
"""More whole numbers in a row are a number rather than the grades of a scale."""

_MOST_LEVELS = 20
_SHOWN_VALUES = 6


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a column looks like.

    Attributes
    ----------
    name : str
    kind : str
        number, integer, ordinal, binary or nominal; constant, date or text for what is none.
    codes : tuple of str
        Its different values, numbers in their order.
    unknown : tuple of str
        Codes among its cells that may mean "unknown".
    n_unknown, n_empty : int
        Cells with such a code, and without anything.
    seen : str
        Its values in short.
    """

    name: str
    kind: str
    codes: tuple[str, ...]
    unknown: tuple[str, ...]
    n_unknown: int
    n_empty: int
    seen: str

    @property
    def is_number(self) -> bool:
        """Whether it is a measurement rather than a set of levels."""
        return self.kind in ("number", "integer")


def appearance(name: str, cells: NDArray[np.str_]) -> Appearance:
    """Look at a column's cells, shape (n,), in which decimals are written with a point."""
    spelled = [canonical(cell) for cell in cells[cells != ""]]
    counts = Counter(spelled)
    unknown = {code for code in counts if is_like_unknown(code) or is_spreadsheet_error(code)}
    codes = [code for code in counts if code not in unknown]
    numeric = bool(codes) and all(spells_number(code) for code in codes)
    if numeric:
        unknown |= _apart([code for code in spelled if code not in unknown])
        codes = sorted((code for code in codes if code not in unknown), key=float)
    kind = _kind(codes, numeric=numeric, n=len(spelled))
    seen = ", ".join(f"{code} ({counts[code]})" for code in codes[:_SHOWN_VALUES])
    seen += ", ..." if len(codes) > _SHOWN_VALUES else ""
    if kind in ("number", "integer"):
        seen = f"{codes[0]} to {codes[-1]}"
    n_unknown, n_empty = sum(counts[code] for code in unknown), cells.size - len(spelled)
    return Appearance(name, kind, tuple(codes), tuple(sorted(unknown)), n_unknown, n_empty, seen)


def _apart(spelled: Sequence[str]) -> set[str]:
    """Give the numbers that may be codes for "unknown"."""
    values = as_numbers(np.array(spelled, dtype=np.str_))
    values = values[np.isfinite(values)]
    whole = bool((values == np.rint(values)).all())
    scale = {int(value) for value in values} if whole else set()
    short = 0 < len(scale) <= LONGEST_SCALE + 2
    found = (off_the_scale(scale) if short else None) or far_codes(values[values != 0])
    return {canonical(float(code)) for code in found}


def _kind(codes: Sequence[str], *, numeric: bool, n: int) -> str:
    if len(codes) < 2:
        return "constant"
    if len(codes) == 2:
        return "binary"
    if numeric:
        if not all(re.fullmatch("-?[0-9]+", code) for code in codes):
            return "number"
        unbroken = int(codes[-1]) - int(codes[0]) == len(codes) - 1
        return "ordinal" if unbroken and len(codes) <= LONGEST_SCALE else "integer"
    if all(is_like_date(code) for code in codes):
        return "date"
    return "nominal" if len(codes) <= min(_MOST_LEVELS, n / 3) else "text"
