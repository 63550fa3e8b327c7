"""How texts are compared, and what in them cannot be seen or means nothing.

Loads nothing beyond the standard library: the bedside compares codes too.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "folded",
    "is_like_date",
    "is_like_unknown",
    "is_spreadsheet_error",
    "name_folded",
    "named",
    "plain",
]

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_LOOK_ALIKES = frozenset("АВЕКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο")
"""Letters of other scripts that look like Latin ones: told only beside Latin letters or digits."""

_LATIN = re.compile("[A-Za-z0-9]")
_LEADING_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")
_UNKNOWN = re.compile(
    r"""n-?a|n-d|k-a|nan|null|unk|ukn|(?:status-)?unknown|missing|(?:not|no)-(?:known|recorded
    |available|applicable|determined|reported|data|information|answer)|lost-to-f.*|ltfu|lfu
    |indeterminate|don-t-know|unbekannt|fehlt|fehlend|keine-angaben?|inconnue?|manquant
    |desconocid[oa]|sconosciut[oa]|onbekend""",
    re.VERBOSE,
)
"""Words joined by hyphens, whatever stands between them."""

_MONTHS = (
    "jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|févr|mars|avr|juin|"
    "juil|août|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott"
)
_DATE = re.compile(
    rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}(?:[ T].*)?"
    rf"|\d{{1,2}}([./-])\d{{1,2}}\1(?:\d{{2}}|\d{{4}})"
    rf"|\d{{1,2}}[-. ]{{1,2}}(?:{_MONTHS})\w*\.?(?:[- ]\d{{2,4}})?"
    rf"|(?:{_MONTHS})\.?[- ]\d{{2,4}}",
    re.IGNORECASE,
)
_SPREADSHEET_ERROR = re.compile(
    r"#(?:[¡¿]?[^\W\d_][\w/]*[!?]|N/A|N/D|NV|GETTING_DATA|#+)", re.IGNORECASE
)


def plain(text: str) -> str:
    """Give a text with composed letters and plain spaces, none at its ends.

    Examples
    --------
    >>> plain("Orle\u0301ans\u00a0Sud ") == "Orl\u00e9ans Sud"
    True
    """
    if text.isascii():
        return text.strip()
    composed = unicodedata.normalize("NFC", text)
    spaced = (" " if unicodedata.category(each) == "Zs" else each for each in composed)
    return "".join(spaced).strip()


def named(text: str) -> str:
    """Give a text in which characters that cannot be seen, or pass for others, go by their name.

    Examples
    --------
    >>> named("M1\u200b"), named("\u041c1"), named("M1")
    ('M1<U+200B ZERO WIDTH SPACE>', '<U+041C CYRILLIC CAPITAL LETTER EM>1', 'M1')
    """
    if text.isascii() and text.isprintable():
        return text
    passes = _LOOK_ALIKES if _LATIN.search(text) else frozenset[str]()
    return "".join(_name(each) if _is_invisible(each) or each in passes else each for each in text)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cc") or character in _BLANK_LETTERS


def _name(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"<U+{ord(character):04X}{' ' + name if name else ''}>"


def folded(text: str) -> str:
    """Give what is left of an id or a code without case, leading zeros and what cannot be seen.

    Examples
    --------
    >>> folded("P007"), folded("p7"), folded("1.05")
    ('p7', 'p7', '1.05')
    """
    seen = "".join(each for each in plain(text) if not _is_invisible(each))
    return _LEADING_ZEROS.sub("", seen.strip().casefold())


def name_folded(text: str) -> str:
    """Give what is left of a name without accents and punctuation, too.

    Examples
    --------
    >>> name_folded("St. Anna-Spital"), name_folded("ST ANNA  SPITAL"), name_folded("H01")
    ('st anna spital', 'st anna spital', 'h1')
    """
    apart = unicodedata.normalize("NFKD", folded(text))
    letters = (each for each in apart if not unicodedata.combining(each))
    words = "".join(each if each.isalnum() else " " for each in letters).split()
    return " ".join(words)


def is_like_unknown(text: str) -> bool:
    """Say whether a text usually means that nothing is known: blank, NA, -, ., ?, unknown, lost.

    Examples
    --------
    >>> [is_like_unknown(each) for each in ("N/A", "-", "lost to follow-up", "Naples", "0")]
    [True, True, True, False, False]
    """
    words = re.sub(r"[\W_]+", " ", text.casefold()).split()
    return not words or _UNKNOWN.fullmatch("-".join(words)) is not None


def is_like_date(text: str) -> bool:
    """Say whether a text is a date, such as those that spreadsheets make of 1-2 and 3/4.

    Examples
    --------
    >>> [is_like_date(each) for each in ("2024-02-01", "02-Jan", "1.2.2024", "1-2", "140/90")]
    [True, True, True, False, False]
    """
    return _DATE.fullmatch(text) is not None


def is_spreadsheet_error(text: str) -> bool:
    """Say whether a cell holds an error of a spreadsheet, in whatever language.

    Examples
    --------
    >>> [is_spreadsheet_error(each) for each in ("#REF!", "#BEZUG!", "#N/A", "#NAME?", "# 3")]
    [True, True, True, True, False]
    """
    return text.startswith("#") and _SPREADSHEET_ERROR.fullmatch(text) is not None
