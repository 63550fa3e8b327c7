"""NHEFS, death by 1992: a null with strong measured confounding.

Crude risk difference 0.05384; g-formula -0.00318 from one pooled logistic model with quadratic
covariates and treatment x smoking intensity; -0.00516 with the same covariates fitted in each arm.
The values were computed twice, in R (glm) and in Python (statsmodels); covariates as in Hernan and
Robins, Causal Inference: What If (2020), program 13.1.
"""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from twoarm.cohort import load_study, read_cohort
from twoarm.diagnostics import average_effect

DIGITS = 6e-6  # the published values have five digits


@pytest.fixture(scope="module")
def nhefs():
    cohort = read_cohort(load_study("nhefs"))
    coded = dict(zip([p.column for p in cohort.codebook], cohort.predictors.T, strict=True))
    squared = ["age", "smokeintensity", "smokeyrs", "wt71"]
    columns = [coded["sex"], coded["race"]]
    columns += [coded[name] for name in squared] + [coded[name] ** 2 for name in squared]
    for name, levels in (("education", 5), ("exercise", 3), ("active", 3)):
        columns += [coded[name] == level for level in range(1, levels)]
    X = np.column_stack(columns).astype(float)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return X, cohort.outcomes["death"], cohort.treatment, coded["smokeintensity"]


def logistic():
    return LogisticRegression(C=np.inf, tol=1e-12, max_iter=500, solver="newton-cholesky")


def test_the_crude_difference(nhefs):
    X, y, w, _ = nhefs
    assert average_effect(X, y, w).crude.estimate == pytest.approx(0.05384, abs=DIGITS)


def test_the_g_formula_from_a_pooled_model(nhefs):
    X, y, w, intensity = nhefs

    def design(arm):
        return np.column_stack([X, arm, arm * (intensity - intensity.mean()) / intensity.std()])

    model = logistic().fit(design(w), y)
    mu = tuple(model.predict_proba(design(np.full(y.size, float(arm))))[:, 1] for arm in (0, 1))
    assert average_effect(X, y, w, mu=mu).g_formula.estimate == pytest.approx(-0.00318, abs=DIGITS)


def test_the_g_formula_from_a_model_in_each_arm(nhefs):
    X, y, w, _ = nhefs
    estimate = average_effect(X, y, w, outcome_model=logistic()).g_formula.estimate
    assert estimate == pytest.approx(-0.00516, abs=DIGITS)
