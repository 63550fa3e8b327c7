"""ATE, ATT and ATO in NHEFS against R's glm, sandwich and survey (make_population_values.R)."""

import json
from pathlib import Path

import causaldata
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from twoarm.diagnostics import average_effect

CLOSE = 1e-7  # both maximise a likelihood, to about 1e-9
VALUES = json.loads(Path(__file__).with_name("population_values.json").read_text("utf-8"))
SQUARED = ["age", "smokeintensity", "smokeyrs", "wt71"]
POPULATIONS = {"ate": "all", "att": "treated", "ato": "overlap"}


def logistic():
    return LogisticRegression(C=np.inf, tol=1e-14, max_iter=500, solver="newton-cholesky")


@pytest.fixture(scope="module")
def nhefs():
    data = causaldata.nhefs_complete.load_pandas().data
    columns = [data["sex"], data["race"]]
    columns += [data[name] for name in SQUARED] + [data[name] ** 2 for name in SQUARED]
    for name, levels in (("education", (2, 3, 4, 5)), ("exercise", (1, 2)), ("active", (1, 2))):
        columns += [data[name].astype(int) == level for level in levels]
    X = np.column_stack([np.asarray(column, dtype=float) for column in columns])
    return data, (X - X.mean(axis=0)) / X.std(axis=0), data["qsmk"].to_numpy().astype(int)


@pytest.fixture(scope="module", params=[("wt82_71", "weight_change"), ("death", "death")])
def outcome(request, nhefs):
    column, name = request.param
    y = nhefs[0][column].to_numpy().astype(float)
    return y, (LinearRegression() if name == "weight_change" else logistic()), VALUES[name]


@pytest.mark.parametrize("name", POPULATIONS)
def test_every_estimator_in_every_population(nhefs, outcome, name):
    _, X, w = nhefs
    y, model, values = outcome
    found = average_effect(
        X, y, w, outcome_model=model, propensity_model=logistic(), replicates=0,
        population=POPULATIONS[name],
    )  # fmt: skip
    wanted = values[name]
    assert found.g_formula.estimate == pytest.approx(wanted["g_formula"], abs=CLOSE)
    assert found.iptw.estimate == pytest.approx(wanted["iptw"]["estimate"], abs=CLOSE)
    assert found.iptw.se == pytest.approx(wanted["iptw"]["hc0"], abs=CLOSE)
    assert found.iptw.se == pytest.approx(wanted["iptw"]["svyglm"], rel=1 / w.size)
    for estimator in ("aipw", "tmle"):
        one = getattr(found, estimator)
        assert one.estimate == pytest.approx(wanted[estimator]["estimate"], abs=CLOSE)
        assert one.se == pytest.approx(wanted[estimator]["se"], abs=CLOSE)
    # The overlap-weighted difference is the same whatever the population asked for.
    assert found.overlap.estimate == pytest.approx(values["ato"]["iptw"]["estimate"], abs=CLOSE)


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_interval_of_weighted_means_is_hc3s_and_a_little_wider(nhefs, outcome, name):
    _, X, w = nhefs
    y, model, values = outcome
    found = average_effect(
        X, y, w, outcome_model=model, propensity_model=logistic(), replicates=0,
        population=POPULATIONS[name],
    ).iptw  # fmt: skip
    reach = (found.high - found.estimate) / values[name]["iptw"]["hc3"]
    assert 1.959964 < reach < 2.0  # t with a few hundred degrees of freedom
