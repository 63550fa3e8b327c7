"""Nested objects leaf by leaf: which leaves differ, and which are in one of the two only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Difference", "Leaf", "State", "differing", "leaves"]

Leaf = str | int | float | bool | None

State = Literal["differs", "last digits", "null in A", "null in B", "only in A", "only in B"]

_ROUNDING = 1e-9
"""Relative difference below which two numbers differ by the order of additions alone."""

_NAMES = ("name", "key", "column", "variable", "question", "reason", "label", "code", "path")
"""What an element of a list is known by, so that it is found again at another position."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A leaf that is not the same in both.

    Attributes
    ----------
    path : str
        Keys joined by dots; an element of a list by its name, else by its position.
    a, b : str, number, bool or None
    state : str
        ``last digits``: numbers that differ relatively by less than 1e-9.
    """

    path: str
    a: Leaf
    b: Leaf
    state: State

    @property
    def change(self) -> float | None:
        """B minus A, where both are numbers."""
        if _is_number(self.a) and _is_number(self.b):
            return float(self.b) - float(self.a)  # type: ignore[arg-type]
        return None


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Leaf]]:
    """Give every leaf with its path; an empty object or list has none.

    Examples
    --------
    >>> dict(leaves({"rows": [{"name": "age", "mean": 70}, {"name": "sex", "mean": None}]}))
    {'rows.age.name': 'age', 'rows.age.mean': 70, 'rows.sex.name': 'sex', 'rows.sex.mean': None}
    """
    if isinstance(value, Mapping):
        parts = [(str(key), each) for key, each in value.items()]
    elif isinstance(value, Sequence) and not isinstance(value, str):
        parts = list(zip(_names(value), value, strict=True))
    else:
        yield path, value
        return
    for name, each in parts:
        yield from leaves(each, f"{path}.{name}" if path else name)


def _names(elements: Sequence[Any]) -> list[str]:
    """Name the elements of a list by what all have and no two share, else by position."""
    if elements and all(isinstance(each, Mapping) for each in elements):
        for key in _NAMES:
            names = [str(each[key]) for each in elements if each.get(key) not in (None, "")]
            if len(set(names)) == len(elements):
                return names
    return [str(k) for k in range(len(elements))]


def differing(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Give the leaves that differ, those of both first.

    Examples
    --------
    >>> [(each.path, each.state) for each in differing({"n": 1, "x": 2}, {"n": 1.0, "y": None})]
    [('x', 'only in A'), ('y', 'only in B')]
    """
    first, second = dict(leaves(a)), dict(leaves(b))
    found = [
        Difference(path, value, second[path], _state(value, second[path]))
        for path, value in first.items()
        if path in second and not _same(value, second[path])
    ]
    found += [Difference(path, value, None, state) for path, value, state in _alone(first, second)]
    found += [
        Difference(path, None, value, _TURNED[state])
        for path, value, state in _alone(second, first)
    ]
    return tuple(found)


_TURNED: dict[str, State] = {"only in A": "only in B", "null in B": "null in A"}


def _alone(own: Mapping[str, Leaf], other: Mapping[str, Leaf]) -> Iterator[tuple[str, Leaf, State]]:
    """Give the leaves of the first that the other has not, seen as A and B.

    Where an object of one is null in the other, its leaves are null there, and the null itself
    is not told again.
    """
    objects = {each for path in other for each in _above(path)}
    for path, value in own.items():
        if path in other or path in objects:
            continue
        is_null = any(each in other and other[each] is None for each in _above(path))
        yield path, value, "null in B" if is_null else "only in A"


def _above(path: str) -> Iterator[str]:
    """Give the paths of the objects that a leaf lies in."""
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def _same(a: Leaf, b: Leaf) -> bool:
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _state(a: Leaf, b: Leaf) -> State:
    if a is None:
        return "null in A"
    if b is None:
        return "null in B"
    if _is_number(a) and _is_number(b) and math.isclose(a, b, rel_tol=_ROUNDING):  # type: ignore[arg-type]
        return "last digits"
    return "differs"


def _is_number(value: Leaf) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
