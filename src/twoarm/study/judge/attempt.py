"""Parts of an answer that the cohort may not support: computed, or absent with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from twoarm.diagnostics import Absent
from twoarm.errors import NotEstimable

__all__ = ["attempt"]

Part = TypeVar("Part")


def attempt(compute: Callable[[], Part]) -> Part | Absent:
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
