"""What a stack costs as patients, predictors and replicates grow.

``python -m benchmarks.bench.curve [--million]``; a million patients take minutes. Exponents are
slopes of log seconds on log size, by least squares. With ``--members`` only the members are timed
against patients, each three times in turns, and nothing is kept.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import metadata
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.bench import twoarm_stack
from benchmarks.bench.clock import interleaved, seconds_of
from benchmarks.bench.cohorts import cohort
from benchmarks.bench.figure import draw_curve
from benchmarks.bench.one_stack import composition, in_own_process
from benchmarks.bench.scikit_learn_stack import MEMBERS
from benchmarks.record import keep
from twoarm.learners import Stack
from twoarm.learners.warm import compile_kernels
from twoarm.resampling import validate

__all__ = ["main"]

PATIENTS, MILLION, CURVE_PREDICTORS = (1_000, 10_000, 100_000), 1_000_000, 20
LARGE = 100_000  # from here on each work is timed once, and the stack in a process of its own
PREDICTORS, PREDICTOR_PATIENTS = (7, 14, 28, 56), 1_000
REPLICATES, REPLICATE_PATIENTS, REPLICATE_PREDICTORS = (10, 20, 40), 197, 14
ROUNDS = 3
PARTS = ("prepare", *MEMBERS)
"""Sorting and binning, which the members' times leave out; the stack's contains it."""


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Give the slope of log seconds on log size."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def _exponents(points: list[dict[str, Any]], size: str) -> dict[str, float]:
    sizes = [point[size] for point in points]
    return {
        name: exponent(sizes, [point["seconds"][name] for point in points])
        for name in points[0]["seconds"]
    }


def _members_and_stack(n: int, p: int) -> dict[str, float]:
    X, y = cohort(n, p)
    works: dict[str, Callable[[], Any]] = {"prepare": lambda: twoarm_stack.prepared_cohort(X)}
    works |= _works_of_members(X, y)
    if n >= LARGE:
        return {name: seconds_of(work) for name, work in works.items()}
    works["stack"] = twoarm_stack.work(MEMBERS, X, y)
    return {name: timing.median for name, timing in interleaved(works, ROUNDS).items()}


def _works_of_members(X: np.ndarray, y: np.ndarray) -> dict[str, Callable[[], Any]]:
    prepared = twoarm_stack.prepared_cohort(X)
    return {name: twoarm_stack.prepared_work([name], prepared, y) for name in MEMBERS}


def _members(n: int, p: int) -> dict[str, float]:
    times = interleaved(_works_of_members(*cohort(n, p)), ROUNDS)
    return {name: timing.median for name, timing in times.items()}


def _print_members(sizes: tuple[int, ...]) -> None:
    points = [{"patients": n, "seconds": _members(n, CURVE_PREDICTORS)} for n in sizes]
    for name, value in _exponents(points, "patients").items():
        seconds = "".join(f"{point['seconds'][name]:>12.5f}" for point in points)
        print(f"{name:>16}{seconds}   exponent {value:.2f}")


def _against_patients(sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    print(f"\nSeconds of one stack against patients, {CURVE_PREDICTORS} predictors")
    heads = "".join(f"{name:>16}" for name in (*PARTS, "stack", "LightGBM+", "ratio"))
    print(f"{'patients':>10}{heads}")
    points = []
    for n in sizes:
        point: dict[str, Any] = {"patients": n, "seconds": _members_and_stack(n, CURVE_PREDICTORS)}
        if n >= LARGE:
            ours = in_own_process("twoarm", n, CURVE_PREDICTORS)
            point["seconds"]["stack"] = ours.pop("seconds")
            point["memory"] = ours
            theirs = in_own_process("lightgbm", n, CURVE_PREDICTORS)
        else:
            theirs = composition(n, CURVE_PREDICTORS)
        ratio = theirs["seconds"] / point["seconds"]["stack"]
        point |= {
            "lightgbm": theirs,
            "ratio_lightgbm": ratio,
            "ratio_lightgbm_parts": {
                name: theirs["members"][name] / point["seconds"][name] for name in PARTS
            },
        }
        cells = "".join(f"{seconds:>16.4f}" for seconds in point["seconds"].values())
        print(f"{n:>10}{cells}{theirs['seconds']:>16.3f}{ratio:>16.1f}", flush=True)
        points.append(point)
    return points


def _against_predictors() -> list[dict[str, Any]]:
    print(f"\nSeconds of one stack against predictors, {PREDICTOR_PATIENTS} patients")
    points = []
    for p in PREDICTORS:
        seconds = _members_and_stack(PREDICTOR_PATIENTS, p)
        points.append({"predictors": p, "seconds": seconds})
        cells = "".join(f"{each:>16.4f}" for each in seconds.values())
        print(f"{p:>10}{cells}", flush=True)
    return points


def _against_replicates() -> list[dict[str, Any]]:
    print(f"\nSeconds against replicates, {REPLICATE_PATIENTS} patients, full fit included")
    X, y = cohort(REPLICATE_PATIENTS, REPLICATE_PREDICTORS)

    def validated(replicates: int) -> None:
        validate(Stack(), X, y, replicates=replicates, seed=1, cv_repeats=0, executor="serial")

    works = {str(size): (lambda size=size: validated(size)) for size in REPLICATES}
    times = interleaved(works, ROUNDS)
    points = []
    for size in REPLICATES:
        seconds = times[str(size)].median
        points.append({"replicates": size, "seconds": {"stack": seconds}})
        print(f"{size:>10}{seconds:>16.3f}", flush=True)
    return points


def main() -> None:
    """Measure, print, keep and draw."""
    compile_kernels()
    sizes = PATIENTS + ((MILLION,) if "--million" in sys.argv[1:] else ())
    if "--members" in sys.argv[1:]:
        with threadpool_limits(1):
            _print_members(sizes)
        return
    with threadpool_limits(1):
        content: dict[str, Any] = {
            "lightgbm": metadata.version("lightgbm"),
            "inner_folds": twoarm_stack.FOLDS,
            "curve_predictors": CURVE_PREDICTORS,
            "replicates": _against_replicates(),
            "predictors": _against_predictors(),
            "patients": _against_patients(sizes),
        }
    content["exponents"] = {
        size: _exponents(content[size], size) for size in ("patients", "predictors", "replicates")
    }
    print("\nExponents (seconds grow like size to the power of)")
    for size, values in content["exponents"].items():
        cells = "  ".join(f"{name} {value:.2f}" for name, value in values.items())
        print(f"  {size}: {cells}")
    memory = content["patients"][-1]["memory"]
    print(
        f"Peak memory of one stack of {sizes[-1]} patients: {memory['peak_mib']:.0f} MiB "
        f"({memory['before_the_cohort_mib']:.0f} before the cohort is made)"
    )
    print(f"\n{keep('cost_curve', content)}\n{draw_curve(content)}")


if __name__ == "__main__":
    main()
