"""X-, DR- and R-learner with linear second stages against EconML 0.17.0.

`make_econml_values.py` made the values: XLearner, LinearDRLearner and LinearDML (whose residual on
residual regression is the R-learner), unpenalised logistic nuisances, the folds given.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from twoarm.metalearners import DRLearner, RLearner, XLearner, nuisances, r

SOLVERS = 1e-7  # both fit to a gradient of 1e-12; the weights 1/e magnify what is left


def logistic():
    return LogisticRegression(C=np.inf, tol=1e-12, max_iter=500, solver="newton-cholesky")


@pytest.fixture(scope="module")
def econml():
    return json.loads(Path(__file__).with_name("econml_values.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "learner"), [("x", XLearner), ("dr", DRLearner), ("r", RLearner)])
def test_effects_are_those_of_econml(econml, name, learner, monkeypatch):
    X, w, y = (np.array(econml[key]) for key in ("X", "treatment", "outcome"))

    def given(sample, folds, *_):
        return np.arange(sample.outcome.size) % econml["folds"]

    monkeypatch.setattr(nuisances, "sample_folds", given)
    monkeypatch.setattr(r, "sample_folds", given)
    model = learner(
        logistic(), desirable=True, propensity=logistic(), effect_model=LinearRegression()
    ).fit(X, y, treatment=w)
    expected = econml["effect"][name]
    benefit = model.effects(X[: len(expected)]).benefit
    np.testing.assert_allclose(benefit, expected, rtol=0, atol=SOLVERS)
