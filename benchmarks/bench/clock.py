"""Times of several pieces of work, taken in turn so that a noisy machine disturbs all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

__all__ = ["Timing", "interleaved", "seconds_of", "summarised"]

_SHORTEST_SECONDS = 0.02  # of one measurement: shorter work is repeated within it


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one piece of work: median, quartiles, number of measurements."""

    median: float
    low: float
    high: float
    runs: int

    def to_plain(self) -> dict[str, float]:
        """Give the attributes by name."""
        return asdict(self)


def seconds_of(work: Callable[[], Any], times: int = 1) -> float:
    """Give the seconds of one call, as the mean of some."""
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


def summarised(seconds: Sequence[float]) -> Timing:
    """Give median and quartiles."""
    low, median, high = np.quantile(seconds, [0.25, 0.5, 0.75])
    return Timing(float(median), float(low), float(high), len(seconds))


def interleaved(works: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, Timing]:
    """Time every piece of work once a round, after one call that is not counted.

    The first call fills caches and tells how often short work is to be repeated.
    """
    repeats = {
        name: max(1, int(_SHORTEST_SECONDS / max(seconds_of(work), 1e-9)))
        for name, work in works.items()
    }
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(seconds_of(work, repeats[name]))
    return {name: summarised(seconds) for name, seconds in taken.items()}
