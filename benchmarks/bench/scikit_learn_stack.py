"""scikit-learn's `StackingClassifier` of the same six members; needs scikit-learn alone."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.compose import make_column_transformer
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

__all__ = ["FOLDS", "MEMBERS", "numeric_columns", "stacking_classifier", "work"]

FOLDS = 5
MEMBERS = ("mean", "logistic", "spline_logistic", "elastic_net", "forest", "boosting")


def numeric_columns(X: np.ndarray) -> np.ndarray:
    """List the columns with more than two values: a spline of a yes/no column is the column."""
    return np.array([j for j in range(X.shape[1]) if np.unique(X[:, j]).size > 2])


def stacking_classifier(members: Sequence[str], X: np.ndarray) -> StackingClassifier:
    """Make the stack; X tells which columns get splines."""
    known: dict[str, Any] = {
        "mean": DummyClassifier(),
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(C=1.0)),
        "spline_logistic": make_pipeline(
            make_column_transformer(
                (
                    SplineTransformer(n_knots=4, degree=3, extrapolation="linear"),
                    numeric_columns(X),
                ),
                remainder="passthrough",
            ),
            StandardScaler(),
            LogisticRegression(C=1.0, max_iter=1000),
        ),
        "elastic_net": make_pipeline(
            StandardScaler(),
            LogisticRegression(C=0.5, l1_ratio=0.5, solver="saga", max_iter=5000),
        ),
        "forest": RandomForestClassifier(200, min_samples_leaf=5, max_features="sqrt"),
        "boosting": GradientBoostingClassifier(
            n_estimators=100, max_depth=2, learning_rate=0.1, min_samples_leaf=5
        ),
    }
    return StackingClassifier(
        [(name, known[name]) for name in members],
        final_estimator=LogisticRegression(),
        cv=StratifiedKFold(FOLDS, shuffle=True, random_state=1),
        stack_method="predict_proba",
    )


def work(members: Sequence[str], X: np.ndarray, y: np.ndarray) -> Callable[[], np.ndarray]:
    """Fit a stack of these members and predict the cohort."""
    stack = stacking_classifier(members, X)

    def fitted_and_predicted() -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of convergence; the work stays the same
            return stack.fit(X, y).predict_proba(X)[:, 1]

    return fitted_and_predicted
