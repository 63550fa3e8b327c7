"""Who waits for a long map is told how far it is, and how long it may still take.

The maps lie deep below whoever shows progress; a listener is set for a stretch of work, and every
map that is begun in it reports there. Nothing is reported from within a task: whoever computes it
may sit on another computer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["MapProgress", "counted", "watched"]

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class MapProgress:
    """Where a map stands.

    Attributes
    ----------
    done, total : int
        Items.
    left : float or None
        Seconds that the others may take, if they take as long as those that are done; None before
        the first one is.
    """

    done: int
    total: int
    left: float | None


_watcher: ContextVar[Callable[[MapProgress], None] | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(tell: Callable[[MapProgress], None]) -> Iterator[None]:
    """Have every map that is begun within this block report its items.

    Examples
    --------
    >>> from twoarm.execution import run_tasks
    >>> seen = []
    >>> with watched(seen.append):
    ...     _ = list(run_tasks(abs, [-1, 2], executor="serial"))
    >>> [(each.done, each.total) for each in seen]
    [(0, 2), (1, 2), (2, 2)]
    """
    token = _watcher.set(tell)
    try:
        yield
    finally:
        _watcher.reset(token)


def counted(results: Iterator[Result], total: int) -> Iterator[Result]:
    """Give a map's results, and report each to whoever watches where the map was begun."""
    tell = _watcher.get()
    return results if tell is None or total == 0 else _told(results, total, tell)


def _told(
    results: Iterator[Result], total: int, tell: Callable[[MapProgress], None]
) -> Iterator[Result]:
    start = time.monotonic()
    tell(MapProgress(0, total, None))
    for done, result in enumerate(results, 1):
        each = (time.monotonic() - start) / done
        tell(MapProgress(done, total, each * (total - done)))
        yield result
