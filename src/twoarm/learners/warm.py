"""Compile the kernels before anybody waits for them, on two cores if there are two.

Each half lists the kernels that a study calls by name, large ones first; they take about as long.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import numpy as np

from twoarm.execution import worker_count
from twoarm.execution.companion import companion, end_with_parent
from twoarm.kernels.boosting import boost
from twoarm.kernels.cache import is_missing
from twoarm.kernels.combine import convex_loglik
from twoarm.kernels.jit import UNCACHED
from twoarm.kernels.lowess import lowess
from twoarm.kernels.scores import score_replicates
from twoarm.learners.prepared import prepare
from twoarm.learners.replicate import fit_model, replicate
from twoarm.learners.stack import MEMBERS, Stack

__all__ = ["compile_kernels", "is_cached"]

_TREES = "trees"
"""What the companion is told to compile."""

_N = 40
_X = np.linspace(-1.0, 1.0, 3 * _N).reshape(_N, 3) ** 2
_Y = np.arange(_N) % 2
_ONES = np.ones(_N, dtype=np.int64)


def is_cached() -> bool:
    """Say whether compiled kernels can be kept on disk."""
    return not UNCACHED


def compile_kernels() -> float:
    """Run a tiny stack and its measures through every kernel; give the seconds it took.

    About 20 seconds on two cores the first time, when kernels are compiled and kept on disk;
    well below a second afterwards.
    """
    start = time.perf_counter()
    with _without_collector():
        with _companion():
            _linear_members_and_measures()
        _trees_and_weights()
        _run_stacks()
    return time.perf_counter() - start


@contextmanager
def _without_collector() -> Iterator[None]:
    """Do not look for rings of objects meanwhile: a compiler makes many objects and drops few."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _companion() -> AbstractContextManager[None]:
    """Compile half of what is missing in a second process, where there is a core and a folder."""
    if is_missing(boost) and worker_count(0) > 1:
        return companion("twoarm.learners.warm", _TREES)
    return nullcontext()


def _linear_members_and_measures() -> None:
    _fit("mean", "logistic", "spline_logistic", "elastic_net")
    score_replicates(_X[:, :1].T.copy(), _Y, _ONES[None])
    lowess(np.sort(_X[:, 0]), _Y.astype(np.float64))


def _trees_and_weights() -> None:
    _fit("boosting", "forest")
    convex_loglik(np.ones((2, _N)) / 2, _Y.astype(np.float64), np.ones(_N))


def _fit(*names: str) -> None:
    for name in names:
        fit_model(MEMBERS[name](), prepare(_X), _Y, _ONES, seed=0).predict_proba(_X)


def _run_stacks() -> None:
    wanted = np.ones(_N, dtype=np.bool_)
    for estimator in (Stack(), *(member() for member in MEMBERS.values())):
        replicate(estimator, prepare(_X), _Y, _ONES, wanted=wanted, seed=0)
    fit_model(Stack(), prepare(_X), _Y, _ONES, seed=0).predict_proba(_X)


if __name__ == "__main__":
    if sys.argv[1:] == [_TREES]:
        end_with_parent()
        with _without_collector():
            _trees_and_weights()
    else:
        compile_kernels()
