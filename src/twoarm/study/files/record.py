"""The content of ``run.json``: what went into a run, and whether two runs are the same."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shlex
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from twoarm.cohort.load import shipped_studies
from twoarm.errors import RunFolderError
from twoarm.study.plan.plan import Plan

__all__ = ["COMPARED", "cpu_name", "differences", "read_record", "record_of", "refuse_difference"]

COMPARED = ("study", "data", "lock", "seed", "versions", "cpu", "options", "shard")
"""What must agree for replicates to be used again. Executor, workers and folder need not."""

_LIBRARIES = ("twoarm", "numpy", "scipy", "numba", "llvmlite", "scikit-learn")


def record_of(plan: Plan, shard: str | None = None, source: str | None = None) -> dict[str, Any]:
    """Give what goes into a run: everything that could change a number, and who computes.

    `shard` is its name, such as ``3/40``; `source` the data file, if it is not the study's own.
    """
    options = plan.file.model_dump(mode="json", include={"model", "validation", "importance"})
    options["validation"].pop("replicates")
    return {
        "study": plan.study.digest,
        "data": plan.cohort.digest,
        "lock": _lock_digest(),
        "seed": plan.seed,
        "replicates": plan.replicates,
        "shard": shard,
        "options": {
            key: hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
            for key, value in options.items()
        },
        "versions": {name: metadata.version(name) for name in _LIBRARIES}
        | {"python": platform.python_version()},
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "executor": plan.executor,
        "workers": plan.workers,
        "scheduler": plan.scheduler,
        "study_file": _study_file(plan),
        "data_file": _data_file(source),
        "command": shlex.join(sys.argv),
    }


def _study_file(plan: Plan) -> str:
    """Name the study so that `load_study` finds it again."""
    path = plan.study.path
    if shipped_studies().get(path.stem) == path:
        return path.stem
    return str(path.absolute())


def _data_file(source: str | None) -> str | None:
    if source is None or source.startswith("package:"):
        return source
    return str(Path(source).absolute())


def _lock_digest() -> str | None:
    """Digest of the lock file that `make setup` installs; None where twoarm came without one."""
    lock = Path(__file__).parents[4] / "requirements" / "core.lock"
    return hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None


def cpu_name() -> str:
    """Name the processor type: on another one the last digits may differ."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def read_record(folder: Path) -> dict[str, Any] | None:
    """Read a folder's ``run.json``; None if there is none, or none that is whole."""
    with contextlib.suppress(OSError, ValueError):
        content = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if isinstance(content, dict) and {"replicates", *COMPARED} <= content.keys():
            return content
    return None


def differences(
    there: dict[str, Any], here: dict[str, Any], names: Iterable[str] = COMPARED
) -> list[str]:
    """Say in which of these parts two records differ, each as 'name' (what is different)."""
    found = []
    for name in names:
        if there[name] == here[name]:
            continue
        if isinstance(there[name], dict) and isinstance(here[name], dict):
            keys = sorted({*there[name], *here[name]})
            shown = ", ".join(k for k in keys if there[name].get(k) != here[name].get(k))
        else:
            shown = f"{there[name]} there, {here[name]} now"
        found.append(f"'{name}' ({shown})")
    return found


def refuse_difference(folder: Path, there: dict[str, Any], here: dict[str, Any]) -> None:
    """Raise RunFolderError unless the run in the folder can go on as the one asked for."""
    differ = differences(there, here)
    if differ:
        raise RunFolderError(
            f"The run in {folder} differs from this one in {differ[0]}; its replicates cannot be "
            "reused. Choose another folder with --out."
        )
    if there["replicates"] > here["replicates"]:
        raise RunFolderError(
            f"The run in {folder} has {there['replicates']} replicates, more than the "
            f"{here['replicates']} asked for. Ask for at least as many, or choose another folder."
        )
    if here["shard"] is not None and there["replicates"] != here["replicates"]:
        raise RunFolderError(
            f"The run in {folder} is shard {here['shard']} of {there['replicates']} replicates, "
            f"not of {here['replicates']}: its part would be another one. Choose another folder "
            "with --out."
        )
