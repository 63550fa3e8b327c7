"""Any executor, any number of workers, any interruption: the same bytes."""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time

import numpy as np
import pytest

from twoarm.report import write_report
from twoarm.study import run


def content(folder):
    """Digest of everything that equal runs must share, and the ledger without its seconds."""
    digests = {}
    for pattern in (
        "summary.json",
        "model.json",
        "report.html",
        "tables/*.csv",
        "pred/*.npy",
        "figures/*",
    ):
        for path in sorted(folder.glob(pattern)):
            digests[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    with sqlite3.connect(folder / "replicates.sqlite") as ledger:
        digests["ledger"] = ledger.execute("SELECT i, status FROM replicate ORDER BY i").fetchall()
        digests["failures"] = ledger.execute("SELECT * FROM failure ORDER BY i, fit").fetchall()
    ledger.close()
    return digests


@pytest.fixture(scope="module")
def reference(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "run"
    write_report(run(*small, out=folder, executor="serial"))
    return content(folder)


@pytest.mark.parametrize(
    ("executor", "workers"), [("threads", 1), ("threads", 2), ("threads", 4), ("processes", 2)]
)
def test_executor_and_workers_change_no_byte(small, reference, tmp_path, executor, workers):
    write_report(run(*small, out=tmp_path / "run", executor=executor, workers=workers))
    assert content(tmp_path / "run") == reference


def test_a_run_that_is_killed_three_times_and_resumed_gives_the_same_bytes(
    small_study_file, reference, tmp_path
):
    folder = tmp_path / "run"
    command = [
        sys.executable, "-m", "twoarm", "run", str(small_study_file),
        "--out", str(folder), "--resume", "--executor", "serial",
    ]  # fmt: skip
    kills = 0
    for wait in (0.0, 0.15, 0.3):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not (folder / "replicates.sqlite").exists() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(wait)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
    assert kills, "the run was too fast to be killed"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert content(folder) == reference


def test_more_replicates_begin_with_the_fewer(small, tmp_path):
    fewer = run(*small, out=tmp_path / "fewer", replicates=5, executor="serial")
    more = run(*small, out=tmp_path / "more", replicates=9, executor="serial")
    for path in sorted((tmp_path / "fewer" / "pred").glob("*.npy")):
        np.testing.assert_array_equal(
            np.load(path), np.load(tmp_path / "more" / "pred" / path.name)[:5]
        )
    grown = run(*small, out=tmp_path / "fewer", replicates=9, executor="serial", resume=True)
    assert grown.summary() == more.summary()
    assert fewer.replicates == 5


def test_another_seed_gives_other_numbers(small, reference, tmp_path):
    run(*small, out=tmp_path / "run", seed=7, executor="serial", replicates=2)
    assert content(tmp_path / "run")["summary.json"] != reference["summary.json"]
