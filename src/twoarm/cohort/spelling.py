"""How texts are compared, and what in them cannot be seen.

Loads nothing beyond the standard library: the bedside compares codes too.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["folded", "is_slip_of", "is_spreadsheet_error", "name_folded", "named", "plain"]

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_LOOK_ALIKES = str.maketrans(
    "АВЕКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο‐‑‒–—−’‘ʼ`´",
    "ABEKMHOPCTYXaeopcyxijsABEZHIKMNOPTYXo------'''''",
)
"""Letters and marks that look like those of a keyboard."""

_LATIN = re.compile("[A-Za-z0-9]")
_WORD = re.compile(r"\w+")
_POINT_ZERO = re.compile(r"([0-9]+)\.0*")
_LEADING_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")
_ZEROS_AFTER_A_LETTER = re.compile(r"(?<=[^\W\d])0+(?=\d)")
_LETTER_AND_DIGIT = re.compile(r"(?<=[^\W\d]) (?=\d)|(?<=\d) (?=[^\W\d])")
_UMLAUTS = re.compile("(?<=[aou])e")
_LONG_WORD = 5
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
    latin = _WORD.sub(lambda word: _passing_named(word[0]), text)
    return "".join(_name(each) if _is_invisible(each) else each for each in latin)


def _passing_named(word: str) -> str:
    """Name letters that pass for Latin ones, in a word that has Latin ones or no others."""
    passing = [ord(each) in _LOOK_ALIKES for each in word]
    if not any(passing) or not (_LATIN.search(word) or all(passing)):
        return word
    return "".join(_name(each) if odd else each for each, odd in zip(word, passing, strict=True))


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cc") or character in _BLANK_LETTERS


def _name(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"<U+{ord(character):04X}{' ' + name if name else ''}>"


def folded(text: str) -> str:
    """Give what is left of an id or a code without case, leading zeros and what cannot be seen.

    What looks the same is the same: letters of other scripts, dashes, wide digits; and 12.0 is 12.

    Examples
    --------
    >>> folded("P007"), folded("p7"), folded("1.05"), folded("12.0")
    ('p7', 'p7', '1.05', '12')
    >>> folded("\u0420-1"), folded("P\u20131"), folded("\uff30-\uff11"), folded("'P-1")
    ('p-1', 'p-1', 'p-1', 'p-1')
    """
    if not (text.isascii() and text.isprintable()):
        wide = unicodedata.normalize("NFKC", plain(text))
        text = "".join(each for each in wide if not _is_invisible(each))
    words = " ".join(text.translate(_LOOK_ALIKES).casefold().split()).lstrip("'")
    whole = _POINT_ZERO.fullmatch(words)
    return _LEADING_ZEROS.sub("", whole[1] if whole else words)


def name_folded(text: str) -> str:
    """Give what is left of a name without accents and punctuation, too.

    Examples
    --------
    >>> name_folded("St. Anna-Spital"), name_folded("ST ANNA  SPITAL"), name_folded("H-01")
    ('st anna spital', 'st anna spital', 'h1')
    >>> name_folded("K\u00f6ln"), name_folded("Koeln"), name_folded("K\u00c3\u00b6ln")
    ('koln', 'koln', 'koln')
    """
    apart = unicodedata.normalize("NFKD", folded(_decoded(text)))
    letters = (each for each in apart if not unicodedata.combining(each))
    words = "".join(each if each.isalnum() else " " for each in letters).split()
    joined = _LETTER_AND_DIGIT.sub("", " ".join(words))
    return _UMLAUTS.sub("", _ZEROS_AFTER_A_LETTER.sub("", joined))


def is_slip_of(first: str, second: str) -> bool:
    """Say whether folded names differ by one slip of the pen in one long word.

    A letter more, less, or another, or two that changed places, in a word of five letters or more:
    A and B, II and III, North and South are names of their own.

    Examples
    --------
    >>> is_slip_of("chu grenoble", "chu grenobel"), is_slip_of("munster", "munstr")
    (True, True)
    >>> is_slip_of("clinic 11", "clinic 12"), is_slip_of("lyon a", "lyon b")
    (False, False)
    """
    words, others = first.split(), second.split()
    if len(words) != len(others):
        return False
    odd = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    if len(odd) != 1 or not all(word.isalpha() for word in odd[0]):
        return False
    return min(map(len, odd[0])) >= _LONG_WORD and _is_one_slip(*sorted(odd[0], key=len))


def _is_one_slip(short: str, long: str) -> bool:
    pairs = enumerate(zip(short, long, strict=False))
    start = next((k for k, (one, other) in pairs if one != other), len(short))
    rest, its = short[start:], long[start:]
    if len(rest) < len(its):
        return rest == its[1:]
    return rest[1:] == its[1:] or (rest[:2] == its[1::-1] and rest[2:] == its[2:])


def _decoded(text: str) -> str:
    """Read again what was written as UTF-8 and read as Windows-1252."""
    try:
        return text if text.isascii() else text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def is_spreadsheet_error(text: str) -> bool:
    """Say whether a cell holds an error of a spreadsheet, in whatever language.

    Examples
    --------
    >>> [is_spreadsheet_error(each) for each in ("#REF!", "#BEZUG!", "#N/A", "#NAME?", "# 3")]
    [True, True, True, True, False]
    """
    return text.startswith("#") and _SPREADSHEET_ERROR.fullmatch(text) is not None
