"""Splines and penalized regressions against R; make_r_values.R made r_values.json."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.kernels.splines import expand
from twoarm.learners import ElasticNet, Logistic

VALUES = json.loads(Path(__file__).with_name("r_values.json").read_text(encoding="utf-8"))
TABLE = np.array([VALUES[name] for name in ("age", "glucose", "female")], dtype=np.float64).T
EVENT, WEIGHT = np.array(VALUES["event"]), np.array(VALUES["weight"])
PRINTED = 1e-13  # the file holds 15 digits
GLM = 1e-9  # both stop when the step is below 1e-11
GLMNET = 1e-6  # coordinate descent stops at a relative gain of 1e-20, about the root of that


def terms_of(x, knots):
    rows = np.arange(len(x), dtype=np.uint32)
    values = np.array([x], dtype=np.float64)
    return expand(values, rows, np.array([knots], dtype=np.float64))[1:]


@pytest.mark.parametrize("knots", ["three", "four", "five", "seven"])
def test_spline_terms_equal_those_of_hmisc(knots):
    # Hmisc::rcspline.eval(x, knots, norm = 2), Hmisc 4.8-0
    made = VALUES["splines"][knots]
    expected = np.array(made["terms"])
    found = terms_of(VALUES["spline_points"], made["knots"]).T
    assert_allclose(found, expected, rtol=PRINTED, atol=PRINTED * abs(expected).max())


def test_an_unpenalized_weighted_fit_equals_glm():
    model = Logistic(C=np.inf).fit(TABLE, EVENT, sample_weight=WEIGHT)
    assert_allclose([*model.intercept_, *model.coef_[0]], VALUES["glm"], rtol=GLM)


def test_an_unpenalized_spline_fit_equals_glm():
    made = VALUES["glm_spline"]
    table = np.column_stack([TABLE, terms_of(TABLE[:, 0], made["knots"]).T])
    model = Logistic(C=np.inf).fit(table, EVENT, sample_weight=WEIGHT)
    assert_allclose([*model.intercept_, *model.coef_[0]], made["coefficients"], rtol=GLM)


@pytest.mark.parametrize("made", VALUES["elastic_net"], ids=lambda made: f"{made['l1_ratio']}")
def test_an_elastic_net_equals_glmnet(made):
    model = ElasticNet(C=made["C"], l1_ratio=made["l1_ratio"])
    model.fit(TABLE, EVENT, sample_weight=WEIGHT)
    found = np.array([*model.intercept_, *model.coef_[0]])
    expected = np.array(made["coefficients"])
    assert_allclose(found, expected, rtol=GLMNET, atol=0)
    assert ((found == 0) == (expected == 0)).all()
