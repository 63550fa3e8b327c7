"""Results whose questions were answered otherwise, and runs of other cohorts."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.report.sections import sections
from twoarm.study import run
from twoarm.study.judge.answers import said


@pytest.fixture(scope="session")
def answered():
    """Give a result with another answer to one question, and all that is said of it."""

    def otherwise(result, question, value):
        old = result.answers
        values = {**old.values, question.name: dict.fromkeys(old.values[question.name], value)}
        return replace(result, answers=said(old.study, old.questions, values))

    return otherwise


def _run(study, cohort, folder):
    return run(study, cohort, out=folder / "run", replicates=6, executor="serial")


@pytest.fixture(scope="session")
def few_result(small, tmp_path_factory):
    """Four controls and few treated patients with the primary outcome."""
    study, cohort = small
    event, arm = cohort.outcomes["mrs_0_2"] == 1, cohort.treatment
    rows = np.zeros(len(cohort), dtype=bool)
    for number, with_event, without in ((0, 4, 56), (1, 20, 35)):
        rows[np.flatnonzero((arm == number) & event)[:with_event]] = True
        rows[np.flatnonzero((arm == number) & ~event)[:without]] = True
    return _run(study, cohort.subset(rows), tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="session")
def missing_result(small_study_file, tmp_path_factory):
    """A tenth of NIHSS, glucose and primary outcomes is missing; long labels, and real patients."""
    folder = tmp_path_factory.mktemp("missing")
    text = small_study_file.read_text(encoding="utf-8")
    text = text.replace('column = "nihss"\n', 'column = "nihss"\nmay_be_missing = true\n', 1)
    text = text.replace(
        'column = "glucose_mmol"\nlabel = "Glucose"',
        'column = "glucose_mmol"\nmay_be_missing = true\n'
        'label = "Glucose on admission, or the first one that was measured afterwards"',
        1,
    )
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = load_study(folder / "study.toml")
    whole = read_cohort(study)
    rng = np.random.default_rng(5)
    predictors, outcomes = whole.predictors.copy(), dict(whole.outcomes)
    for k, predictor in enumerate(whole.codebook):
        if predictor.may_be_missing:
            predictors[rng.random(len(whole)) < 0.1, k] = np.nan
    outcomes["mrs_0_2"] = np.where(rng.random(len(whole)) < 0.1, np.nan, outcomes["mrs_0_2"])
    cohort = dataclasses.replace(whole, predictors=predictors, outcomes=outcomes, synthetic=False)
    return _run(study, cohort, folder)


@pytest.fixture(scope="session", params=["small", "few", "missing", "long"])
def drawings(request):
    """Every figure of a run, by name: the shipped cohort, few events, gaps, long labels."""
    return request.getfixturevalue(f"{request.param}_drawings")


def _drawings(result):
    found, faults = sections(result)
    assert not faults
    return {each.name: each for section in found for each in section.drawings}


@pytest.fixture(scope="session")
def small_drawings(small_result):
    return _drawings(small_result)


@pytest.fixture(scope="session")
def few_drawings(few_result):
    return _drawings(few_result)


@pytest.fixture(scope="session")
def missing_drawings(missing_result):
    return _drawings(missing_result)


@pytest.fixture(scope="session")
def long_drawings(small_result):
    """The small run, with labels of arms, outcomes and predictors that go on and on."""
    plan, file = small_result.plan, small_result.plan.file
    labels = file.treatment.labels.model_copy(
        update={
            "control": "Continued medical management without any further attempt",
            "treated": "Rescue stenting with or without balloon angioplasty",
        }
    )
    outcomes = tuple(
        each.model_copy(update={"label": f"{each.label} by somebody who did not know the arm"})
        for each in file.outcomes
    )
    treatment = file.treatment.model_copy(update={"labels": labels})
    named = file.model_copy(update={"treatment": treatment, "outcomes": outcomes})
    codebook = tuple(
        each.model_copy(update={"label": f"{each.title} as measured in the first hospital of all"})
        for each in plan.cohort.codebook
    )
    plan = replace(
        plan,
        study=replace(plan.study, file=named),
        cohort=replace(plan.cohort, codebook=codebook),
    )
    specs = {each.name: each for each in outcomes}
    results = {
        name: replace(each, spec=specs[name]) for name, each in small_result.outcomes.items()
    }
    return _drawings(replace(small_result, plan=plan, outcomes=results))
