"""Times one piece of work whenever it is asked to: what `commits` keeps running for each commit.

Reads a JSON object a line, {"members", "patients", "work", "cores"}, and answers with seconds for
one stack. Uses nothing of twoarm but its public entries, so that it runs with any commit's.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import twoarm
from benchmarks.bench.clock import seconds_of
from benchmarks.bench.cohorts import cohort
from twoarm.learners import Stack, prepare, replicate
from twoarm.learners.warm import compile_kernels

_SECONDS = 0.1  # of one answer, about
_PREDICTORS = 14


@cache
def _prepared(patients: int) -> tuple[Any, ...]:
    X, y = cohort(patients, _PREDICTORS)
    return X, y, prepare(X), np.ones(y.size, dtype=np.int64), np.ones(y.size, dtype=np.bool_)


def _work(members: list[str], patients: int, work: str) -> Callable[[], None]:
    """Give what is timed: fit and predict everybody, keeping nothing, or `Stack.fit`."""
    X, y, prepared, counts, everybody = _prepared(patients)

    def without_keeping() -> None:
        replicate(Stack(members), prepared, y, counts, wanted=everybody, seed=1)

    def public() -> None:
        Stack(members).fit(X, y)

    return public if work == "Stack.fit" else without_keeping


def _seconds(work: Callable[[], None], cores: int) -> float:
    """Time one stack: alone, or as a share of what so many threads do side by side."""
    start = time.perf_counter()
    work()
    once = time.perf_counter() - start
    times = max(1, int(_SECONDS / once))
    if cores == 1:
        return seconds_of(work, times)
    with ThreadPoolExecutor(cores) as pool:
        start = time.perf_counter()
        for done in [pool.submit(seconds_of, work, times) for _ in range(cores)]:
            done.result()
    return (time.perf_counter() - start) / (times * cores)


def main() -> None:
    """Say where twoarm came from, then answer line by line."""
    compile_kernels()
    print(Path(twoarm.__file__).resolve(), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        work = _work(asked["members"], asked["patients"], asked["work"])
        print(_seconds(work, asked["cores"]), flush=True)


if __name__ == "__main__":
    main()
