"""One stack at two commits: ``python -m benchmarks.bench.commits BASE [HEAD] [--sizes 197 10000]``.

Each commit gets a worktree, a cache of kernels and a process of its own; the two take turns (ABAB),
so that whatever else the machine does disturbs both alike. Changes that are not committed are not
measured. Prints head's time over base's, below 1 is faster: every member and the stack on one core,
the stack on two, and `Stack.fit`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench.scikit_learn_stack import MEMBERS

__all__ = ["main"]

ROUNDS = {197: 15, 10_000: 7, 100_000: 3}
MOST_FOR_FIT = 10_000
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def _worktree(commit: str, folder: Path) -> Iterator[Path]:
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


class _Worker:
    """A process that times stacks with one commit's twoarm."""

    def __init__(self, tree: Path):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.bench.commit_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=tree.parent,
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join([str(tree / "src"), str(ROOT)]),
                "NUMBA_CACHE_DIR": str(tree / "kernel-cache"),
            },
        )
        loaded = self._answer()
        if not Path(loaded).is_relative_to(tree.resolve()):
            raise RuntimeError(f"Expected twoarm from {tree}; the process loaded {loaded}.")

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line:
            raise RuntimeError("A commit's process ended early; its error stands above.")
        return line

    def seconds(self, asked: dict[str, Any]) -> float:
        """Time one stack."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return float(self._answer())

    def close(self) -> None:
        """End the process."""
        self.process.communicate()


def _ratios(workers: list[_Worker], asked: dict[str, Any]) -> tuple[float, np.ndarray]:
    """Give base's median seconds and the rounds' ratios; who goes first alternates."""
    rounds = ROUNDS.get(asked["patients"], min(ROUNDS.values()))
    pairs = np.empty((rounds, 2))
    for number in range(rounds):
        for which in ((0, 1), (1, 0))[number % 2]:
            pairs[number, which] = workers[which].seconds(asked)
    return float(np.median(pairs[:, 0])), pairs[:, 1] / pairs[:, 0]


def _rows(patients: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name what is timed at one size."""
    alone = {"patients": patients, "work": "replicate", "cores": 1}
    for each in MEMBERS:
        yield each, alone | {"members": [each]}
    yield "stack", alone | {"members": list(MEMBERS)}
    yield "stack, two cores", alone | {"members": list(MEMBERS), "cores": 2}
    if patients <= MOST_FOR_FIT:
        yield "Stack.fit", alone | {"members": list(MEMBERS), "work": "Stack.fit"}


def main() -> None:
    """Measure and print; nothing is kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument("head", nargs="?", default="HEAD")
    parser.add_argument("--sizes", nargs="+", type=int, default=[197])
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workers = []
        for name, commit in (("base", asked.base), ("head", asked.head)):
            tree = stack.enter_context(_worktree(commit, folder / name))
            print(f"{name} = {commit}: compiling its kernels", flush=True)
            workers.append(_Worker(tree))
            stack.callback(workers[-1].close)
        for patients in asked.sizes:
            print(f"{patients:<17}{'base':>12}{'head/base':>11}   quartiles of the rounds")
            for name, work in _rows(patients):
                seconds, ratios = _ratios(workers, work)
                low, median, high = np.quantile(ratios, [0.25, 0.5, 0.75])
                line = (
                    f"{name:<17}{1e3 * seconds:>9.2f} ms{median:>11.3f}   {low:.3f} to {high:.3f}"
                )
                print(line, flush=True)


if __name__ == "__main__":
    main()
