"""Is a text a date or a time, such as those that spreadsheets make of 1-2 and 3/4?

Loads nothing beyond the standard library: the bedside reads cells too.
"""

from __future__ import annotations

import re

__all__ = ["is_like_date", "is_like_day_and_month"]

_MONTH = (
    r"(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|févr|mars|avr|"
    r"juin|juil|août|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott)[^\W\d_]*\.?"
)
_OF = r"(?:[-. ,/]+|\s+de\s+)"
_YEAR = r"(?:[0-9]{4}|'?[0-9]{2})"
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:\s?[ap]\.?m\.?)?(?:Z|[-+][0-9:]+)?"
_DATE = re.compile(
    rf"(?:[0-9]{{4}}([-./])[0-9]{{1,2}}\1[0-9]{{1,2}}"
    rf"|[0-9]{{1,2}}([-./])[0-9]{{1,2}}\2{_YEAR}"
    rf"|[0-9]{{1,2}}\.\s?[0-9]{{1,2}}\."
    rf"|[0-9]{{1,2}}{_OF}{_MONTH}(?:{_OF}{_YEAR})?"
    rf"|{_MONTH}{_OF}(?:[0-9]{{1,2}}{_OF})?{_YEAR}"
    rf"|{_MONTH}{_OF}[0-9]{{1,2}}"
    rf"|[0-9]{{4}}年[0-9]{{1,2}}月(?:[0-9]{{1,2}}日)?)"
    rf"(?:[T ]+{_TIME})?|{_TIME}",
    re.IGNORECASE,
)

_DAY_AND_MONTH = re.compile(r"0[1-9]\.(?:0[1-9]|1[0-2])")


def is_like_date(text: str) -> bool:
    """Say whether a text is a date or a time of the day.

    Examples
    --------
    >>> [is_like_date(each) for each in ("2024-02-01", "02-Jan", "1.2.2024", "12:30")]
    [True, True, True, True]
    >>> [is_like_date(each) for each in ("1-2", "140/90", "1.2", "Mart 5b")]
    [False, False, False, False]
    """
    return _DATE.fullmatch(text) is not None


def is_like_day_and_month(text: str) -> bool:
    """Say whether a number is written as a spreadsheet writes a day: 01.02 for what was 1.2 or 1-2.

    Examples
    --------
    >>> [is_like_day_and_month(each) for each in ("01.02", "07.11", "1.2", "0.12", "10.05")]
    [True, True, False, False, False]
    """
    return _DAY_AND_MONTH.fullmatch(text) is not None
