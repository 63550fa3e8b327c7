"""Where replicates are kept: arrays on disk, and a ledger of which of them are done.

A replicate is marked done only after its arrays have been flushed, so a run that is killed at any
moment resumes to the same bytes. Only one process writes; what it holds in memory does not grow
with the number of replicates.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import RunFolderError

__all__ = ["ArraySpec", "FitFailure", "RunStore", "StoredReplicate"]

_SECONDS_BETWEEN_COMMITS = 2.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS replicate (i INTEGER PRIMARY KEY, status TEXT NOT NULL, seconds REAL);
CREATE TABLE IF NOT EXISTS failure (i INTEGER NOT NULL, fit TEXT NOT NULL, error TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class ArraySpec:
    """One array of the store: its name, the width of a replicate's row, its type."""

    name: str
    width: int
    dtype: str


@dataclass(frozen=True, slots=True)
class FitFailure:
    """One fit of a replicate that failed, such as ``control/mrs_0_2``, and its error."""

    fit: str
    error: str


@dataclass(frozen=True, slots=True)
class StoredReplicate:
    """What one replicate leaves: a row for each array, its failures, its seconds."""

    index: int
    rows: dict[str, NDArray[np.generic]]
    failures: tuple[FitFailure, ...]
    seconds: float


class RunStore:
    """Arrays in a folder, one row a replicate, and the ledger ``replicates.sqlite``.

    Parameters
    ----------
    folder : Path
        The run folder; arrays go to its subfolder ``pred``.
    specs : sequence of ArraySpec
        What each replicate leaves.
    replicates : int
        Rows to hold. A store that has fewer grows, keeping what is done.
    first : int
        Number of the replicate in the first row: 0, or where a shard begins.
    fresh : bool
        Forget whatever the folder holds.

    Raises
    ------
    RunFolderError
        If another process has the store open, or its files are damaged.
    """

    def __init__(
        self,
        folder: Path,
        specs: Sequence[ArraySpec],
        replicates: int,
        *,
        first: int = 0,
        fresh: bool = False,
    ):
        self._folder = folder
        self._first, self._last = first, first + replicates
        (folder / "pred").mkdir(parents=True, exist_ok=True)
        self._ledger = self._open_ledger()
        self._pending: list[tuple[int, tuple[FitFailure, ...], float]] = []
        self._committed = time.monotonic()
        try:
            if fresh:
                self._forget()
            self._arrays = {spec.name: self._open_array(spec) for spec in specs}
        except BaseException:
            self._ledger.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open_ledger(self) -> sqlite3.Connection:
        path = self._folder / "replicates.sqlite"
        ledger = sqlite3.connect(path, timeout=0.5)
        try:
            ledger.execute("PRAGMA locking_mode = EXCLUSIVE")
            try:
                ledger.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:  # some network folders cannot
                ledger.execute("PRAGMA journal_mode = DELETE")
            ledger.executescript(_SCHEMA)
            ledger.execute("BEGIN EXCLUSIVE")
            ledger.commit()
        except sqlite3.OperationalError as error:
            ledger.close()
            raise RunFolderError(
                f"The run folder {self._folder} is in use by another process ({error}). Wait for "
                "it to end, or choose another folder with --out."
            ) from error
        except sqlite3.DatabaseError as error:
            ledger.close()
            raise self._damaged(path, str(error)) from error
        return ledger

    def _damaged(self, path: Path, what: str) -> RunFolderError:
        return RunFolderError(f"{path} is damaged ({what}). Delete the run folder and start again.")

    def _forget(self) -> None:
        with self._ledger:
            self._ledger.execute("DELETE FROM replicate")
            self._ledger.execute("DELETE FROM failure")
        for path in (self._folder / "pred").glob("*.npy"):
            path.unlink()

    def _open_array(self, spec: ArraySpec) -> NDArray[np.generic]:
        """Open an array for writing; make it, or make it longer, if need be."""
        path = self._folder / "pred" / f"{spec.name}.npy"
        shape = (self._last - self._first, spec.width)
        kept = self._kept(path, spec)
        if kept is not None and kept.shape == shape:
            return kept
        fresh = path.with_suffix(".new.npy")
        array = np.lib.format.open_memmap(fresh, mode="w+", dtype=spec.dtype, shape=shape)
        array[:] = _blank(array.dtype)
        if kept is not None:
            rows = min(shape[0], kept.shape[0])
            array[:rows] = kept[:rows]
        array.flush()
        del array, kept
        fresh.replace(path)
        return np.load(path, mmap_mode="r+")  # type: ignore[no-any-return]

    def _kept(self, path: Path, spec: ArraySpec) -> NDArray[np.generic] | None:
        """Open the array as it is; the ledger must not promise rows that it does not hold."""
        done = self.done()
        needed = int(done[-1]) + 1 - self._first if done.size else 0
        if not path.exists():
            if needed:
                raise self._damaged(path, "it is missing")
            return None
        try:
            np.load(path, mmap_mode="r")  # "r+" would fill a file that was cut off with zeros
            kept: NDArray[np.generic] = np.load(path, mmap_mode="r+")
        except (ValueError, OSError) as error:
            raise self._damaged(path, str(error)) from error
        if kept.ndim != 2 or kept.shape[1] != spec.width or kept.dtype != spec.dtype:
            raise self._damaged(path, f"shape {kept.shape} of {kept.dtype}")
        if kept.shape[0] < needed:
            raise self._damaged(path, f"{kept.shape[0]} rows for {needed} replicates")
        return kept

    def done(self) -> NDArray[np.int64]:
        """Give the numbers of the replicates that are done, ascending."""
        rows = self._ledger.execute(
            "SELECT i FROM replicate WHERE i >= ? AND i < ? ORDER BY i", (self._first, self._last)
        )
        return np.array([row[0] for row in rows], dtype=np.int64)

    def failures(self) -> list[tuple[int, FitFailure]]:
        """Give the failed fits with the number of their replicate, in order."""
        rows = self._ledger.execute(
            "SELECT i, fit, error FROM failure WHERE i >= ? AND i < ? ORDER BY i, fit",
            (self._first, self._last),
        )
        return [(i, FitFailure(fit, error)) for i, fit, error in rows]

    def seconds(self) -> float:
        """Give the seconds that all replicates took together."""
        (total,) = self._ledger.execute(
            "SELECT COALESCE(SUM(seconds), 0) FROM replicate"
        ).fetchone()
        return float(total)

    def array(self, name: str) -> NDArray[np.generic]:
        """Give an array of the store, shape (replicates, width)."""
        return self._arrays[name]

    def write(self, replicate: StoredReplicate) -> None:
        """Keep a replicate; it counts as done after the next commit."""
        for name, array in self._arrays.items():
            row = replicate.rows.get(name)
            array[replicate.index - self._first] = _blank(array.dtype) if row is None else row
        self._pending.append((replicate.index, replicate.failures, replicate.seconds))
        waited = time.monotonic() - self._committed
        if max(waited, replicate.seconds) > _SECONDS_BETWEEN_COMMITS:
            self.commit()

    def commit(self) -> None:
        """Flush the arrays, then mark what they hold as done."""
        if self._pending:
            for array in self._arrays.values():
                array.flush()  # type: ignore[attr-defined]
            with self._ledger:
                for index, failures, seconds in self._pending:
                    self._mark(index, failures, seconds)
            self._pending.clear()
        self._committed = time.monotonic()

    def _mark(self, index: int, failures: tuple[FitFailure, ...], seconds: float) -> None:
        status = "failed" if failures else "done"
        self._ledger.execute(
            "INSERT OR REPLACE INTO replicate VALUES (?, ?, ?)", (index, status, seconds)
        )
        self._ledger.execute("DELETE FROM failure WHERE i = ?", (index,))
        self._ledger.executemany(
            "INSERT INTO failure VALUES (?, ?, ?)",
            [(index, failure.fit, failure.error) for failure in failures],
        )

    def absorb(self, shard: RunStore) -> None:
        """Take over all that a shard's store holds; it must lie inside this one."""
        rows = slice(shard._first - self._first, shard._last - self._first)
        for name, array in self._arrays.items():
            array[rows] = shard._arrays[name]
            array.flush()  # type: ignore[attr-defined]
        failures: dict[int, list[FitFailure]] = {}
        for index, failure in shard.failures():
            failures.setdefault(index, []).append(failure)
        done = shard._ledger.execute("SELECT i, seconds FROM replicate ORDER BY i")
        with self._ledger:
            for index, seconds in done:
                self._mark(index, tuple(failures.get(index, ())), seconds)

    def close(self) -> None:
        """Commit what is pending and close the ledger."""
        try:
            self.commit()
        finally:
            self._ledger.close()


def _blank(dtype: np.dtype[Any]) -> float:
    """Give what stands in a row that holds nothing: NaN, or 0 where there is none."""
    return np.nan if np.issubdtype(dtype, np.floating) else 0.0
