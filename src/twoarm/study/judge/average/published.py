"""The study's averages beside the published ones that its benchmark file lists."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import PublishedBenchmark, published_benchmark
from twoarm.study.plan.plan import Plan

__all__ = ["benchmarks"]


def benchmarks(
    plan: Plan, mu: NDArray[np.float64], score: NDArray[np.float64]
) -> dict[str, PublishedBenchmark]:
    """Compare every outcome that has published rows and complete cross-fitted predictions.

    Parameters
    ----------
    plan : Plan
    mu : ndarray, shape (outcomes, 2, patients)
        Cross-fitted probabilities; NaN where cross-fitting failed.
    score : ndarray, shape (patients,)
        Propensity.
    """
    found = {}
    for position, spec in enumerate(plan.outcomes):
        rows = [each for each in plan.study.benchmark if each.outcome == spec.name]
        if not rows or not np.isfinite(mu[position]).all():
            continue
        y = plan.outcome(spec.name)
        known = np.isfinite(y)
        found[spec.name] = published_benchmark(
            y[known],
            plan.cohort.treatment[known],
            mu[position, 0, known],
            mu[position, 1, known],
            score[known],
            rows,
            desirable=spec.desirable,
        )
    return found
