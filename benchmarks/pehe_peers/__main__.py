"""Let the peers predict the cohorts of a folder: the peers' side, run by their own Python.

``python -m benchmarks.pehe_peers FOLDER [--cohorts 200] [--worlds A M] [--learners NAME ...]``
from the root of the project, after ``python -m benchmarks.pehe cohorts``. What is predicted is not
predicted again.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
import warnings
from importlib import metadata
from pathlib import Path

import numpy as np

from benchmarks.pehe_peers import exchange
from benchmarks.pehe_peers.learners import LEARNERS

LIBRARIES = ("econml", "causalml", "stochtree", "scikit-learn", "numpy")


def predict(folder: Path, world: str, cohort: int, name: str) -> None:
    """Fit one learner on one cohort and keep its prediction."""
    path = exchange.prediction_file(folder, world, cohort, name)
    if path.exists():
        return
    data = np.load(exchange.cohort_file(folder, world, cohort))
    new = np.load(exchange.new_patients_file(folder, world))["X"]
    start = time.process_time()
    benefit = LEARNERS[name](data["X"], data["y"], data["treatment"], new, int(data["seed"]))
    seconds = time.process_time() - start
    if benefit.shape != (len(new),) or not np.isfinite(benefit).all():
        raise ValueError(f"{name}, {world}, cohort {cohort}: not one finite benefit a patient")
    exchange.write(path, benefit=benefit.astype(np.float32), seconds=seconds)


def main() -> None:
    """Go through cohorts, worlds and learners, all worlds in step."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cohorts", type=int, default=200)
    parser.add_argument("--worlds", nargs="+", help="by default all whose cohorts are there")
    parser.add_argument("--learners", nargs="+", choices=LEARNERS, default=list(LEARNERS))
    asked = parser.parse_args()
    warnings.simplefilter("ignore")  # peers warn of their dependencies' and their own deprecations
    versions = {name: metadata.version(name) for name in LIBRARIES}
    exchange.versions_file(asked.folder).write_text(
        json.dumps({**versions, "python": platform.python_version()})
    )
    worlds = asked.worlds or sorted(path.parent.name for path in asked.folder.glob("*/new.npz"))
    for cohort in range(asked.cohorts):
        for world in worlds:
            for name in asked.learners:
                predict(asked.folder, world, cohort, name)
        print(f"cohort {cohort + 1} of {asked.cohorts}", flush=True)


if __name__ == "__main__":
    main()
