"""The store keeps what it was given, whatever happens in between."""

import sqlite3
import tracemalloc

import numpy as np
import pytest

from twoarm.errors import RunFolderError
from twoarm.resampling import ArraySpec, FitFailure, RunStore, StoredReplicate

SPECS = (ArraySpec("mu0", 3, "float32"), ArraySpec("flags", 1, "uint8"))


def replicate(index, *, failed=False, width=3):
    if failed:
        return StoredReplicate(index, {}, (FitFailure("control/death", "FitError: no"),), 0.1)
    rows = {"mu0": np.full(width, index / 100), "flags": np.array([index % 2])}
    return StoredReplicate(index, rows, (), 0.1)


class Killed(BaseException):
    """Stands for the end of the process."""


def abandon(store):
    """Leave the store as a killed process does: nothing committed, nothing closed in order."""
    store._pending.clear()
    store.close()


def test_what_was_written_is_there_after_opening_again(tmp_path):
    with RunStore(tmp_path, SPECS, 4) as store:
        store.write(replicate(2))
        store.write(replicate(0, failed=True))
    with RunStore(tmp_path, SPECS, 4) as store:
        assert store.done().tolist() == [0, 2]
        assert store.failures() == [(0, FitFailure("control/death", "FitError: no"))]
        np.testing.assert_array_equal(store.array("mu0")[2], np.float32(0.02))
        assert np.isnan(store.array("mu0")[[0, 1, 3]]).all()
        assert store.seconds() == pytest.approx(0.2)


def test_a_replicate_is_not_done_before_its_arrays_are_flushed(tmp_path, monkeypatch):
    store = RunStore(tmp_path, SPECS, 4)
    store.write(replicate(1))

    def killed(self):
        raise Killed

    monkeypatch.setattr(np.memmap, "flush", killed)
    with pytest.raises(Killed):
        store.commit()
    monkeypatch.undo()
    abandon(store)
    with RunStore(tmp_path, SPECS, 4) as again:
        assert again.done().size == 0


def test_a_kill_between_flush_and_commit_leaves_the_replicate_to_be_done_again(
    tmp_path, monkeypatch
):
    store = RunStore(tmp_path, SPECS, 4)
    store.write(replicate(0))
    store.commit()
    store.write(replicate(1))
    store.write(replicate(3, failed=True))
    flushed = []

    def mark(self, index, failures, seconds):
        flushed.append(np.load(tmp_path / "pred" / "mu0.npy")[1])
        raise Killed

    monkeypatch.setattr(RunStore, "_mark", mark)
    with pytest.raises(Killed):
        store.commit()
    monkeypatch.undo()
    abandon(store)
    np.testing.assert_array_equal(flushed[0], np.float32(0.01))  # on disk before the ledger says so
    with RunStore(tmp_path, SPECS, 4) as again:
        assert again.done().tolist() == [0]
        assert again.failures() == []
        again.write(replicate(1))
    with RunStore(tmp_path, SPECS, 4) as again:
        assert again.done().tolist() == [0, 1]


def test_a_replicate_that_now_fails_leaves_nothing_of_its_former_self(tmp_path):
    with RunStore(tmp_path, SPECS, 2) as store:
        store.write(replicate(1))
        store.write(replicate(1, failed=True))
        assert np.isnan(store.array("mu0")[1]).all()
        assert store.array("flags")[1] == 0


def test_a_long_replicate_is_kept_at_once(tmp_path):
    store = RunStore(tmp_path, SPECS, 2)
    store.write(StoredReplicate(0, replicate(0).rows, (), seconds=60.0))
    abandon(store)
    with RunStore(tmp_path, SPECS, 2) as again:
        assert again.done().tolist() == [0]


def test_a_store_grows_and_keeps_what_is_done(tmp_path):
    with RunStore(tmp_path, SPECS, 2) as store:
        store.write(replicate(1))
    with RunStore(tmp_path, SPECS, 5) as store:
        assert store.array("mu0").shape == (5, 3)
        assert store.done().tolist() == [1]
        np.testing.assert_array_equal(store.array("mu0")[1], np.float32(0.01))
        assert np.isnan(store.array("mu0")[2:]).all()


def test_a_folder_that_cannot_keep_a_write_ahead_log_gets_a_rollback_journal(tmp_path, monkeypatch):
    class WithoutLog(sqlite3.Connection):
        def execute(self, sql, *parameters):
            if "WAL" in sql:
                raise sqlite3.OperationalError("locking protocol")
            return super().execute(sql, *parameters)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, factory=WithoutLog, **k))
    with RunStore(tmp_path, SPECS, 4) as store:
        assert store._ledger.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        store.write(replicate(3))
        store.commit()
        with pytest.raises(RunFolderError, match="in use by another process"):
            RunStore(tmp_path, SPECS, 4)
    monkeypatch.undo()
    with RunStore(tmp_path, SPECS, 4) as store:  # and elsewhere the log works again
        assert store.done().tolist() == [3]
        assert store._ledger.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_store_is_open_once_at_a_time(tmp_path):
    with RunStore(tmp_path, SPECS, 4) as store:
        store.write(replicate(3))
        with pytest.raises(RunFolderError, match="in use by another process"):
            RunStore(tmp_path, SPECS, 4)
        with pytest.raises(RunFolderError, match="in use by another process"):
            RunStore(tmp_path, SPECS, 4, fresh=True)
    with RunStore(tmp_path, SPECS, 4) as store:
        assert store.done().tolist() == [3]


def test_a_fresh_store_forgets(tmp_path):
    with RunStore(tmp_path, SPECS, 2) as store:
        store.write(replicate(0))
        store.write(replicate(1, failed=True))
    with RunStore(tmp_path, SPECS, 2, fresh=True) as store:
        assert store.done().size == 0
        assert store.failures() == []
        assert np.isnan(store.array("mu0")).all()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), "it is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-8]), "damaged"),
        (lambda path: np.save(path, np.zeros((4, 2), np.float32)), "shape"),
        (lambda path: np.save(path, np.zeros((1, 3), np.float32)), "1 rows for 3 replicates"),
    ],
)
def test_an_array_that_does_not_hold_what_the_ledger_says_is_refused(tmp_path, damage, message):
    with RunStore(tmp_path, SPECS, 4) as store:
        store.write(replicate(2))
    damage(tmp_path / "pred" / "mu0.npy")
    with pytest.raises(RunFolderError, match=message):
        RunStore(tmp_path, SPECS, 4)


def test_a_ledger_that_is_no_ledger_is_refused(tmp_path):
    (tmp_path / "replicates.sqlite").write_bytes(b"something else entirely" * 100)
    with pytest.raises(RunFolderError, match="damaged"):
        RunStore(tmp_path, SPECS, 4)


def test_parts_absorbed_are_the_whole(tmp_path):
    with RunStore(tmp_path / "whole", SPECS, 5) as whole:
        for index in range(5):
            whole.write(replicate(index, failed=index == 3))
    with RunStore(tmp_path / "merged", SPECS, 5) as merged:
        for first, count in ((2, 3), (0, 2)):
            folder = tmp_path / f"from-{first}"
            with RunStore(folder, SPECS, count, first=first) as part:
                for index in range(first, first + count):
                    part.write(replicate(index, failed=index == 3))
                part.commit()
                assert part.array("mu0").shape == (count, 3)
                merged.absorb(part)
    for name in ("mu0.npy", "flags.npy"):
        files = [tmp_path / folder / "pred" / name for folder in ("whole", "merged")]
        assert files[0].read_bytes() == files[1].read_bytes()
    with (
        RunStore(tmp_path / "whole", SPECS, 5) as whole,
        RunStore(tmp_path / "merged", SPECS, 5) as merged,
    ):
        assert merged.done().tolist() == whole.done().tolist() == [0, 1, 2, 3, 4]
        assert merged.failures() == whole.failures()
        assert merged.seconds() == pytest.approx(whole.seconds())


def test_memory_does_not_grow_with_the_number_of_replicates(tmp_path):
    width = 20_000
    peaks = []
    for count in (20, 200):
        with RunStore(tmp_path / str(count), [ArraySpec("mu0", width, "float32")], count) as store:
            tracemalloc.start()
            for index in range(count):
                store.write(StoredReplicate(index, {"mu0": np.full(width, 0.5)}, (), 0.0))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < peaks[0] + 200_000  # one row is 160 000 bytes; 180 more would be 29 MB
