"""Eligibility rules: comparisons joined by ``and`` and ``or``, read by our own parser.

::

    rule       = conjunction { "or" conjunction }
    conjunction = comparison { "and" comparison }
    comparison = "(" rule ")" | column operator value | column "in" "[" value { "," value } "]"
    operator   = "==" | "!=" | "<" | "<=" | ">" | ">="
    value      = number | "text" | 'text'

A comparison with a missing value is neither true nor false (Kleene's logic): the patient's
eligibility is unknown unless the rest of the rule decides it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical
from twoarm.errors import StudyFileError

__all__ = ["Rule", "parse_rule"]

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[-+]?\d+(?:\.\d+)?(?![\w.]))|(?P<text>"[^"]*"|'[^']*')"""
    r"""|(?P<operator>==|!=|<=|>=|<|>)|(?P<mark>[()\[\],])|(?P<word>[^\W\d][\w.]*))"""
)
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERED = ("<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class _Comparison:
    column: str
    sign: str
    values: tuple[str, ...]

    def holds(self, table: Mapping[str, NDArray[np.str_]]) -> tuple[NDArray[np.bool_], ...]:
        cells = table[self.column]
        known = cells != ""
        if self.sign in _ORDERED:
            numbers = np.full(cells.size, np.nan)
            numbers[known] = cells[known].astype(np.float64)
            true = np.asarray(_OPERATORS[self.sign](numbers, float(self.values[0])), np.bool_)
        else:
            spelled = np.array([canonical(cell) for cell in cells], dtype=np.str_)
            true = np.isin(spelled, [canonical(value) for value in self.values])
            if self.sign == "!=":
                true = ~true
        return true & known, ~true & known


@dataclass(frozen=True, slots=True)
class _Joined:
    word: str
    parts: tuple[_Comparison | _Joined, ...]

    def holds(self, table: Mapping[str, NDArray[np.str_]]) -> tuple[NDArray[np.bool_], ...]:
        trues, falses = zip(*(part.holds(table) for part in self.parts), strict=True)
        every, some = np.logical_and.reduce, np.logical_or.reduce
        if self.word == "and":
            return every(trues), some(falses)
        return some(trues), every(falses)


@dataclass(frozen=True, slots=True)
class Rule:
    """A parsed rule."""

    text: str
    tree: _Comparison | _Joined

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns it looks at, in order of appearance."""
        return tuple(dict.fromkeys(each.column for each in _comparisons(self.tree)))

    @property
    def number_columns(self) -> tuple[str, ...]:
        """Columns that it compares by size, which must hold numbers."""
        ordered = (each for each in _comparisons(self.tree) if each.sign in _ORDERED)
        return tuple(dict.fromkeys(each.column for each in ordered))

    def holds(
        self, table: Mapping[str, NDArray[np.str_]]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Say for which rows the rule is true, and for which it is false; the rest is unknown.

        `table` gives each column's cells as text, empty where missing.
        """
        true, false = self.tree.holds(table)
        return true, false


def _comparisons(tree: _Comparison | _Joined) -> Iterator[_Comparison]:
    if isinstance(tree, _Comparison):
        yield tree
    else:
        for part in tree.parts:
            yield from _comparisons(part)


def parse_rule(text: str) -> Rule:
    """Parse an eligibility rule.

    Raises
    ------
    StudyFileError
        If it does not follow the grammar; the message says where.

    Examples
    --------
    >>> parse_rule('premrs <= 2 and site in ["M1", "M2"]').columns
    ('premrs', 'site')
    """
    return Rule(text, _Parser(text).parse())


class _Parser:
    def __init__(self, text: str):
        self.text = text
        self.tokens = list(self._split())
        self.position = 0

    def _split(self) -> Iterator[tuple[str, str]]:
        at = 0
        while self.text[at:].strip():
            match = _TOKEN.match(self.text, at)
            if match is None:
                raise self._error(f"cannot read '{self.text[at:].strip()}'")
            yield str(match.lastgroup), match.group(str(match.lastgroup))
            at = match.end()

    def _error(self, what: str) -> StudyFileError:
        return StudyFileError(
            f"Eligibility rule '{self.text}': {what}. A rule compares columns with values, such as "
            '\'premrs <= 2 and site in ["M1", "M2"]\'.'
        )

    def _peek(self) -> tuple[str, str]:
        at_end = self.position >= len(self.tokens)
        return ("end", "the end") if at_end else self.tokens[self.position]

    def _take(self, kind: str, spelled: str | None = None) -> str:
        found_kind, found = self._peek()
        if found_kind != kind or (spelled is not None and found != spelled):
            raise self._error(f"expected {spelled or f'a {kind}'}, found {found}")
        self.position += 1
        return found

    def parse(self) -> _Comparison | _Joined:
        tree = self._joined("or", lambda: self._joined("and", self._comparison))
        if self._peek()[0] != "end":
            raise self._error(f"expected and, or, or the end; found {self._peek()[1]}")
        return tree

    def _joined(
        self, word: str, part: Callable[[], _Comparison | _Joined]
    ) -> _Comparison | _Joined:
        parts = [part()]
        while self._peek() == ("word", word):
            self.position += 1
            parts.append(part())
        return parts[0] if len(parts) == 1 else _Joined(word, tuple(parts))

    def _comparison(self) -> _Comparison | _Joined:
        if self._peek() == ("mark", "("):
            self.position += 1
            inner = self._joined("or", lambda: self._joined("and", self._comparison))
            self._take("mark", ")")
            return inner
        column = self._take("word")
        if self._peek() == ("word", "in"):
            self.position += 1
            return _Comparison(column, "in", self._list())
        sign = self._take("operator")
        value = self._value()
        if sign in _ORDERED and not re.fullmatch(r"[-+]?\d+(\.\d+)?", value):
            raise self._error(f"{sign} compares numbers; found '{value}'")
        return _Comparison(column, sign, (value,))

    def _list(self) -> tuple[str, ...]:
        self._take("mark", "[")
        values = [self._value()]
        while self._peek() == ("mark", ","):
            self.position += 1
            values.append(self._value())
        self._take("mark", "]")
        return tuple(values)

    def _value(self) -> str:
        kind, found = self._peek()
        if kind not in ("number", "text"):
            raise self._error(f"expected a number or a quoted text, found {found}")
        self.position += 1
        return found[1:-1] if kind == "text" else found
