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

import typer

__all__ = ["stoppable"]

_SECONDS_TO_STOP = 1.5


@contextmanager
def stoppable(advice: str | None = None) -> Iterator[None]:
    """End with exit code 130 on Ctrl-C, after printing what to do; by default, how to resume.

    Python hands Ctrl-C on only between two steps of its own, and one call of a kernel is one step.
    So a thread waits for the signal too, and ends the process if it is still there a moment later.
    Nothing is lost but the last replicates: the store survives being killed at any moment.
    """
    done = threading.Event()
    farewell = f"\nStopped. {advice or _resume_command()}"
    with _woken_by_signals() as woken:
        threading.Thread(target=_watch, args=(woken, done, farewell), daemon=True).start()
        try:
            yield
        except KeyboardInterrupt:
            typer.echo(farewell, err=True)
            raise typer.Exit(130) from None
        finally:
            done.set()


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
