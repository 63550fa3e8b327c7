"""A nested object that is put together from dotted paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from twoarm.diagnostics import Absent

__all__ = ["Node", "place", "resolved"]


class Node(dict[str, Any]):
    """An object whose keys come from several places."""


def place(tree: Node, path: str, value: Any, after: str | None = None) -> None:
    """Put a value at a dotted path; what is missing on the way is made.

    `after` names the key that it follows in its object; by default it comes last, with ``""``
    first.

    Examples
    --------
    >>> tree = Node(a=1, c=3)
    >>> place(tree, "b", 2, after="a")
    >>> list(tree)
    ['a', 'b', 'c']
    """
    *steps, last = path.split(".")
    for step in steps:
        tree = tree.setdefault(step, Node())
    tree[last] = value
    if after is None:
        return
    keys = [key for key in tree if key != last]
    keys.insert(keys.index(after) + 1 if after in keys else 0 if not after else len(keys), last)
    ordered = {key: tree[key] for key in keys}
    tree.clear()
    tree.update(ordered)


def resolved(value: Any, path: str = "") -> tuple[Any, dict[str, str]]:
    """Turn `Absent` into null, and give the reasons by path.

    A `Node` in which everything is absent for one reason is null itself.

    Examples
    --------
    >>> resolved(Node(a=Absent("why"), b=1))
    ({'a': None, 'b': 1}, {'a': 'why'})
    """
    if isinstance(value, Node):
        value = _collapsed(value)
    if isinstance(value, Absent):
        return None, {path: value.reason}
    if isinstance(value, Mapping):
        return _resolved_items(value.items(), path)
    if isinstance(value, (list, tuple)):
        plain, reasons = _resolved_items(enumerate(value), path)
        return list(plain.values()), reasons
    return value, {}


def _resolved_items(
    items: Iterable[tuple[Any, Any]], path: str
) -> tuple[dict[Any, Any], dict[str, str]]:
    plain: dict[Any, Any] = {}
    reasons: dict[str, str] = {}
    for key, each in items:
        plain[key], new = resolved(each, f"{path}.{key}" if path else str(key))
        reasons |= new
    return plain, reasons


def _collapsed(node: Node) -> Node | Absent:
    parts = [_collapsed(each) if isinstance(each, Node) else each for each in node.values()]
    if parts and all(isinstance(each, Absent) and each == parts[0] for each in parts):
        return parts[0]
    return node
