"""One contract for all executors."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from distributed import LocalCluster
from joblib.externals.loky import reusable_executor
from threadpoolctl import threadpool_info, threadpool_limits

from twoarm.errors import ArgumentError, MissingPackageError
from twoarm.execution import EXECUTORS, one_scheduler, run_tasks
from twoarm.execution.parcel import packed, run_parcel
from twoarm.learners import Forest, prepare, replicate

NOTEBOOK = """
from twoarm.execution import run_tasks
class Square:
    def __call__(self, item):
        return item * item
if __name__ == "__main__":
    print(*run_tasks(Square(), range(3), executor="processes", workers=2))
"""

each_executor = pytest.mark.parametrize("executor", EXECUTORS)


@pytest.fixture(scope="module")
def scheduler():
    """Two workers of Dask: each start of one's own takes seconds."""
    with one_scheduler("dask", None, 2) as address:
        yield address


@pytest.fixture
def two(executor, request):
    """Two workers of the executor, as `run_tasks` is asked for them."""
    running = request.getfixturevalue("scheduler") if executor == "dask" else None
    return {"executor": executor, "workers": 2, "scheduler": running}


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
class Counted:
    """A task with a large array, which leaves a trace whenever it is pickled or unpickled."""

    folder: Path
    array: np.ndarray

    def __reduce__(self):
        (self.folder / f"packed-{uuid.uuid4().hex}").touch()
        return _unpacked, (self.folder, self.array)

    def __call__(self, item):
        return os.getpid(), item


def _unpacked(folder, array):
    (folder / f"unpacked-{uuid.uuid4().hex}").touch()
    return Counted(folder, array)


@dataclass(frozen=True)
class LeavesTrace:
    folder: Path

    def __call__(self, item):
        (self.folder / str(item)).touch()
        return item


@each_executor
@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_items(executor, workers):
    found = list(run_tasks(Square(), range(20), executor=executor, workers=workers))
    assert found == [item * item for item in range(20)]


@each_executor
def test_results_that_may_come_in_any_order_all_come(executor, two):
    found = list(run_tasks(Square(), range(20), ordered=False, **two))
    assert sorted(found) == [item * item for item in range(20)]


@each_executor
def test_nothing_to_do_is_done_at_once(executor, two):
    assert list(run_tasks(Square(), [], **two)) == []


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
def test_an_error_in_a_task_reaches_the_caller_as_it_is(executor, two):
    with pytest.raises(ArithmeticError, match="item 3 cannot be done"):
        list(run_tasks(Fails(3), range(8), **two))
    # And the executor works again afterwards.
    assert list(run_tasks(Square(), range(3), **two)) == [0, 1, 4]


@each_executor
def test_results_before_an_error_have_been_given(executor):
    results = run_tasks(Fails(5), range(8), executor=executor, workers=1)
    assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(ArithmeticError):
        next(results)


@each_executor
def test_who_has_seen_enough_can_stop(executor, two, tmp_path):
    results = run_tasks(LeavesTrace(tmp_path), range(5000), **two)
    assert [next(results), next(results)] == [0, 1]
    results.close()
    assert len(list(tmp_path.iterdir())) < 5000
    assert list(run_tasks(Square(), [3], **two)) == [9]


@pytest.mark.parametrize("executor", ["processes", "dask"])
def test_a_task_travels_once_a_worker_and_not_once_an_item(executor, two, tmp_path):
    task = Counted(tmp_path, np.zeros(100_000))
    found = list(run_tasks(task, range(60), **two))
    assert [item for _, item in found] == list(range(60))
    workers = {process for process, _ in found}
    assert len(list(tmp_path.glob("packed-*"))) == 1
    assert 1 <= len(list(tmp_path.glob("unpacked-*"))) <= len(workers) <= 2


def test_a_task_from_a_notebook_travels_too():
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", NOTEBOOK], capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == ["0", "1", "4"]


def test_a_worker_with_other_software_is_refused():
    parcel = packed(Square())
    other = replace(parcel, name="other", versions=parcel.versions | {"numpy": "1.0"})
    with pytest.raises(ArgumentError, match=r"runs other software \(numpy .* there, 1.0 here"):
        run_parcel(other, 3)
    assert run_parcel(parcel, 3) == 9


def test_dask_works_through_a_scheduler_that_runs_already():
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        address = cluster.scheduler_address
        found = list(run_tasks(Square(), range(5), executor="dask", scheduler=address))
        assert found == [0, 1, 4, 9, 16]
        # And leaves it running.
        assert list(run_tasks(Square(), [3], executor="dask", scheduler=address)) == [9]


def test_two_runs_on_one_computer_have_a_scheduler_each(scheduler):
    with one_scheduler("dask", None, 1) as other:
        assert other != scheduler


def test_a_scheduler_out_of_reach_is_named(monkeypatch):
    monkeypatch.setattr("twoarm.execution.cluster._SECONDS_TO_CONNECT", 0.5)
    with pytest.raises(ArgumentError, match=r"No Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        list(run_tasks(Square(), [1], executor="dask", scheduler="tcp://127.0.0.1:9"))


def test_a_scheduler_without_dask_is_refused():
    with pytest.raises(ArgumentError, match="belongs to the executor 'dask'; found 'threads'"):
        run_tasks(Square(), [1], executor="threads", scheduler="tcp://127.0.0.1:9")


def test_dask_that_is_not_installed_is_an_error_with_the_command_to_type(monkeypatch):
    monkeypatch.setattr("twoarm.execution.cluster.find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match=r"pip install 'twoarm\[cluster\]'"):
        run_tasks(Square(), [1], executor="dask")


@each_executor
def test_linear_algebra_keeps_to_one_thread_inside_tasks(executor, two):
    with threadpool_limits(limits=2):  # whatever it was before
        before = max(pool["num_threads"] for pool in threadpool_info())
        found = list(run_tasks(Threads(), range(6), **two))
        after = max(pool["num_threads"] for pool in threadpool_info())
    assert {threads for _, threads in found} == {1}
    assert before == after == 2
    assert (os.getpid() not in {process for process, _ in found}) == (
        executor in ("processes", "dask")
    )


def test_an_unknown_executor_is_refused_before_anything_runs():
    with pytest.raises(ArgumentError, match="'cloud'; expected one of serial, threads, processes"):
        run_tasks(Square(), range(3), executor="cloud")


@each_executor
def test_a_negative_number_of_workers_is_refused(executor):
    with pytest.raises(ArgumentError, match="0 \\(all cores\\) or more; found -1"):
        run_tasks(Square(), range(3), executor=executor, workers=-1)


def test_idle_processes_stay_while_a_run_does_something_else():
    # A worker that leaves after joblib's 300 seconds, just as it is given work, stopped a run once.
    list(run_tasks(Square(), range(4), executor="processes", workers=2))
    assert reusable_executor._executor._timeout > 3600
