"""A study whose list of predictors is empty: averages adjusted for the propensity, no models."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

from twoarm.cohort import load_study, read_cohort
from twoarm.errors import StudyFileError
from twoarm.report import write_report
from twoarm.report.terminal import opening_lines, terminal_summary
from twoarm.study import read_result, run
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.registry import QUESTIONS
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.plan.propensity import treatment_model

STUDY = """\
predictors = []

[study]
name = "averages"
title = "Averages alone"
cohort = "data.csv"
centre = "centre"

[target_trial]
eligibility = "all"
time_zero = "decision"
strategies = { control = "usual care", treated = "new" }
control_by = "status_at_decision"
estimand = "risk difference"

[treatment]
column = "arm"
control = 0
treated = 1

[[outcomes]]
name = "good"
column = "good"
event = { equals = 1 }
desirable = true
primary = true
threshold = 0.15

[[outcomes]]
name = "bad"
column = "bad"
event = { equals = 1 }
desirable = false

[[columns]]
column = "severity"
type = "number"
propensity = true

[[columns]]
column = "referred"
type = "binary"
propensity = true

[validation]
cross_fit_folds = 3
cross_fit_repeats = 2
"""
N = 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("averages")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    rng = np.random.default_rng(4)
    severity, referred = rng.normal(50, 10, N), rng.integers(0, 2, N)
    tilt = (severity - 50) / 10
    arm = rng.random(N) < 1 / (1 + np.exp(-0.7 * tilt - referred + 0.5))
    good = rng.random(N) < 1 / (1 + np.exp(0.8 * tilt - 0.4 * arm))
    bad = rng.random(N) < 0.2
    lines = ["arm,good,bad,severity,referred,centre"]
    lines += [
        f"{arm[k]:d},{good[k]:d},{bad[k]:d},{severity[k]:.1f},{referred[k]},C{k % 4}"
        for k in range(N)
    ]
    (folder / "data.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def result(folder):
    study = load_study(folder / "study.toml")
    out = folder / "run"
    return run(study, read_cohort(study), out=out, replicates=3, executor="serial")


pytestmark = pytest.mark.seconds


def test_the_averages_are_adjusted_for_the_columns_of_the_propensity(result):
    cohort = result.plan.cohort
    good, arm = cohort.outcomes["good"], cohort.treatment
    score = treatment_model(cohort).propensity.score
    weight = np.where(arm == 1, 1 / score, 1 / (1 - score))
    treated, control = arm == 1, arm == 0
    hajek = np.average(good[treated], weights=weight[treated]) - np.average(
        good[control], weights=weight[control]
    )
    found = result.value(AVERAGE_EFFECT).ate
    assert_allclose(found.iptw.estimate, hajek, rtol=1e-12)
    crude = good[treated].mean() - good[control].mean()
    assert_allclose(found.crude.estimate, crude, rtol=1e-12)
    # severity harms and is treated more often: adjusting for it adds to the crude difference
    for name in ("iptw", "overlap", "aipw", "tmle"):
        assert abs(getattr(found, name).estimate - hajek) < 0.01
        assert getattr(found, name).estimate > crude + 0.05


def test_whatever_needs_models_is_absent_with_the_reason(result, validator):
    summary = json.loads((result.folder / "summary.json").read_text(encoding="utf-8"))
    validator.validate(summary)
    outcome = summary["outcomes"]["good"]
    assert outcome["benefit"] is None
    assert outcome["arms"]["control"]["auc"] is None
    assert outcome["arms"]["control"]["n"] + outcome["arms"]["treated"]["n"] == N
    assert outcome["average_effect"]["aipw"]["estimate"] > 0
    for path in ("outcomes.good.benefit", "outcomes.bad.average_effect.g_formula", "model.json",
                 "outcomes.good.arms.treated.auc", "centres"):  # fmt: skip
        assert summary["absent"][path] == NO_PREDICTORS
    assert result.answers.defects == ()
    assert not (result.folder / "model.json").exists()
    for question in QUESTIONS:
        if question.of_models:
            assert result.answers.each(question) == {}


def test_page_and_terminal_say_so_and_show_no_model(result):
    page = write_report(result).read_text(encoding="utf-8")
    assert write_report(read_result(result.folder)).read_text(encoding="utf-8") == page
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "adjusted for what was measured ( AIPW" in text
    assert NO_PREDICTORS in text
    for name in ("Who benefits", "T-learner", "calculator"):
        assert name not in text
    printed = "\n".join(terminal_summary(result))
    assert "AUC" not in printed
    assert "adjusted for what was measured (AIPW)" in printed.replace("\n  ", " ")
    opening = list(opening_lines(result.plan.study, result.plan.cohort))
    assert f"  {NO_PREDICTORS}" in opening


def test_nothing_to_adjust_for_either_is_refused(folder):
    text = STUDY.replace("propensity = true", "propensity = false").replace('type = "number"\n', "")
    (folder / "none.toml").write_text(text.replace('type = "binary"\n', ""), encoding="utf-8")
    with pytest.raises(StudyFileError, match="averages adjusted for the"):
        load_study(folder / "none.toml")
