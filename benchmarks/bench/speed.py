"""Ours beside the others on the work of one study: ``python -m benchmarks.bench.speed``."""

from __future__ import annotations

from importlib import metadata

from threadpoolctl import threadpool_limits

from benchmarks.bench import members, rms, t_learners
from benchmarks.record import keep
from twoarm.learners.warm import compile_kernels

__all__ = ["main"]


def main() -> None:
    """Measure, print, keep."""
    compile_kernels()
    with threadpool_limits(1):
        content = {
            "lightgbm": metadata.version("lightgbm"),
            "one_stack": members.measure(),
            "t_learner": t_learners.measure(),
            "rms_validate": rms.measure(),
        }
    print(f"\n{keep('speed', content)}")


if __name__ == "__main__":
    main()
