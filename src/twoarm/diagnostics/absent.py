"""A number that is not given, and why."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Absent"]


@dataclass(frozen=True, slots=True)
class Absent:
    """Stands where a number would, with the reason why there is none."""

    reason: str
