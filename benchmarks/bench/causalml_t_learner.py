"""CausalML's T-learner with its own bootstrap; runs in CausalML's environment.

``python -m benchmarks.bench.causalml_t_learner COHORT.npz REPLICATES`` prints seconds and versions.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from importlib import metadata

import numpy as np
from causalml.inference.meta import BaseTClassifier

from benchmarks.bench.scikit_learn_stack import MEMBERS, stacking_classifier


def main() -> None:
    """Fit, bootstrap, give everybody an interval."""
    warnings.simplefilter("ignore")
    data, replicates = np.load(sys.argv[1]), int(sys.argv[2])
    X, y, treatment = data["X"], data["y"], data["treatment"]
    learner = BaseTClassifier(learner=stacking_classifier(MEMBERS, X), control_name=0)
    start = time.perf_counter()
    effect, low, high = learner.fit_predict(
        X,
        treatment,
        y,
        return_ci=True,
        n_bootstraps=replicates,
        bootstrap_size=len(y),
        verbose=False,
    )
    seconds = time.perf_counter() - start
    assert np.isfinite(effect).all()
    assert (low <= high).all()
    versions = {name: metadata.version(name) for name in ("causalml", "scikit-learn", "numpy")}
    print(json.dumps({"seconds": seconds, "versions": versions}))


if __name__ == "__main__":
    main()
