"""A second process that prepares on disk what this one is about to need."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["companion", "end_with_parent"]

_OURS = str(Path(__file__).parents[2])

_PATIENCE = 120.0
"""Seconds that are waited for a companion once this process has nothing else to do."""


@contextmanager
def companion(module: str, *arguments: str) -> Iterator[None]:
    """Run a module of twoarm in a process of its own beside the block, and wait for its end.

    Nothing may depend on it: it may not start, fail, or be given up. If the block fails it is
    ended, and if this process is killed it ends itself (`end_with_parent`).

    Examples
    --------
    >>> with companion("twoarm.execution.companion"):
    ...     print("meanwhile")
    meanwhile
    """
    process = _started(module, arguments)
    if process is None:
        yield
        return
    try:
        yield
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        return
    finally:
        process.kill()
        process.communicate()


def _started(module: str, arguments: tuple[str, ...]) -> subprocess.Popen[bytes] | None:
    """Start Python with this very package on its path; None if the system does not let us."""
    path = os.pathsep.join(filter(None, (_OURS, os.environ.get("PYTHONPATH"))))
    try:
        return subprocess.Popen(  # noqa: S603  this Python, our module
            [sys.executable, "-m", module, *arguments],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, however that came about.

    The parent holds the other end of this process's standard input and never writes to it.
    """

    def watch() -> None:
        sys.stdin.buffer.read()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
