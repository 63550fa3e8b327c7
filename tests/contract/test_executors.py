"""One contract for all executors."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from twoarm.errors import ArgumentError
from twoarm.execution import EXECUTORS, run_tasks
from twoarm.learners import Forest, prepare, replicate

each_executor = pytest.mark.parametrize("executor", EXECUTORS)


@dataclass(frozen=True)
class Square:
    def __call__(self, item):
        return item * item


@dataclass(frozen=True)
class Fails:
    at: int

    def __call__(self, item):
        if item == self.at:
            raise ArithmeticError(f"item {item} cannot be done")
        return item


@dataclass(frozen=True)
class Replicate:
    """A task as the package has them: numbers from a seed, and matrix products beside them."""

    X: np.ndarray
    y: np.ndarray

    def __call__(self, seed):
        counts = np.bincount(np.random.default_rng(seed).integers(0, 80, 80), minlength=80)
        counts[:4] = 1
        everybody = np.ones(80, dtype=np.bool_)
        fit = replicate(
            Forest(trees=5), prepare(self.X), self.y, counts, wanted=everybody, seed=seed
        )
        large = np.random.default_rng(seed).normal(size=(200, 200))
        return fit.risk.tobytes() + (large @ large).tobytes()


@dataclass(frozen=True)
class Threads:
    """Tell how many threads the linear algebra of this worker would use."""

    def __call__(self, item):
        np.ones((8, 8)) @ np.ones((8, 8))  # loads it
        return os.getpid(), max(pool["num_threads"] for pool in threadpool_info())


@dataclass(frozen=True)
class LeavesTrace:
    folder: Path

    def __call__(self, item):
        (self.folder / str(item)).touch()
        return item


@each_executor
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(executor, workers):
    found = list(run_tasks(Square(), range(20), executor=executor, workers=workers))
    assert found == [item * item for item in range(20)]


@each_executor
def test_nothing_to_do_is_done_at_once(executor):
    assert list(run_tasks(Square(), [], executor=executor, workers=2)) == []


def test_all_executors_give_the_same_bytes():
    rng = np.random.default_rng(1)
    task = Replicate(rng.normal(size=(80, 3)), np.tile([0, 1], 40))
    found = {
        (executor, workers): list(run_tasks(task, range(6), executor=executor, workers=workers))
        for executor in EXECUTORS
        for workers in (1, 2)
    }
    assert all(results == found["serial", 1] for results in found.values())


@each_executor
def test_an_error_in_a_task_reaches_the_caller_as_it_is(executor):
    with pytest.raises(ArithmeticError, match="item 3 cannot be done"):
        list(run_tasks(Fails(3), range(8), executor=executor, workers=2))
    # And the executor works again afterwards.
    assert list(run_tasks(Square(), range(3), executor=executor, workers=2)) == [0, 1, 4]


@each_executor
def test_results_before_an_error_have_been_given(executor):
    results = run_tasks(Fails(5), range(8), executor=executor, workers=1)
    assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(ArithmeticError):
        next(results)


@each_executor
def test_who_has_seen_enough_can_stop(executor, tmp_path):
    results = run_tasks(LeavesTrace(tmp_path), range(5000), executor=executor, workers=2)
    assert [next(results), next(results)] == [0, 1]
    results.close()
    assert len(list(tmp_path.iterdir())) < 5000
    assert list(run_tasks(Square(), [3], executor=executor, workers=2)) == [9]


@each_executor
def test_linear_algebra_keeps_to_one_thread_inside_tasks(executor):
    with threadpool_limits(limits=2):  # whatever it was before
        before = max(pool["num_threads"] for pool in threadpool_info())
        found = list(run_tasks(Threads(), range(6), executor=executor, workers=2))
        after = max(pool["num_threads"] for pool in threadpool_info())
    assert {threads for _, threads in found} == {1}
    assert before == after == 2
    assert (os.getpid() not in {process for process, _ in found}) == (executor == "processes")


def test_an_unknown_executor_is_refused_before_anything_runs():
    with pytest.raises(ArgumentError, match="'dask'; expected one of serial, threads, processes"):
        run_tasks(Square(), range(3), executor="dask")


@each_executor
def test_a_negative_number_of_workers_is_refused(executor):
    with pytest.raises(ArgumentError, match="0 \\(all cores\\) or more; found -1"):
        run_tasks(Square(), range(3), executor=executor, workers=-1)
