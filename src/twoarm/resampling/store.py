"""Where replicates are kept: arrays on disk, and a ledger of which of them are done.

A replicate is marked done only after its arrays have been flushed, so a run that is killed at any
moment resumes to the same bytes. Only one process writes.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

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
    """Arrays of shape (replicates, width) in a folder, and the ledger ``replicates.sqlite``.

    Parameters
    ----------
    folder : Path
        The run folder; arrays go to its subfolder ``pred``.
    specs : sequence of ArraySpec
        What each replicate leaves.
    replicates : int
        Rows to hold. A store that has fewer grows, keeping what is done.

    Raises
    ------
    RunFolderError
        If another process has the store open, or its files are damaged.
    """

    def __init__(self, folder: Path, specs: Sequence[ArraySpec], replicates: int):
        self._folder = folder
        self._specs = {spec.name: spec for spec in specs}
        self._replicates = replicates
        (folder / "pred").mkdir(parents=True, exist_ok=True)
        self._ledger = self._open_ledger()
        self._pending: list[StoredReplicate] = []
        self._committed = time.monotonic()
        try:
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
            ledger.execute("BEGIN IMMEDIATE")
            ledger.commit()
        except sqlite3.OperationalError as error:
            ledger.close()
            raise RunFolderError(
                f"The run folder {self._folder} is in use by another process ({error}). Wait for "
                "it to end, or choose another folder with --out."
            ) from error
        except sqlite3.DatabaseError as error:
            ledger.close()
            raise RunFolderError(
                f"{path} is damaged ({error}). Delete the run folder and start again."
            ) from error
        return ledger

    def _open_array(self, spec: ArraySpec) -> NDArray[np.generic]:
        """Open an array for writing; make it, or make it longer, if need be."""
        path = self._folder / "pred" / f"{spec.name}.npy"
        shape = (self._replicates, spec.width)
        kept: NDArray[np.generic] | None = None
        if path.exists():
            try:
                kept = np.load(path, mmap_mode="r+")
            except (ValueError, OSError) as error:
                raise RunFolderError(
                    f"{path} is damaged ({error}). Delete the run folder and start again."
                ) from error
            if kept.shape == shape and kept.dtype == spec.dtype:
                return kept
        fresh = path.with_suffix(".new.npy")
        array = np.lib.format.open_memmap(fresh, mode="w+", dtype=spec.dtype, shape=shape)
        array[:] = np.nan if np.issubdtype(array.dtype, np.floating) else 0
        if kept is not None:
            done = self.done()
            array[done] = kept[done]
        array.flush()
        del array
        fresh.replace(path)
        return np.load(path, mmap_mode="r+")  # type: ignore[no-any-return]

    def done(self) -> NDArray[np.int64]:
        """Give the numbers of the replicates that are done, ascending."""
        rows = self._ledger.execute(
            "SELECT i FROM replicate WHERE i < ? ORDER BY i", (self._replicates,)
        )
        return np.array([row[0] for row in rows], dtype=np.int64)

    def failures(self) -> list[tuple[int, FitFailure]]:
        """Give the failed fits with the number of their replicate, in order."""
        rows = self._ledger.execute(
            "SELECT i, fit, error FROM failure WHERE i < ? ORDER BY i, fit", (self._replicates,)
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
        for name, row in replicate.rows.items():
            self._arrays[name][replicate.index] = row
        self._pending.append(replicate)
        if time.monotonic() - self._committed > _SECONDS_BETWEEN_COMMITS:
            self.commit()

    def commit(self) -> None:
        """Flush the arrays, then mark what they hold as done."""
        if self._pending:
            for array in self._arrays.values():
                array.flush()  # type: ignore[attr-defined]
            with self._ledger:
                for each in self._pending:
                    status = "failed" if each.failures else "done"
                    self._ledger.execute(
                        "INSERT OR REPLACE INTO replicate VALUES (?, ?, ?)",
                        (each.index, status, each.seconds),
                    )
                    self._ledger.execute("DELETE FROM failure WHERE i = ?", (each.index,))
                    self._ledger.executemany(
                        "INSERT INTO failure VALUES (?, ?, ?)",
                        [(each.index, failure.fit, failure.error) for failure in each.failures],
                    )
            self._pending.clear()
        self._committed = time.monotonic()

    def close(self) -> None:
        """Commit what is pending and close the ledger."""
        try:
            self.commit()
        finally:
            self._ledger.close()
