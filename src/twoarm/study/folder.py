"""The run folder: opened, resumed or refused; every file complete or absent."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from twoarm.errors import RunFolderError
from twoarm.study.plan import Plan

__all__ = ["RunFolder", "open_folder", "write_json"]

_COMPARED = ("study", "data", "seed", "versions", "cpu", "options")
_LIBRARIES = ("twoarm", "numpy", "scipy", "numba", "llvmlite", "scikit-learn")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """An open run folder.

    Attributes
    ----------
    path : Path
    record : dict
        Content of ``run.json``.
    was_finished : bool
        Whether the folder held a finished run of as many replicates.
    """

    path: Path
    record: dict[str, Any]
    was_finished: bool

    def finish(self, **facts: Any) -> None:
        """Mark the run as finished and note facts that may differ between equal runs."""
        write_json(self.path / "run.json", self.record | {"finished": True} | facts)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write by rename: the file is the old one or the whole new one. No NaN, no infinity."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def open_folder(path: Path, plan: Plan, *, resume: bool) -> RunFolder:
    """Open a folder for a run.

    A folder that holds anything needs `resume`, and then must hold a run of the same study, data,
    seed, options, software and processor. More replicates go on where it stopped; fewer are
    refused.

    Raises
    ------
    RunFolderError
        If the folder cannot be written, is not empty, or holds another run.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".writable"
        probe.write_text("")
        probe.unlink()
        occupied = any(path.iterdir())
    except OSError as error:
        raise RunFolderError(
            f"Cannot write to the run folder {path}: {error.strerror or error}. Choose another one "
            "with --out."
        ) from error
    record = _record(plan)
    if occupied and not resume:
        raise RunFolderError(
            f"The run folder {path} is not empty. Add --resume to go on with the run in it, or "
            "choose another folder with --out."
        )
    earlier = _earlier(path / "run.json")
    was_finished = False
    if earlier is not None:
        _refuse_difference(path, earlier, record)
        was_finished = bool(earlier.get("finished")) and (
            earlier["replicates"] == record["replicates"]
        )
    elif occupied:
        _refuse_foreign(path)
    if not was_finished:
        write_json(path / "run.json", record | {"finished": False})
    return RunFolder(path, record, was_finished)


def _earlier(path: Path) -> dict[str, Any] | None:
    with contextlib.suppress(OSError, ValueError):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and {"replicates", *_COMPARED} <= content.keys():
            return content
    return None


def _refuse_foreign(path: Path) -> None:
    """Without a valid run.json, only leftovers of a run that was killed at its start may stay."""
    known = {
        "run.json",
        "run.json.new",
        "replicates.sqlite",
        "replicates.sqlite-wal",
        "pred",
        "replicates.sqlite-shm",
        "replicates.sqlite-journal",
    }
    foreign = sorted(entry.name for entry in path.iterdir() if entry.name not in known)
    if foreign:
        raise RunFolderError(
            f"The folder {path} holds files that are no run ({', '.join(foreign[:3])}). Choose "
            "another folder with --out."
        )
    for name in ("replicates.sqlite", "replicates.sqlite-wal", "replicates.sqlite-shm"):
        (path / name).unlink(missing_ok=True)


def _refuse_difference(path: Path, earlier: dict[str, Any], record: dict[str, Any]) -> None:
    for name in _COMPARED:
        if earlier[name] != record[name]:
            shown = ""
            if not isinstance(record[name], dict):
                shown = f" ({earlier[name]} there, {record[name]} now)"
            else:
                changed = sorted(
                    key
                    for key in {*earlier[name], *record[name]}
                    if earlier[name].get(key) != record[name].get(key)
                )
                shown = f" ({', '.join(changed)})"
            raise RunFolderError(
                f"The run in {path} differs from this one in '{name}'{shown}; its replicates "
                "cannot be reused. Choose another folder with --out."
            )
    if earlier["replicates"] > record["replicates"]:
        raise RunFolderError(
            f"The run in {path} has {earlier['replicates']} replicates, more than the "
            f"{record['replicates']} asked for. Ask for at least as many, or choose another folder."
        )


def _record(plan: Plan) -> dict[str, Any]:
    options = plan.file.model_dump(mode="json", include={"model", "validation", "importance"})
    options["validation"].pop("replicates")
    return {
        "study": plan.study.digest,
        "data": plan.cohort.digest,
        "seed": plan.seed,
        "replicates": plan.replicates,
        "options": {
            key: hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
            for key, value in options.items()
        },
        "versions": {name: metadata.version(name) for name in _LIBRARIES}
        | {"python": platform.python_version()},
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "executor": plan.executor,
        "workers": plan.workers,
    }


def _cpu() -> str:
    """Name the processor type: on another one the last digits may differ."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
