"""Codes that mean yes or no, however they are spelled."""

from __future__ import annotations

from collections.abc import Collection

from twoarm.cohort.spelling import folded

__all__ = ["is_same"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES = _words("""
1 yes y true t checked positive pos + present x ja j oui o vrai si sí sì s sim verdadero vero
verdadeiro da да evet tak ano igen kyllä 是 はい 예
""")
_NO = _words("""
0 no n false f unchecked negative neg absent nein non faux nee nej nei não nao falso нет hayır nie
ne nem ei 否 いいえ 아니요
""")


def is_same(code: str, others: Collection[str]) -> bool:
    """Say whether a code is one of the others in another spelling, or another yes or no.

    Examples
    --------
    >>> is_same("TRUE", ["yes"]), is_same("DEAD", ["dead"]), is_same("0", ["no"])
    (True, True, True)
    >>> is_same("no", ["yes"]), is_same("alive", ["dead"])
    (False, False)
    """
    word, known = folded(code), {folded(other) for other in others}
    return word in known or any(word in alike and known & alike for alike in (_YES, _NO))
