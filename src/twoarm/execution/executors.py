"""Serial, threads, processes: one way in, results in order.

Our kernels release the interpreter lock, so threads are the default; processes are for plug-in
learners that hold it. Whoever runs a task, it depends on its item alone, so all executors give the
same results.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from joblib import Parallel, delayed
from threadpoolctl import ThreadpoolController

from twoarm.errors import ArgumentError

__all__ = ["EXECUTORS", "chunks", "run_tasks", "worker_count"]

Item = TypeVar("Item")
Result = TypeVar("Result")

EXECUTORS = {"serial": "sequential", "threads": "threading", "processes": "loky"}
"""Executors by name, with joblib's name of each."""


def worker_count(workers: int) -> int:
    """Give the number of workers: 0 means all cores this process may use."""
    if workers < 0:
        raise ArgumentError(f"Workers must be 0 (all cores) or more; found {workers}.")
    if workers:
        return workers
    usable = (
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    return len(usable)


def chunks(first: int, last: int, size: int) -> list[range]:
    """Cut the numbers from `first` to `last - 1` into ranges of at most `size`.

    Examples
    --------
    >>> chunks(0, 5, 2)
    [range(0, 2), range(2, 4), range(4, 5)]
    """
    return [range(start, min(start + size, last)) for start in range(first, last, size)]


class _OneThread:
    """A task whose linear algebra and OpenMP loops keep to the thread they are called from."""

    def __init__(self, task: Callable[[Any], Any]):
        self.task = task
        self.pools = ThreadpoolController()

    def __reduce__(self) -> tuple[type[_OneThread], tuple[Callable[[Any], Any]]]:
        return _OneThread, (self.task,)  # another process has thread pools of its own

    def __call__(self, item: Any) -> Any:
        with self.pools.limit(limits=1):
            return self.task(item)


def run_tasks(
    task: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    executor: str = "threads",
    workers: int = 0,
) -> Iterator[Result]:
    """Run the task on every item; yield the results in the order of the items.

    Inner thread pools are kept to one thread, in this process and in every worker: parallelism is
    over tasks alone, and sums do not depend on the number of cores.

    Parameters
    ----------
    task : callable
        Takes one item. For "processes" it must be picklable: a frozen dataclass with `__call__`.
    items : sequence
        What to run it on.
    executor : {"threads", "serial", "processes"}
        Who runs it.
    workers : int
        Number of workers, 0 for all cores.

    Raises
    ------
    ArgumentError
        If the executor is unknown, or the number of workers negative.
    """
    if executor not in EXECUTORS:
        raise ArgumentError(
            f"Unknown executor '{executor}'; expected one of {', '.join(EXECUTORS)}."
        )
    jobs = worker_count(workers)
    return _results(task, items, EXECUTORS[executor], 1 if executor == "serial" else jobs)


def _results(
    task: Callable[[Item], Result], items: Sequence[Item], backend: str, jobs: int
) -> Iterator[Result]:
    alone = _OneThread(task)
    with alone.pools.limit(limits=1):
        if jobs == 1:
            yield from map(alone, items)
            return
        pool = Parallel(n_jobs=jobs, backend=backend, return_as="generator")
        results = pool(delayed(alone)(item) for item in items)
        try:
            for result in results:  # noqa: UP028  closed below, quietly
                yield result
        finally:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", r"\d+ tasks ")  # computed, and not asked for
                results.close()
