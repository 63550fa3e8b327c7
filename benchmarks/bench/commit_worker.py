"""Times one stack whenever it is asked to: the process that `commits` keeps for each commit.

Reads members' names, one set a line with commas; answers with seconds. Uses nothing of twoarm but
its public entries, so that it runs with any commit's.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

import twoarm
from benchmarks.bench.clock import seconds_of
from benchmarks.bench.cohorts import cohort
from twoarm.learners import Stack, prepare, replicate
from twoarm.learners.warm import compile_kernels

_SECONDS = 0.1  # of one answer, about


def main() -> None:
    """Say where twoarm came from, then answer line by line."""
    compile_kernels()
    X, y = cohort(197, 14)
    prepared, counts = prepare(X), np.ones(y.size, dtype=np.int64)
    everybody = np.ones(y.size, dtype=np.bool_)
    print(Path(twoarm.__file__).resolve(), flush=True)
    for line in sys.stdin:
        stack = Stack(line.strip().split(","))

        def work(stack: Stack = stack) -> None:
            replicate(stack, prepared, y, counts, wanted=everybody, seed=1)

        start = time.perf_counter()
        work()
        once = time.perf_counter() - start
        print(seconds_of(work, max(1, int(_SECONDS / once))), flush=True)


if __name__ == "__main__":
    main()
