"""Make econml_values.json: X-, DR- and R-learner (LinearDML) with linear second stages.

Run in an environment of its own: ``pip install econml==0.17.0`` and then
``python tests/reference/make_econml_values.py``.
"""

import json
from importlib import metadata
from pathlib import Path

import numpy as np
from econml.dml import LinearDML
from econml.dr import LinearDRLearner
from econml.metalearners import XLearner
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import LinearRegression, LogisticRegression

N, FOLDS, SHOWN = 400, 4, 8


def logistic():
    return LogisticRegression(C=np.inf, tol=1e-12, max_iter=500, solver="newton-cholesky")


class LogisticRisk(RegressorMixin, BaseEstimator):
    """Logistic regression whose prediction is the probability."""

    def fit(self, X, y):
        self.model_ = logistic().fit(X, y)
        return self

    def predict(self, X):
        return self.model_.predict_proba(X)[:, 1]


class LogisticByArm(RegressorMixin, BaseEstimator):
    """One logistic regression for each arm; EconML gives the arm as the last column."""

    def fit(self, X, y):
        arm = X[:, -1]
        self.models_ = [logistic().fit(X[arm == w, :-1], y[arm == w]) for w in (0, 1)]
        return self

    def predict(self, X):
        risks = [model.predict_proba(X[:, :-1])[:, 1] for model in self.models_]
        return np.where(X[:, -1] == 1, risks[1], risks[0])


def data():
    rng = np.random.default_rng(2019)
    X = np.round(rng.normal(size=(N, 3)), 3)
    w = (rng.random(N) < 1 / (1 + np.exp(-0.5 * X[:, 0]))).astype(int)
    risk = 1 / (1 + np.exp(0.3 - 0.8 * X[:, 0] - w * (0.6 + 0.5 * X[:, 1])))
    return X, w, (rng.random(N) < risk).astype(int)


def main():
    X, w, y = data()
    fold = np.arange(N) % FOLDS
    splits = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(FOLDS)]
    learners = {
        "x": XLearner(
            models=LogisticRisk(), cate_models=LinearRegression(), propensity_model=logistic()
        ),
        "dr": LinearDRLearner(
            model_propensity=logistic(), model_regression=LogisticByArm(), cv=splits
        ),
        "r": LinearDML(
            model_y=logistic(),
            model_t=logistic(),
            discrete_outcome=True,
            discrete_treatment=True,
            cv=splits,
        ),
    }
    effects = {
        name: learner.fit(y, w, X=X).effect(X[:SHOWN]).ravel().tolist()
        for name, learner in learners.items()
    }
    packages = ("econml", "scikit-learn", "numpy")
    content = {
        "versions": {package: metadata.version(package) for package in packages},
        "folds": FOLDS,
        "X": X.tolist(),
        "treatment": w.tolist(),
        "outcome": y.tolist(),
        "effect": effects,
    }
    path = Path(__file__).with_name("econml_values.json")
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
