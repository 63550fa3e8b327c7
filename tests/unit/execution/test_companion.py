"""A second process that nothing depends on, and that does not outlive the first."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import twoarm
from twoarm.execution import companion as module
from twoarm.execution.companion import companion

WAITS_FOR_ITS_PARENT = """
import time
from twoarm.execution.companion import end_with_parent
end_with_parent()
time.sleep(600)
"""


@pytest.fixture
def started(monkeypatch):
    """The processes that were started, each of which would run for minutes."""
    processes = []

    def start(command, **options):
        process = popen([sys.executable, "-c", WAITS_FOR_ITS_PARENT], **options)
        processes.append(process)
        return process

    popen = subprocess.Popen
    monkeypatch.setattr(module.subprocess, "Popen", start)
    yield processes
    for process in processes:
        process.kill()


def test_a_companion_is_waited_for(tmp_path, monkeypatch):
    (tmp_path / "note.py").write_text(
        "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('done')", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with companion("note", str(tmp_path / "note.txt")):
        pass
    assert (tmp_path / "note.txt").read_text() == "done"


def test_a_companion_runs_this_very_package(tmp_path, monkeypatch):
    (tmp_path / "note.py").write_text(
        "import pathlib, sys, twoarm; pathlib.Path(sys.argv[1]).write_text(twoarm.__file__)",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with companion("note", str(tmp_path / "note.txt")):
        pass
    assert (tmp_path / "note.txt").read_text() == twoarm.__file__


def test_where_no_process_can_be_started_the_block_runs_alone(monkeypatch):
    def refuse(*_, **__):
        raise OSError("no more processes")

    monkeypatch.setattr(module.subprocess, "Popen", refuse)
    with companion("twoarm.errors"):
        ran = True
    assert ran


def test_a_companion_that_fails_is_no_error():
    with companion("twoarm.no_such_module"):
        pass


def test_a_companion_that_does_not_come_to_an_end_is_ended(started, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.1)
    with companion("twoarm.errors"):
        pass
    assert started[0].returncode is not None


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_if_the_block_fails_the_companion_is_ended_and_the_error_is_kept(started, error):
    with pytest.raises(error), companion("twoarm.errors"):
        raise error
    assert started[0].returncode is not None


def is_running(pid):
    """Whether a process runs; one that has ended and waits to be noticed does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.seconds
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
def test_a_companion_ends_when_the_run_is_killed():
    script = (
        "import sys, time; from twoarm.execution import companion as module\n"
        "start = module.subprocess.Popen\n"
        f"call = [sys.executable, '-c', {WAITS_FOR_ITS_PARENT!r}]\n"
        "def told(command, **options):\n"
        "    process = start(call, **options)\n"
        "    print(process.pid, flush=True)\n"
        "    return process\n"
        "module.subprocess.Popen = told\n"
        "with module.companion('twoarm.errors'):\n"
        "    time.sleep(600)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    pid = int(run.stdout.readline())
    assert is_running(pid)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    waited = time.monotonic() + 60
    while is_running(pid) and time.monotonic() < waited:
        time.sleep(0.05)
    assert not is_running(pid)
