"""How far a run is, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twoarm.execution import MapProgress

__all__ = ["Listener", "Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands.

    `stage` is a short text; `done` of `total` pieces of it are finished; `seconds` is what it
    cost, where that is told. `at` names the piece that is at work, `step` says how far its
    present step is, where a piece takes long.
    """

    stage: str
    done: int
    total: int
    seconds: float | None = None
    at: str = ""
    step: MapProgress | None = None


Listener = Callable[[Progress], None]
