"""One stack in a process of its own: seconds and peak memory.

``python -m benchmarks.bench.one_stack twoarm|lightgbm PATIENTS PREDICTORS`` prints JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks.bench import lightgbm_stack, twoarm_stack
from benchmarks.bench.clock import seconds_of
from benchmarks.bench.cohorts import cohort
from benchmarks.bench.scikit_learn_stack import MEMBERS
from twoarm.learners.warm import compile_kernels

__all__ = ["composition", "in_own_process"]

_TREES_TIMES_PATIENTS = 200_000
_STATUS = Path("/proc/self/status")
_FEWEST_TREES, _ALL_TREES = 4, 200


def composition(n: int, p: int) -> dict[str, Any]:
    """Measure the composition; from 10^4 patients on its forest grows fewer trees.

    Trees of a forest are grown one after the other, each from a bag of its own, so the forest's
    time is scaled to 200 trees. At 10^5 patients all of them would take LightGBM an hour.
    """
    X, y = cohort(n, p)
    forest = lightgbm_stack.fastest_forest(X, y)
    trees = max(_FEWEST_TREES, min(_ALL_TREES, _TREES_TIMES_PATIENTS // n))
    _, members = lightgbm_stack.tallied(MEMBERS, X, y, forest=forest, trees=trees)
    members["forest"] *= _ALL_TREES / trees
    return {
        "seconds": sum(members.values()),
        "members": members,
        "forest": forest,
        "trees_grown": trees,
    }


def _peak_mib() -> float:
    """Give this process's peak memory: Linux's ru_maxrss would begin with the parent's."""
    if not _STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS
    line = next(each for each in _STATUS.read_text().splitlines() if each.startswith("VmHWM"))
    return float(line.split()[1]) / 1024


def in_own_process(library: str, n: int, p: int) -> dict[str, Any]:
    """Run this module in a process of its own and give what it says."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.bench.one_stack", library, str(n), str(p)],
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def main() -> None:
    """Measure once and print."""
    library, n, p = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with threadpool_limits(1):
        if library == "lightgbm":
            told = composition(n, p)
        else:
            compile_kernels()
            idle = _peak_mib()
            X, y = cohort(n, p)
            told = {
                "seconds": seconds_of(twoarm_stack.work(MEMBERS, X, y)),
                "before_the_cohort_mib": idle,
            }
    print(json.dumps({**told, "peak_mib": _peak_mib()}))


if __name__ == "__main__":
    main()
