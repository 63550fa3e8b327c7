"""What a terminal, or a log, shows of a run that is under way."""

from __future__ import annotations

import io
import re

import pytest

from twoarm.cli import progress as module
from twoarm.cli.progress import Display, at_work
from twoarm.execution import MapProgress
from twoarm.study import Progress

AT = "heterogeneity"


def asked(done, step=None, at=AT):
    return Progress("diagnostics", done, 30, at=at, step=step)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("left", "words"),
    [(None, ""), (4.0, "less than 10 s"), (26.0, "about 30 s"), (84.0, "about 1 min 20 s"),
     (119.0, "about 2 min"), (3599.0, "about 60 min")],
)  # fmt: skip
def test_time_left_is_said_as_roughly_as_it_is_known(left, words):
    text = at_work(asked(15, MapProgress(12, 40, left)))
    assert text.startswith("now heterogeneity: 12 of 40 in this step")
    assert text.partition("step")[2] == (f", {words} left of it" if words else "")


def test_a_step_of_one_piece_has_no_parts_to_count():
    assert at_work(asked(15, MapProgress(0, 1, None))) == "now heterogeneity"
    assert at_work(Progress("bootstrap", 3, 20)) == ""


def test_a_log_names_the_question_at_work_and_the_time_left(clock):
    stream = io.StringIO()
    with Display(stream) as display:
        display(asked(0, at="target trial"))
        for done in range(1, 31):
            clock[0] += 6.0
            display(asked(15, MapProgress(done, 30, 6.0 * (30 - done))))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "diagnostics: 0 of 30, now target trial"
    assert lines[1] == (
        "diagnostics: 15 of 30, now heterogeneity: 2 of 30 in this step, "
        "about 2 min 50 s left of it"
    )
    assert len(lines) == 16  # one in ten seconds or more, each step taking six


def test_a_terminal_has_a_bar_for_the_question_at_work(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    stream = Terminal()
    with Display(stream) as display:
        display(asked(15))
        display(asked(15, MapProgress(0, 40, None)))
        display(asked(15, MapProgress(12, 40, 84.0)))
        display._bar.refresh()
    screen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    last = [line for line in screen.splitlines() if line.strip()][-2:]
    assert re.match(r"diagnostics .* 15/30 elapsed .* left", last[0])
    assert re.match(r"  heterogeneity .* 12/40 elapsed .* left", last[1])


def test_the_bar_of_a_question_goes_with_it(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    with Display(Terminal()) as display:
        display(asked(15, MapProgress(12, 40, 84.0)))
        display(asked(16, at="ranking"))
        assert [task.description.strip() for task in display._bar.tasks] == [
            "diagnostics", "ranking",
        ]  # fmt: skip
        display(Progress("diagnostics", 30, 30))
        assert [task.description.strip() for task in display._bar.tasks] == ["diagnostics"]
