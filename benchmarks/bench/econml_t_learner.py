"""EconML's T-learner with its own bootstrap; runs in EconML's environment.

``python -m benchmarks.bench.econml_t_learner COHORT.npz REPLICATES`` prints seconds and versions.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from importlib import metadata

import numpy as np
from econml.inference import BootstrapInference
from econml.metalearners import TLearner
from sklearn.base import BaseEstimator, RegressorMixin, clone

from benchmarks.bench.scikit_learn_stack import MEMBERS, stacking_classifier


class Risk(RegressorMixin, BaseEstimator):
    """A classifier as the regressor that EconML asks for: it predicts the probability."""

    def __init__(self, classifier):
        self.classifier = classifier

    def fit(self, X, y):
        """Fit a copy of the classifier."""
        self.classifier_ = clone(self.classifier).fit(X, y)
        return self

    def predict(self, X):
        """Give the probability of the event."""
        return self.classifier_.predict_proba(X)[:, 1]


def main() -> None:
    """Fit, bootstrap, give everybody an interval."""
    warnings.simplefilter("ignore")
    data, replicates = np.load(sys.argv[1]), int(sys.argv[2])
    X, y, treatment = data["X"], data["y"].astype(float), data["treatment"]
    learner = TLearner(models=Risk(stacking_classifier(MEMBERS, X)))
    bootstrap = BootstrapInference(n_bootstrap_samples=replicates, n_jobs=1)
    start = time.perf_counter()
    learner.fit(y, treatment, X=X, inference=bootstrap)
    low, high = learner.effect_interval(X)
    seconds = time.perf_counter() - start
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()
    versions = {name: metadata.version(name) for name in ("econml", "scikit-learn", "numpy")}
    print(json.dumps({"seconds": seconds, "versions": versions}))


if __name__ == "__main__":
    main()
