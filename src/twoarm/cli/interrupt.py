"""Ctrl-C is answered at once, also while a compiled kernel runs for minutes."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import typer

__all__ = ["stoppable"]

_SECONDS_TO_STOP = 1.5


@contextmanager
def stoppable(advice: str | None = None) -> Iterator[None]:
    """End with exit code 130 on Ctrl-C, after printing what to do; by default, how to resume.

    Python hands Ctrl-C on only between two steps of its own, and one call of a kernel is one step.
    So a thread waits for the signal too, and ends the process if it is still there a moment later.
    Nothing is lost but the last replicates: the store survives being killed at any moment.
    A stop while a kernel is compiled leaves objects of the compiler half made; what these have to
    say as they are cleared away is nobody's concern.
    """
    done = threading.Event()
    farewell = f"\nStopped. {advice or _resume_command()}"
    with _woken_by_signals() as woken, _quiet_after_ctrl_c():
        threading.Thread(target=_watch, args=(woken, done, farewell), daemon=True).start()
        try:
            yield
        except KeyboardInterrupt:
            typer.echo(farewell, err=True)
            raise typer.Exit(130) from None
        finally:
            done.set()


@contextmanager
def _quiet_after_ctrl_c() -> Iterator[None]:
    """Raise KeyboardInterrupt on Ctrl-C as Python does, and print no exception of a `__del__`."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield  # somebody else answers Ctrl-C, or it is ignored: a process in the background
        return
    signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  Python's signature
    sys.unraisablehook = lambda _: None
    raise KeyboardInterrupt


@contextmanager
def _woken_by_signals() -> Iterator[socket.socket]:
    """Give a socket that receives the number of each signal the moment it arrives."""
    woken, waking = socket.socketpair()
    waking.setblocking(False)
    before = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    try:
        yield woken
    finally:
        signal.set_wakeup_fd(before)
        waking.close()
        woken.close()


def _watch(woken: socket.socket, done: threading.Event, farewell: str) -> None:
    try:
        while number := woken.recv(1):
            if number[0] == signal.SIGINT and not done.wait(_SECONDS_TO_STOP):
                sys.stderr.write(f"{farewell}\n")
                sys.stderr.flush()
                os._exit(130)
    except OSError:  # closed: the work is done
        return


def _resume_command() -> str:
    words = [Path(sys.argv[0]).name, *sys.argv[1:]]
    if "--resume" not in words:
        words.append("--resume")
    return f"Go on with:\n  {shlex.join(words)}"
