"""One stack at two commits: ``python -m benchmarks.bench.commits BASE [HEAD]``.

Each commit gets a worktree, a cache of kernels and a process of its own; the two take turns (ABAB),
so that whatever else the machine does disturbs both alike. Changes that are not committed are not
measured. Prints head's time over base's: below 1 is faster.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from benchmarks.bench.scikit_learn_stack import MEMBERS

__all__ = ["main"]

ROUNDS = 15
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

    def seconds(self, members: list[str]) -> float:
        """Time one stack of these members."""
        assert self.process.stdin is not None
        self.process.stdin.write(",".join(members) + "\n")
        self.process.stdin.flush()
        return float(self._answer())

    def close(self) -> None:
        """End the process."""
        self.process.communicate()


def _ratios(base: _Worker, head: _Worker, members: list[str]) -> tuple[float, np.ndarray]:
    """Give base's median seconds and the rounds' ratios; who goes first alternates."""
    pairs = np.empty((ROUNDS, 2))
    for number in range(ROUNDS):
        for which in ((0, 1), (1, 0))[number % 2]:
            pairs[number, which] = (base, head)[which].seconds(members)
    return float(np.median(pairs[:, 0])), pairs[:, 1] / pairs[:, 0]


def main() -> None:
    """Measure and print; nothing is kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument("head", nargs="?", default="HEAD")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workers = []
        for name, commit in (("base", asked.base), ("head", asked.head)):
            tree = stack.enter_context(_worktree(commit, folder / name))
            print(f"{name} = {commit}: compiling its kernels", flush=True)
            workers.append(_Worker(tree))
            stack.callback(workers[-1].close)
        print(f"{'':<17}{'base':>12}{'head/base':>11}   quartiles of {ROUNDS} rounds")
        for name, members in {**{each: [each] for each in MEMBERS}, "stack": MEMBERS}.items():
            seconds, ratios = _ratios(*workers, list(members))
            low, median, high = np.quantile(ratios, [0.25, 0.5, 0.75])
            print(f"{name:<17}{1e3 * seconds:>9.2f} ms{median:>11.3f}   {low:.3f} to {high:.3f}")


if __name__ == "__main__":
    main()
