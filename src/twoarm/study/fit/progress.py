"""How far a run is, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Listener", "Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands.

    `stage` is a short text; `done` of `total` pieces of it are finished; `seconds` is what it
    cost, where that is told.
    """

    stage: str
    done: int
    total: int
    seconds: float | None = None


Listener = Callable[[Progress], None]
