"""Compile the kernels before anybody waits for them."""

from __future__ import annotations

import time

import numpy as np

from twoarm.kernels.jit import UNCACHED
from twoarm.kernels.lowess import lowess
from twoarm.kernels.scores import score_replicates
from twoarm.learners.prepared import prepare
from twoarm.learners.replicate import fit_model, replicate
from twoarm.learners.stack import Stack

__all__ = ["compile_kernels", "is_cached"]


def is_cached() -> bool:
    """Say whether compiled kernels can be kept on disk."""
    return not UNCACHED


def compile_kernels() -> float:
    """Run a tiny stack and its measures through every kernel; give the seconds it took.

    About half a minute the first time, when the kernels are compiled and kept on disk; well below
    a second afterwards.
    """
    start = time.perf_counter()
    X = np.linspace(-1.0, 1.0, 120).reshape(40, 3) ** 2
    y = np.arange(40) % 2
    weight, wanted = np.ones(40, dtype=np.int64), np.ones(40, dtype=np.bool_)
    for combine in ("convex_loglik", "nnls"):
        replicate(Stack(combine=combine), prepare(X), y, weight, wanted=wanted, seed=0)
    for _, member in Stack().named_members():
        replicate(member, prepare(X), y, weight, wanted=wanted, seed=0)
        fit_model(member, prepare(X), y, weight, seed=0).predict_proba(X)
    fit_model(Stack(), prepare(X), y, weight, seed=0).predict_proba(X)
    score_replicates(X[:, :1].T.copy(), y.astype(np.int64), weight[None])
    lowess(np.sort(X[:, 0]), y.astype(np.float64))
    return time.perf_counter() - start


if __name__ == "__main__":
    compile_kernels()
