"""Any executor, any number of workers, any interruption, any parts: the same bytes."""

import hashlib
import signal
import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from twoarm.report import write_report
from twoarm.study import merge_shards, read_shards, run, run_shard

REPLICATES = 30
KILLS_ITSELF = """
import os, signal
import twoarm.resampling.store as store
from twoarm.cli.main import main

store._SECONDS_BETWEEN_COMMITS = 0.0
written = 0
write, commit = store.RunStore.write, store.RunStore.commit

def count(self, replicate):
    global written
    written += 1
    write(self, replicate)

def stop(self):
    if written == {last}:  # its arrays are written and the ledger does not know yet
        os.kill(os.getpid(), signal.SIGKILL)
    commit(self)

store.RunStore.write, store.RunStore.commit = count, stop
main()
"""


def ledger(folder):
    """Content of the ledger but for its seconds."""
    connection = sqlite3.connect(folder / "replicates.sqlite")
    try:
        return {
            "ledger": connection.execute("SELECT i, status FROM replicate ORDER BY i").fetchall(),
            "failures": connection.execute("SELECT * FROM failure ORDER BY i, fit").fetchall(),
        }
    finally:
        connection.close()


def content(folder):
    """Digest of everything that equal runs must share."""
    digests = {}
    for pattern in (
        "summary.json",
        "model.json",
        "report.html",
        "tables/*.csv",
        "pred/*.npy",
        "values/**/*",
        "figures/*",
    ):
        for path in sorted(each for each in folder.glob(pattern) if each.is_file()):
            digests[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return digests | ledger(folder)


def page(name):
    """Whether a file is the report's, which is drawn from the other files alone."""
    return name == "report.html" or name.startswith(("tables/", "figures/"))


@pytest.fixture(scope="module")
def reference_folder(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "run"
    write_report(run(*small, out=folder, executor="serial", replicates=REPLICATES))
    return folder


@pytest.fixture(scope="module")
def reference(reference_folder):
    found = content(reference_folder)
    assert len([name for name in found if name.startswith("pred/")]) == 24
    assert "summary.json" in found
    assert "tables/auc.csv" in found
    return found


def with_executor(executor, workers):
    def made(small, folder):
        run(*small, out=folder, executor=executor, workers=workers, replicates=REPLICATES)

    return made


def with_its_report(small, folder):
    write_report(run(*small, out=folder, executor="threads", workers=2, replicates=REPLICATES))


def in_two_shards(small, folder):
    for k, executor in ((2, "threads"), (1, "serial")):
        part = folder.with_name(f"shard-{k}")
        run_shard(*small, shard=(k, 2), out=part, executor=executor, replicates=REPLICATES)
    shards = read_shards([folder.with_name("shard-2"), folder.with_name("shard-1")])
    merge_shards(shards, *small, out=folder)


def killed_three_times(small, folder):
    """Kill at the first replicate, then twice in the middle, then resume."""
    arguments = [
        "run", str(small[0].path), "--out", str(folder), "--replicates", str(REPLICATES),
        "--executor", "serial", "--resume",
    ]  # fmt: skip
    for last, done in ((1, 0), (11, 10), (9, 18)):
        code = KILLS_ITSELF.replace("{last}", str(last))
        killed = subprocess.run([sys.executable, "-c", code, *arguments], check=False)
        assert killed.returncode == -signal.SIGKILL
        assert len(ledger(folder)["ledger"]) == done
    ended = subprocess.run(
        [sys.executable, "-m", "twoarm", *arguments], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(with_its_report, id="2 threads"),
        pytest.param(with_executor("threads", 4), id="4 threads"),
        pytest.param(with_executor("processes", 2), id="processes"),
        pytest.param(with_executor("dask", 2), id="dask"),
        pytest.param(in_two_shards, id="two shards"),
        pytest.param(killed_three_times, id="killed three times"),
    ],
)
def test_however_a_run_comes_about_its_bytes_are_the_same(small, reference, tmp_path, made):
    made(small, tmp_path / "run")
    found = content(tmp_path / "run")
    drawn = "report.html" in found
    assert found == {name: each for name, each in reference.items() if drawn or not page(name)}


def test_more_replicates_begin_with_the_fewer(small, reference_folder, reference, tmp_path):
    fewer = run(*small, out=tmp_path / "run", replicates=20, executor="serial")
    assert fewer.replicates == 20
    for path in sorted((tmp_path / "run" / "pred").glob("*.npy")):
        longer = np.load(reference_folder / "pred" / path.name)
        np.testing.assert_array_equal(np.load(path), longer[:20])
    grown = run(*small, out=tmp_path / "run", replicates=REPLICATES, executor="serial", resume=True)
    assert grown.replicates == REPLICATES
    found = content(tmp_path / "run")
    assert found == {name: each for name, each in reference.items() if not page(name)}


def test_another_seed_gives_other_numbers(small, reference, tmp_path):
    run(*small, out=tmp_path / "run", seed=7, executor="serial", replicates=REPLICATES)
    assert content(tmp_path / "run")["summary.json"] != reference["summary.json"]
