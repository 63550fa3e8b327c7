"""External validation against R; make_external_values.R made external_values.json."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.validation.calibration import external_calibration
from twoarm.validation.case_mix import matching_weights
from twoarm.validation.closed_testing import closed_test
from twoarm.validation.discrimination import external_discrimination
from twoarm.validation.expected import expected_auc

VALUES = json.loads(Path(__file__).with_name("external_values.json").read_text(encoding="utf-8"))
X = np.array(VALUES["X"])
LP = np.array(VALUES["lp"])
RISK = 1.0 / (1.0 + np.exp(-LP))
GLM = 1e-8  # both stop when the likelihood no longer rises
OPTIM = 1e-4  # BFGS stops on the value of the dual, the weights are its gradient


@pytest.mark.parametrize("name", ["right", "drifted", "flatter", "other"])
def test_a_closed_test_equals_likelihood_ratios_of_glm(name):
    made = VALUES["tests"][name]
    found = closed_test(made["y"], LP, X)
    assert found.chosen == made["chosen"]
    reached = [*(step.log_likelihood for step in found.steps), found.most_log_likelihood]
    assert_allclose(reached, made["loglik"], rtol=GLM)
    assert [step.degrees for step in found.steps] == made["degrees"]
    assert_allclose([step.p for step in found.steps], made["p"], rtol=1e-4)


def test_the_coefficients_of_each_update_are_those_of_glm():
    made = VALUES["tests"]
    drifted = closed_test(made["drifted"]["y"], LP, X)
    assert_allclose(drifted.intercept, made["drifted"]["intercept_only"], rtol=GLM)
    assert drifted.slope == 1.0
    flatter = closed_test(made["flatter"]["y"], LP, X)
    assert_allclose([flatter.intercept, flatter.slope], made["flatter"]["line"], rtol=1e-7)
    other = closed_test(made["other"]["y"], LP, X)
    refitted = other.intercept + other.slope * LP + X @ other.coefficients
    b = np.array(made["other"]["refit"])
    assert_allclose(refitted, b[0] + X @ b[1:], rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", ["right", "drifted", "flatter", "other"])
def test_calibration_equals_glm(name):
    made = VALUES["tests"][name]
    found = external_calibration(made["y"], RISK, draws=2)
    line = [found.intercept.estimate, found.slope.estimate]
    assert_allclose(line, made["line"], rtol=1e-7, atol=1e-9)
    assert_allclose([found.intercept.se, found.slope.se], made["line_se"], rtol=1e-7)
    assert_allclose(found.in_the_large.estimate, made["intercept_only"], rtol=1e-7)
    assert_allclose(found.in_the_large.se, made["in_the_large_se"], rtol=1e-7)


def test_the_error_of_an_auc_is_delongs():
    found = external_discrimination(VALUES["tests"]["right"]["y"], RISK).auc
    assert_allclose(found.estimate, VALUES["auc"], rtol=1e-12)
    assert_allclose(found.se**2, VALUES["auc_variance"], rtol=1e-10)
    # on the logit scale, so that it stays between 0 and 1
    logit = np.log([found.low / (1 - found.low), found.high / (1 - found.high)])
    assert_allclose(logit.mean(), np.log(found.estimate / (1 - found.estimate)), rtol=1e-10)


def test_the_expected_auc_is_that_of_all_pairs():
    assert_allclose(expected_auc(RISK), VALUES["expected_auc"], rtol=1e-10)


def test_matching_weights_are_those_of_entropy_balancing():
    made = VALUES["balancing"]
    found = matching_weights(X, made["mean"], made["sd"])
    assert found.squares
    assert_allclose(found.effective, made["effective"], rtol=OPTIM)
    assert_allclose(found.weight[:5], made["first"], rtol=10 * OPTIM)
    mean = np.average(X, axis=0, weights=found.weight)
    assert_allclose(mean, made["mean"], atol=1e-3)
    spread = np.sqrt(np.average((X - made["mean"]) ** 2, axis=0, weights=found.weight))
    assert_allclose(spread, made["sd"], rtol=1e-3)
