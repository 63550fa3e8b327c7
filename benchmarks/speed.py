"""One stack, one core: ours beside scikit-learn's stack of the same members (``make bench``).

197 patients, 14 predictors, 5 inner folds. The same work: every member fitted on each inner fold
and on everybody, and the cohort predicted. Medians of several runs; ratios, not seconds, are what
carries over to another machine.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    GradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from benchmarks.record import keep
from twoarm.learners import Stack, prepare, replicate
from twoarm.learners.stack import MEMBERS
from twoarm.learners.warm import compile_kernels

PATIENTS, PREDICTORS, FOLDS = 197, 14, 5
OURS_RUNS, THEIRS_RUNS = 31, 3


def cohort() -> tuple[np.ndarray, np.ndarray]:
    """Make predictors like the study's: half yes/no, some counts, some continuous."""
    rng = np.random.default_rng(197)
    X = rng.normal(size=(PATIENTS, PREDICTORS))
    X[:, 1:8] = X[:, 1:8] > 0.3
    X[:, 8:11] = np.round(3 * X[:, 8:11])
    y = (rng.random(PATIENTS) < 1 / (1 + np.exp(0.5 - X[:, 0] - X[:, 11]))).astype(int)
    return X, y


def scikit_learn_members() -> dict[str, Any]:
    """Give scikit-learn's counterpart of each default member."""
    return {
        "mean": DummyClassifier(),
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(C=1.0)),
        "spline_logistic": make_pipeline(
            SplineTransformer(n_knots=4, degree=3, extrapolation="linear"),
            StandardScaler(),
            LogisticRegression(C=1.0, max_iter=1000),
        ),
        "elastic_net": make_pipeline(
            StandardScaler(),
            LogisticRegression(C=0.5, l1_ratio=0.5, solver="saga", max_iter=5000),
        ),
        "forest": RandomForestClassifier(200, min_samples_leaf=5),
        "boosting": GradientBoostingClassifier(
            n_estimators=100, max_depth=2, learning_rate=0.1, min_samples_leaf=5
        ),
    }


def seconds(work: Callable[[], Any], runs: int) -> float:
    """Give the median time of several runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def ours(members: list[str], X: np.ndarray, y: np.ndarray) -> Callable[[], Any]:
    """Fit and predict our stack of these members."""
    weight, everybody = np.ones(len(y), dtype=np.int64), np.ones(len(y), dtype=bool)
    stack, outcome = Stack(members, inner_folds=FOLDS), y.astype(np.int64)
    return lambda: replicate(stack, prepare(X), outcome, weight, wanted=everybody, seed=1)


def theirs(members: list[str], X: np.ndarray, y: np.ndarray) -> Callable[[], Any]:
    """Fit and predict scikit-learn's stack of these members."""
    known = scikit_learn_members()
    stack = StackingClassifier(
        [(name, known[name]) for name in members],
        final_estimator=LogisticRegression(),
        cv=StratifiedKFold(FOLDS, shuffle=True, random_state=1),
        stack_method="predict_proba",
    )
    return lambda: stack.fit(X, y).predict_proba(X)


def main() -> None:
    """Measure, print the ratios, keep them."""
    warnings.simplefilter("ignore")
    compile_kernels()
    X, y = cohort()
    rows = {}
    threadpool_limits(1)
    print(f"{'':<18}{'twoarm, ms':>12}{'scikit-learn, ms':>18}{'ratio':>8}")
    for name, members in {**{each: [each] for each in MEMBERS}, "stack": list(MEMBERS)}.items():
        mine = seconds(ours(members, X, y), OURS_RUNS)
        other = seconds(theirs(members, X, y), THEIRS_RUNS)
        rows[name] = {
            "twoarm_ms": 1e3 * mine,
            "scikit_learn_ms": 1e3 * other,
            "ratio": other / mine,
        }
        print(f"{name:<18}{1e3 * mine:>12.2f}{1e3 * other:>18.1f}{other / mine:>8.0f}", flush=True)
    keep("speed", {"patients": PATIENTS, "predictors": PREDICTORS, "folds": FOLDS, "rows": rows})


if __name__ == "__main__":
    main()
