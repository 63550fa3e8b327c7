"""Shards, their merger and single replicates as a user types them, in processes of their own."""

import json
import re
import subprocess
import sys
import time

import pytest

from twoarm.cli.run import _shard
from twoarm.errors import ArgumentError


def twoarm(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "twoarm", *map(str, arguments)],
        capture_output=True, text=True, check=False, **options,
    )  # fmt: skip


def test_shards_write_the_store_alone_and_merge_to_a_whole_run(small_study_file, tmp_path):
    shared = ["run", small_study_file, "--replicates", 5]
    for k in (1, 2):
        done = twoarm(*shared, "--shard", f"{k}/2", "--out", tmp_path / str(k))
        assert done.returncode == 0, done.stderr
        assert {path.name for path in (tmp_path / str(k)).iterdir()} == {
            "pred", "replicates.sqlite", "run.json",
        }  # fmt: skip
    assert "Shard 2 of 2: replicates 2 to 4" in done.stdout
    path = tmp_path / "1" / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"cpu": "Abacus"}))
    merged = twoarm("merge", tmp_path / "2", tmp_path / "1", "--out", tmp_path / "all")
    assert merged.returncode == 0, merged.stderr
    assert "warning: computed on several types of processor" in merged.stderr
    assert "Abacus" in merged.stderr
    whole = twoarm(*shared, "--out", tmp_path / "whole")
    assert whole.returncode == 0, whole.stderr
    for name in ("summary.json", "model.json", "report.html"):
        files = [tmp_path / folder / name for folder in ("all", "whole")]
        assert files[0].read_bytes() == files[1].read_bytes()
    record = json.loads((tmp_path / "all" / "run.json").read_text())
    assert record["finished"]
    assert [origin["shard"] for origin in record["merged_from"]] == ["1/2", "2/2"]
    half = twoarm("merge", tmp_path / "1", "--out", tmp_path / "half")
    assert half.returncode == 2
    assert "no shard holds replicates 2 to 4 of 5" in half.stderr
    assert not (tmp_path / "half").exists()


@pytest.mark.parametrize("shard", ["a/b", "3/2"])
def test_a_shard_that_is_none_is_a_user_error(small_study_file, tmp_path, shard):
    done = twoarm("run", small_study_file, f"--shard={shard}", "--out", tmp_path / "run")
    assert done.returncode == 2
    assert "k/K" in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("text", ["3", "a/b", "1/2/3", "-1/2", "/", ""])
def test_what_is_no_pair_of_numbers_is_named(text):
    with pytest.raises(ArgumentError, match=re.escape(f"such as 3/40; found '{text}'")):
        _shard(text)


def test_one_replicate_again_writes_nothing(small_study_file, tmp_path):
    done = twoarm("run", small_study_file, "--only", 7, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Replicate 7: 0 of 8 fits failed." in done.stdout
    assert not list(tmp_path.iterdir())
    outside = twoarm("run", small_study_file, "--only", 12, cwd=tmp_path)
    assert outside.returncode == 2
    assert "from 0 to 11; found 12" in outside.stderr


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT COUNT(*) FROM n"
INTERRUPTED = f"""
import os, signal, sqlite3, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job starts deaf to it
from twoarm.cli.interrupt import stoppable
sys.argv = ["twoarm", "run", "my study.toml"]
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
with stoppable():
    sqlite3.connect(":memory:").execute({ENDLESS!r}).fetchone()  # one step without end
"""


def test_ctrl_c_is_answered_while_compiled_code_runs():
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 130
    assert done.stderr == "\nStopped. Go on with:\n  twoarm run 'my study.toml' --resume\n"
    assert time.monotonic() - start < 30
