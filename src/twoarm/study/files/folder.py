"""The run folder: opened, resumed or refused; every file complete or absent."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twoarm.errors import RunFolderError
from twoarm.study.files.record import read_record, refuse_difference

__all__ = ["RunFolder", "open_folder", "refuse_occupied", "write_json"]

_OURS = {
    "pred",
    "crossfit",
    "tables",
    "figures",
    "journal",
    "values",
    "run.log",
    "replicates.sqlite",
    "model_card.md",
} | {
    name + ending
    for name in ("run.json", "summary.json", "model.json", "report.html", "calculator.html")
    for ending in ("", ".new")
}
_OURS |= {f"replicates.sqlite-{ending}" for ending in ("wal", "shm", "journal")}


@dataclass(frozen=True, slots=True)
class RunFolder:
    """An open run folder.

    Attributes
    ----------
    path : Path
    record : dict
        Content of ``run.json``, as this run writes it.
    earlier : dict or None
        What the folder's ``run.json`` said before; None where a run starts.
    """

    path: Path
    record: dict[str, Any]
    earlier: dict[str, Any] | None

    @property
    def was_finished(self) -> bool:
        """Whether the folder held a finished run of as many replicates."""
        earlier = self.earlier
        return (
            earlier is not None
            and bool(earlier.get("finished"))
            and earlier["replicates"] == self.record["replicates"]
        )

    def created(self) -> dt.date:
        """Give the day of the run; outputs that are written again keep their own."""
        if self.was_finished and self.earlier is not None and "created" in self.earlier:
            return dt.date.fromisoformat(self.earlier["created"])
        return dt.datetime.now(dt.UTC).date()

    def begin(self) -> None:
        """Write ``run.json``; call it once the store is open, and so locked for others."""
        if not self.was_finished:
            write_json(self.path / "run.json", self.record | {"finished": False})

    def finish(self, **facts: Any) -> None:
        """Mark the run as finished and note facts that may differ between equal runs.

        A finished run whose outputs are written again keeps the facts of its own.
        """
        kept: dict[str, Any] = {}
        if self.was_finished and self.earlier is not None:
            kept = {name: self.earlier[name] for name in facts if name in self.earlier}
        write_json(self.path / "run.json", self.record | {"finished": True} | facts | kept)

    def note(self, tracebacks: Sequence[str]) -> None:
        """Keep what went wrong in ``run.log``; a run without defects has none."""
        log = self.path / "run.log"
        if tracebacks:
            log.write_text("\n".join(tracebacks), encoding="utf-8")
        else:
            log.unlink(missing_ok=True)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write by rename: the file is the old one or the whole new one. No NaN, no infinity.

    Piece by piece: the text of a large cohort's forests would not fit beside them.
    """
    unfinished = path.with_name(path.name + ".new")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False, allow_nan=False)
        file.write("\n")
    unfinished.replace(path)


def open_folder(path: Path, record: dict[str, Any], *, resume: bool) -> RunFolder:
    """Open a folder for the run that `record` describes; nothing is written yet.

    A folder that holds anything needs `resume`, and then must hold a run of the same study, data,
    seed, options, software and processor. More replicates go on where it stopped; fewer are
    refused. Without a valid ``run.json`` the run starts, if the folder holds nothing else.

    Raises
    ------
    RunFolderError
        If the folder cannot be written, is not empty, or holds another run.
    """
    occupied = _occupied(path)
    if not resume:
        refuse_occupied(path)
    earlier = read_record(path)
    if earlier is not None:
        refuse_difference(path, earlier, record)
        if "merged_from" in earlier:
            record = record | {"merged_from": earlier["merged_from"]}
    elif occupied:
        _refuse_foreign(path)
    return RunFolder(path, record, earlier)


def refuse_occupied(path: Path) -> None:
    """Refuse a folder that holds anything; nothing is made.

    Raises
    ------
    RunFolderError
    """
    if path.is_dir() and any(path.iterdir()):
        raise RunFolderError(
            f"The run folder {path} is not empty. Add --resume to go on with the run in it, or "
            "choose another folder with --out."
        )
    if path.exists() and not path.is_dir():
        raise RunFolderError(
            f"Cannot write to the run folder {path}: it is a file. Choose another one with --out."
        )


def _occupied(path: Path) -> bool:
    """Make the folder and see that it can be written; say whether it holds anything."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".writable"
        probe.write_text("")
        probe.unlink()
        return any(path.iterdir())
    except OSError as error:
        raise RunFolderError(
            f"Cannot write to the run folder {path}: {error.strerror or error}. Choose another one "
            "with --out."
        ) from error


def _refuse_foreign(path: Path) -> None:
    """Without a valid run.json, only what a run leaves may be there: it will be written over."""
    foreign = sorted(entry.name for entry in path.iterdir() if entry.name not in _OURS)
    if foreign:
        raise RunFolderError(
            f"The folder {path} holds files that are no run ({', '.join(foreign[:3])}). Choose "
            "another folder with --out."
        )
