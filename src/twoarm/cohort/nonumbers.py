"""Cells that are no numbers: what kind they are, and what to do about each."""

from __future__ import annotations

import re
from collections.abc import Callable

from twoarm.cohort.codebook import spells_number
from twoarm.cohort.dates import is_like_date

__all__ = ["DATES", "KINDS"]

DATES = (
    "Spreadsheets make dates of entries such as 1-2 and 3/4: format the column as text and enter "
    "them again, or list their code under missing_codes"
)
_LIMITED = re.compile(
    r"(?:[<>≤≥＜＞~≈]=?|ca\.?|circa)\s*[-+]?[0-9.,]+.*|[0-9.,]+\s*\+", re.IGNORECASE
)
_SPAN = re.compile(r"[0-9.,]+\s*(?:[-–—]|to|bis|à)\s*[0-9.,]+")
_GROUPED = re.compile(
    r"[-+]?[0-9]{1,3}(?:['’ʼ _][0-9]{3})+(?:[.,][0-9]*)?"
    r"|[-+]?[0-9]{1,3}(?:\.[0-9]{2,3})+,[0-9]*|[-+]?[0-9]{1,3}(?:,[0-9]{2,3})+\.[0-9]*"
    r"|[-+]?[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|,[0-9]{2,3}(?:,[0-9]{3})+)"
)
_WITH_UNIT = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?\s*°?[^\W\d_][\w/%°^*. ]*")


def _other_digits(cell: str) -> bool:
    """Say whether it is a number in other signs than those of a keyboard."""
    if spells_number(cell):
        return False  # one that is too large
    spelled = "".join(str(int(each)) if each.isdecimal() else each for each in cell)
    return spells_number(re.sub("[−–—]", "-", spelled).replace("٫", ".").replace("．", "."))


KINDS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (is_like_date, DATES),
    (
        lambda cell: cell.endswith("%"),
        "Write the numbers without the sign, all as percents or all as shares, or list their code "
        "under missing_codes",
    ),
    (
        lambda cell: _LIMITED.fullmatch(cell) is not None or _SPAN.fullmatch(cell) is not None,
        "Only limits are known: write the number to count with, as your protocol says (half the "
        "limit of detection, the limit, the middle). As missing codes they would be imputed from "
        "the others",
    ),
    (lambda cell: _GROUPED.fullmatch(cell) is not None, "Write thousands without a separator"),
    (_other_digits, "Write numbers with the digits 0 to 9, a decimal point, and - for less than 0"),
    (
        lambda cell: _WITH_UNIT.fullmatch(cell) is not None and not spells_number(cell),
        "Write the number alone, all in one unit, or list their code under missing_codes",
    ),
    (lambda _: True, "Correct the cells, or list their code under missing_codes"),
)
"""Whether a cell is of a kind, and the advice; asked in this order."""
