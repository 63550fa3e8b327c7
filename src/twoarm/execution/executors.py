"""Serial, threads, processes, Dask: one way in.

Our kernels release the interpreter lock, so threads are the default; processes are for plug-in
learners that hold it, Dask for more than one computer. Whoever runs a task, it depends on its item
alone, so all executors give the same results.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import TypeVar

from joblib import Parallel, delayed, parallel_config

from twoarm.errors import ArgumentError
from twoarm.execution.cluster import dask_client, require_dask
from twoarm.execution.parcel import OneThread, packed, parcel_file, run_parcel
from twoarm.execution.watch import counted

__all__ = ["EXECUTORS", "check_executor", "chunks", "run_tasks", "worker_count"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_IDLE = 86_400.0
"""Seconds that a process waits for work. Joblib's 300 may pass between two maps of a run; a worker
that leaves just as it is given work is warned of, and missed for ever where warnings are errors."""

EXECUTORS = ("serial", "threads", "processes", "dask")
"""Who can run tasks."""


def check_executor(executor: str, scheduler: str | None = None) -> None:
    """Raise an error if the executor is unknown, is not installed, or has no scheduler.

    Raises
    ------
    ArgumentError
        If there is no such executor, or an address of a scheduler is given to another than "dask".
    MissingPackageError
        If Dask is asked for and not installed.
    """
    if executor not in EXECUTORS:
        raise ArgumentError(
            f"Unknown executor '{executor}'; expected one of {', '.join(EXECUTORS)}."
        )
    if executor == "dask":
        require_dask()
    elif scheduler is not None:
        raise ArgumentError(
            f"A scheduler ('{scheduler}') belongs to the executor 'dask'; found '{executor}'. Ask "
            "for dask, or leave the scheduler out."
        )


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


def run_tasks(
    task: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    executor: str = "threads",
    workers: int = 0,
    scheduler: str | None = None,
    ordered: bool = True,
) -> Iterator[Result]:
    """Run the task on every item and yield the results.

    Inner thread pools are kept to one thread, in this process and in every worker: parallelism is
    over tasks alone, and sums do not depend on the number of cores. The task itself travels to
    each worker process once; after that only items and results do.

    Parameters
    ----------
    task : callable
        Takes one item. For "processes" and "dask" it must be picklable: a frozen dataclass with
        `__call__`.
    items : sequence
        What to run it on.
    executor : {"threads", "serial", "processes", "dask"}
        Who runs it.
    workers : int
        Number of workers, 0 for all cores. A running Dask scheduler uses all workers it has.
    scheduler : str, optional
        Address of a running Dask scheduler; without it "dask" starts workers on this computer.
    ordered : bool
        Whether the results come in the order of the items. If not, each comes when it is ready,
        and none waits in memory for a slower one before it.

    Raises
    ------
    ArgumentError
        If the executor is unknown, the number of workers negative, the scheduler out of reach, or
        a worker runs other versions of the software.
    MissingPackageError
        If Dask is asked for and not installed.
    """
    check_executor(executor, scheduler)
    jobs = worker_count(workers)
    if executor == "serial" or (executor in ("threads", "processes") and jobs == 1):
        return counted(_one_by_one(task, items), len(items))
    return_as = "generator" if ordered else "generator_unordered"
    results = _in_parallel(task, items, executor, jobs, scheduler, return_as)
    return counted(results, len(items))


def _one_by_one(task: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    alone = OneThread(task)
    with alone.pools.limit(limits=1):
        yield from map(alone, items)


def _in_parallel(
    task: Callable[[Item], Result],
    items: Sequence[Item],
    executor: str,
    jobs: int,
    scheduler: str | None,
    return_as: str,
) -> Iterator[Result]:
    alone = OneThread(task)
    with ExitStack() as stack:
        if executor == "threads":
            pool = Parallel(n_jobs=jobs, backend="threading", return_as=return_as)
            calls = (delayed(alone)(item) for item in items)
        elif executor == "processes":
            pool = Parallel(
                n_jobs=jobs, backend="loky", return_as=return_as, idle_worker_timeout=_IDLE
            )
            sent = stack.enter_context(parcel_file(task))
            calls = (delayed(sent)(item) for item in items)
        else:
            client = stack.enter_context(dask_client(scheduler, jobs))
            parcel = packed(task)
            with parallel_config(backend="dask", client=client, scatter=[parcel]):
                pool = Parallel(n_jobs=-1, return_as=return_as)
            calls = (delayed(run_parcel)(parcel, item) for item in items)
        stack.enter_context(alone.pools.limit(limits=1))
        results = pool(calls)
        try:
            for result in results:  # noqa: UP028  closed below, quietly
                yield result
        finally:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", r"\d+ tasks ")  # computed, and not asked for
                results.close()
