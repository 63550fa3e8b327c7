"""Files through which cohorts reach the peers and predictions come back; NumPy alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np


def new_patients_file(folder: Path, world: str) -> Path:
    """Name the file with X of a world's new patients."""
    return folder / world / "new.npz"


def cohort_file(folder: Path, world: str, cohort: int) -> Path:
    """Name the file with X, y, treatment and seed of a cohort."""
    return folder / world / f"{cohort:04d}.npz"


def prediction_file(folder: Path, world: str, cohort: int, learner: str) -> Path:
    """Name the file with a peer's benefit of the new patients, and its seconds."""
    return folder / world / learner / f"{cohort:04d}.npz"


def versions_file(folder: Path) -> Path:
    """Name the file with the versions of the peers."""
    return folder / "versions.json"


def write(path: Path, **arrays: np.ndarray | float) -> None:
    """Write arrays to a file that is whole or is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez_compressed(file, **arrays)
    part.replace(path)


def peer_versions(folder: Path) -> dict[str, str]:
    """Read the versions of the peers; nothing if none took part."""
    path = versions_file(folder)
    return json.loads(path.read_text()) if path.exists() else {}
