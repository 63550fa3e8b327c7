"""Ctrl-C: exit code 130, what to type next, and no word of half-made objects."""

from __future__ import annotations

import signal
import subprocess
import sys

HALF_MADE = """
import os, signal
from twoarm.cli.interrupt import stoppable

signal.signal(signal.SIGINT, signal.default_int_handler)

class Compiled:
    def __init__(self):
        os.kill(os.getpid(), signal.SIGINT)  # arrives before the next line
        for _ in range(1000):
            pass
        self.reference = 1

    def __del__(self):
        del self.reference

import typer
try:
    with stoppable("Advice."):
        Compiled()
except typer.Exit as stop:
    raise SystemExit(stop.exit_code)
"""


def test_objects_that_ctrl_c_left_half_made_say_nothing():
    done = subprocess.run([sys.executable, "-c", HALF_MADE], capture_output=True, text=True)
    assert done.returncode == 130
    assert done.stderr.strip() == "Stopped. Advice."


def test_the_same_object_does_complain_where_nobody_listens_for_ctrl_c():
    unguarded = HALF_MADE.replace('stoppable("Advice.")', "__import__('contextlib').nullcontext()")
    done = subprocess.run([sys.executable, "-c", unguarded], capture_output=True, text=True)
    assert "AttributeError" in done.stderr


def test_the_handler_is_as_before_when_the_work_is_done():
    before = signal.getsignal(signal.SIGINT)
    from twoarm.cli.interrupt import stoppable

    with stoppable():
        pass
    assert signal.getsignal(signal.SIGINT) is before
