"""Predictors that are nearly an outcome: found, and put into words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.diagnostics import leakage
from twoarm.diagnostics.comparability.leakage import finding
from twoarm.study.judge.comparability.leakage import LEAKAGE
from twoarm.study.judge.question import Line
from twoarm.study.judge.registry import QUESTIONS


@pytest.fixture(scope="module")
def study():
    return load_study("rescue-stenting")


@pytest.fixture(scope="module")
def cohort(study):
    return read_cohort(study)


def with_outcome(cohort, values):
    return replace(cohort, outcomes={**cohort.outcomes, "death": values})


def age_of(cohort):
    return cohort.predictors[:, [each.column for each in cohort.codebook].index("age")]


def test_nothing_is_found_in_the_shipped_cohort(study, cohort):
    found = leakage(study, cohort)
    assert found.found == ()
    assert finding(found, study) is None


def test_a_predictor_that_is_the_outcome_questions_the_models(study, cohort):
    # the input outcome-determined
    age = age_of(cohort)
    found = leakage(study, with_outcome(cohort, (age > np.median(age)).astype(float)))
    said = finding(found, study)
    assert said.verdict == "questions"
    assert "Age" in said.text
    assert "with an AUC of 1.000" in said.text
    assert "no measure of the models holds for patients at the decision" in said.text


def test_so_does_one_that_is_it_in_one_arm(study, cohort):
    age, treated = age_of(cohort), cohort.treatment == 1
    chance = np.random.default_rng(1).integers(0, 2, age.size)
    outcome = np.where(treated, age > np.median(age), chance).astype(float)
    (line,) = leakage(study, with_outcome(cohort, outcome)).found
    assert f"in the arm '{study.file.treatment.labels.treated}'" in line


def test_what_tells_the_arm_is_left_to_the_questions_of_overlap(study, cohort):
    age = age_of(cohort)
    told = replace(cohort, treatment=(age > np.median(age)).astype(np.int64))
    assert leakage(study, told).found == ()


def test_a_run_asks_it(study):
    assert LEAKAGE in QUESTIONS
    assert LEAKAGE.line is Line.DESCRIPTIVE
