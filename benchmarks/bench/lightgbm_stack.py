"""The fastest stack we could compose from LightGBM and scikit-learn: no wrappers, no pipelines.

Trees by LightGBM's boosters, driven tree by tree (less overhead than `lightgbm.train`), on columns
binned once; linear members on arrays standardised with NumPy, input checks off. Members without
weight are not fitted again, as in ours. Where scikit-learn's forest is the faster one (large
cohorts: LightGBM's trees of thousands of leaves are slow), it grows the forest.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property

import lightgbm as lgb
import numpy as np
import sklearn
from scipy.optimize import nnls
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import SplineTransformer

from benchmarks.bench.clock import seconds_of
from benchmarks.bench.scikit_learn_stack import FOLDS, numeric_columns

__all__ = ["fastest_forest", "tallied", "work"]

_MOST_LEAVES = 131_072  # LightGBM's own limit
_PROBED_ROWS = 100_000
_LIBLINEAR_ROWS, _NEWTON_ROWS = 500, 2000  # most patients at which these beat lbfgs
_COMMON = {
    "objective": "binary",
    "num_threads": 1,
    "force_col_wise": True,
    "verbose": -1,
    "max_bin": 63,
    "min_data_in_leaf": 5,
}


class _Cohort:
    """Patients; binned once for all fits, as ours are, if there are trees."""

    def __init__(self, X: np.ndarray, y: np.ndarray):
        self.X, self.y = X, y

    @cached_property
    def numeric(self) -> np.ndarray:
        return numeric_columns(self.X)

    @cached_property
    def single(self) -> np.ndarray:
        return self.X.astype(np.float32)

    @cached_property
    def binned(self) -> lgb.Dataset:
        return lgb.Dataset(self.X, self.y, params=_COMMON, free_raw_data=False).construct()


Member = Callable[[_Cohort, np.ndarray, np.ndarray], np.ndarray]
"""Fit on some rows of a cohort, give the probabilities of other rows."""


def _boosted(
    parameters: dict[str, object], trees: int, cohort: _Cohort, inside: np.ndarray, new: np.ndarray
) -> np.ndarray:
    rows = cohort.binned.subset(inside, params=parameters)
    booster = lgb.Booster(parameters, rows)
    for _ in range(trees):
        booster.update()
    return np.asarray(booster.predict(cohort.X[new], num_threads=1))


def _lightgbm_forest(trees: int) -> Member:
    def member(cohort: _Cohort, inside: np.ndarray, new: np.ndarray) -> np.ndarray:
        p = cohort.X.shape[1]
        parameters = _COMMON | {
            "boosting": "rf",
            "bagging_freq": 1,
            "bagging_fraction": 0.632,  # the share of patients in a bootstrap sample
            "feature_fraction_bynode": math.isqrt(p) / p,
            "num_leaves": min(_MOST_LEAVES, max(2, inside.size // 5)),
        }
        return _boosted(parameters, trees, cohort, inside, new)

    return member


def _scikit_learn_forest(trees: int) -> Member:
    def member(cohort: _Cohort, inside: np.ndarray, new: np.ndarray) -> np.ndarray:
        forest = RandomForestClassifier(trees, min_samples_leaf=5, max_features="sqrt")
        forest.fit(cohort.single[inside], cohort.y[inside])
        return forest.predict_proba(cohort.single[new])[:, 1]

    return member


_FORESTS = {"lightgbm": _lightgbm_forest, "scikit-learn": _scikit_learn_forest}


def _boosting(cohort: _Cohort, inside: np.ndarray, new: np.ndarray) -> np.ndarray:
    parameters = _COMMON | {"learning_rate": 0.1, "num_leaves": 4, "max_depth": 2}
    return _boosted(parameters, 100, cohort, inside, new)


def _mean(cohort: _Cohort, inside: np.ndarray, new: np.ndarray) -> np.ndarray:
    return np.full(new.size, cohort.y[inside].mean())


def _linear(
    model: LogisticRegression, X: np.ndarray, y: np.ndarray, X_new: np.ndarray
) -> np.ndarray:
    mean, scale = X.mean(axis=0), X.std(axis=0)
    scale[scale == 0] = 1.0
    return model.fit((X - mean) / scale, y).predict_proba((X_new - mean) / scale)[:, 1]


def _logistic(cohort: _Cohort, inside: np.ndarray, new: np.ndarray) -> np.ndarray:
    # liblinear penalises the intercept; scaled by 10 it does so a hundred times less
    solver = "liblinear" if inside.size <= _LIBLINEAR_ROWS else "lbfgs"
    model = LogisticRegression(C=1.0, solver=solver, intercept_scaling=10.0)
    return _linear(model, cohort.X[inside], cohort.y[inside], cohort.X[new])


def _elastic_net(cohort: _Cohort, inside: np.ndarray, new: np.ndarray) -> np.ndarray:
    model = LogisticRegression(C=0.5, l1_ratio=0.5, solver="saga", max_iter=5000)
    return _linear(model, cohort.X[inside], cohort.y[inside], cohort.X[new])


def _spline_logistic(cohort: _Cohort, inside: np.ndarray, new: np.ndarray) -> np.ndarray:
    splines = SplineTransformer(n_knots=4, degree=3, extrapolation="linear", include_bias=False)
    splines.fit(cohort.X[np.ix_(inside, cohort.numeric)])
    linear = np.delete(cohort.X, cohort.numeric, axis=1)
    designs = (
        np.hstack([linear[rows], splines.transform(cohort.X[np.ix_(rows, cohort.numeric)])])
        for rows in (inside, new)
    )
    solver = "newton-cholesky" if inside.size <= _NEWTON_ROWS else "lbfgs"
    model = LogisticRegression(C=1.0, solver=solver, max_iter=1000)
    return _linear(model, next(designs), cohort.y[inside], next(designs))


def fastest_forest(X: np.ndarray, y: np.ndarray) -> str:
    """Say whose forest is faster on this cohort, by a few trees on at most 100 000 patients."""
    cohort = _Cohort(X[:_PROBED_ROWS], y[:_PROBED_ROWS])
    rows = np.arange(cohort.y.size)
    trees = max(1, min(50, 20_000 // rows.size))

    def seconds(name: str) -> float:
        return min(seconds_of(lambda: _FORESTS[name](trees)(cohort, rows, rows)) for _ in range(2))

    return min(_FORESTS, key=seconds)


def tallied(
    names: Sequence[str], X: np.ndarray, y: np.ndarray, *, forest: str, trees: int
) -> tuple[np.ndarray, dict[str, float]]:
    """Fit a stack of these members, predict the cohort; give the seconds of each and of binning."""
    known: dict[str, Member] = {
        "mean": _mean,
        "logistic": _logistic,
        "spline_logistic": _spline_logistic,
        "elastic_net": _elastic_net,
        "forest": _FORESTS[forest](trees),
        "boosting": _boosting,
    }
    with (
        warnings.catch_warnings(),
        sklearn.config_context(assume_finite=True, skip_parameter_validation=True),
    ):
        warnings.simplefilter("ignore")
        cohort, start = _Cohort(X, y), time.perf_counter()
        if {"forest", "boosting"} & set(names):
            assert cohort.binned.num_data() == y.size  # asked for, so made
        prepared = time.perf_counter() - start
        risk, seconds = _stacked({name: known[name] for name in names}, cohort)
    return risk, {"prepare": prepared, **seconds}


def _stacked(members: dict[str, Member], cohort: _Cohort) -> tuple[np.ndarray, dict[str, float]]:
    seconds = dict.fromkeys(members, 0.0)

    def timed(name: str, inside: np.ndarray, new: np.ndarray) -> np.ndarray:
        start = time.perf_counter()
        risk = members[name](cohort, inside, new)
        seconds[name] += time.perf_counter() - start
        return risk

    everybody = np.arange(cohort.y.size)
    out_of_fold = np.empty((everybody.size, len(members)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    for inside, outside in folds.split(cohort.X, cohort.y):
        for k, name in enumerate(members):
            out_of_fold[outside, k] = timed(name, inside, outside)
    weights = nnls(out_of_fold, cohort.y.astype(np.float64))[0]
    risk = np.zeros(everybody.size)
    for name, weight in zip(members, weights / weights.sum(), strict=True):
        if weight > 0:
            risk += weight * timed(name, everybody, everybody)
    return risk, seconds


def work(
    members: Sequence[str], X: np.ndarray, y: np.ndarray, *, forest: str = "lightgbm"
) -> Callable[[], np.ndarray]:
    """Fit a stack of these members with 200 trees and predict the cohort."""
    return lambda: tallied(members, X, y, forest=forest, trees=200)[0]
