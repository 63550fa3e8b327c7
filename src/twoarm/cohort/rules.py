"""Eligibility rules: comparisons joined by ``and`` and ``or``, read by our own parser.

::

    rule       = conjunction { "or" conjunction }
    conjunction = comparison { "and" comparison }
    comparison = "(" rule ")" | column operator value | column "in" "[" value { "," value } "]"
    operator   = "==" | "!=" | "<" | "<=" | ">" | ">="
    value      = number | "text" | 'text'

A comparison with a missing value is neither true nor false (Kleene's logic): the patient's
eligibility is unknown unless the rest of the rule decides it. A column that is compared with
unquoted numbers must hold numbers; quoted values are codes, and may be anything.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import canonical, spells_number
from twoarm.errors import StudyFileError

__all__ = ["Rule", "parse_rule"]

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[-+]?[0-9]+(?:\.[0-9]+)?(?![\w.]))|(?P<text>"[^"]*"|'[^']*')"""
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
_KEYWORDS = ("and", "or", "in")
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class _Comparison:
    column: str
    sign: str
    values: tuple[str, ...]
    of_numbers: bool

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
        """Columns that it compares with numbers, which must hold numbers."""
        of_numbers = (each for each in _comparisons(self.tree) if each.of_numbers)
        return tuple(dict.fromkeys(each.column for each in of_numbers))

    def named(self, column: str) -> tuple[str, ...]:
        """Give the values that it compares a column with, spelled canonically."""
        values = (each.values for each in _comparisons(self.tree) if each.column == column)
        return tuple(canonical(value) for several in values for value in several)

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


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


class _Parser:
    def __init__(self, text: str):
        self.text = text
        self.tokens = list(self._split())
        self.position = 0
        self.depth = 0

    def _split(self) -> Iterator[_Token]:
        at = 0
        while self.text[at:].strip():
            match = _TOKEN.match(self.text, at)
            if match is None:
                rest = self.text[at:].strip()
                raise self._error(f"cannot read '{rest}'", self.text.index(rest, at))
            kind = str(match.lastgroup)
            yield _Token(kind, match.group(kind), match.start(kind))
            at = match.end()
        yield _Token("end", "the end", len(self.text))

    def _error(self, what: str, at: int | None = None) -> StudyFileError:
        place = self._next.at if at is None else at
        return StudyFileError(
            f"Eligibility rule '{self.text}', character {place + 1}: {what}. A rule compares "
            'columns with values, such as \'premrs <= 2 and site in ["M1", "M2"]\'.'
        )

    @property
    def _next(self) -> _Token:
        return self.tokens[self.position]

    def _is_next(self, kind: str, *texts: str) -> bool:
        return self._next.kind == kind and self._next.text in texts

    def _take(self, kind: str, expected: str, *texts: str) -> str:
        token = self._next
        if token.kind != kind or (texts and token.text not in texts):
            raise self._error(f"expected {expected}, found {token.text}")
        self.position += 1
        return token.text

    def parse(self) -> _Comparison | _Joined:
        tree = self._rule()
        if self._next.kind != "end":
            raise self._error(f"expected and, or, or the end; found {self._next.text}")
        return tree

    def _rule(self) -> _Comparison | _Joined:
        return self._joined("or", lambda: self._joined("and", self._comparison))

    def _joined(
        self, word: str, part: Callable[[], _Comparison | _Joined]
    ) -> _Comparison | _Joined:
        parts = [part()]
        while self._is_next("word", word):
            self.position += 1
            parts.append(part())
        return parts[0] if len(parts) == 1 else _Joined(word, tuple(parts))

    def _comparison(self) -> _Comparison | _Joined:
        if self._is_next("mark", "("):
            return self._in_parentheses()
        if self._is_next("word", *_KEYWORDS):
            raise self._error(f"expected a column, found {self._next.text}")
        column = self._take("word", "a column")
        if self._is_next("word", "in"):
            self.position += 1
            values = self._list()
            return _Comparison(
                column, "in", tuple(text for _, text in values), _all_numbers(values)
            )
        sign = self._take("operator", "one of == != < <= > >= in")
        at = self._next.at
        value = self._value(may_be_empty=sign == "!=")
        if sign in _ORDERED and not spells_number(value[1]):
            raise self._error(f"{sign} compares numbers; found '{value[1]}'", at)
        of_numbers = sign in _ORDERED or _all_numbers([value])
        return _Comparison(column, sign, (value[1],), of_numbers)

    def _in_parentheses(self) -> _Comparison | _Joined:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._error(f"more than {_DEEPEST} parentheses inside each other")
        self.position += 1
        inner = self._rule()
        self._take("mark", ")", ")")
        self.depth -= 1
        return inner

    def _list(self) -> list[tuple[str, str]]:
        self._take("mark", "[", "[")
        values = [self._value()]
        while self._is_next("mark", ","):
            self.position += 1
            values.append(self._value())
        self._take("mark", "] or ,", "]")
        return values

    def _value(self, *, may_be_empty: bool = False) -> tuple[str, str]:
        token = self._next
        if token.kind not in ("number", "text"):
            raise self._error(f"expected a number or a quoted text, found {token.text}")
        text = token.text[1:-1].strip() if token.kind == "text" else token.text
        if not text and not may_be_empty:
            raise self._error("an empty cell is missing, and makes the rule unknown")
        self.position += 1
        return token.kind, text


def _all_numbers(values: list[tuple[str, str]]) -> bool:
    return all(kind == "number" for kind, _ in values)
