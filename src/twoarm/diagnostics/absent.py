"""A part that is not there, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from twoarm.errors import NotEstimable

__all__ = ["Absent", "attempt", "present", "required"]

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Absent:
    """What stands in place of a value that could not be had.

    Attributes
    ----------
    reason : str
        Why, for the reader of the results.
    defect : bool
        Whether twoarm is at fault; else the data do not carry the value.

    Examples
    --------
    >>> Absent("fewer than three centres have enough events")
    Absent(reason='fewer than three centres have enough events', defect=False)
    """

    reason: str
    defect: bool = False


def present(value: Value | Absent) -> Value | None:
    """Give the value, or None where it is absent.

    Examples
    --------
    >>> present(Absent("too few events")), present(0.5)
    (None, 0.5)
    """
    return None if isinstance(value, Absent) else value


def attempt(compute: Callable[[], Value]) -> Value | Absent:
    """Compute a part that the data may not carry; give why it is absent where they do not.

    Examples
    --------
    >>> attempt(lambda: 1 + 1)
    2
    """
    try:
        return compute()
    except NotEstimable as reason:
        return Absent(str(reason))


def required(value: Value | Absent) -> Value:
    """Give the value that another one rests on.

    Raises
    ------
    NotEstimable
        If it is absent: for the same reason there is none of what rests on it.

    Examples
    --------
    >>> required(0.5)
    0.5
    """
    if isinstance(value, Absent):
        raise NotEstimable(value.reason)
    return value
