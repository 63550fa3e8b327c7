"""A small study on the shipped cohort: everything a study has, in a second."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from jsonschema.validators import validator_for
from tests.unit.pictures import pictures

from twoarm.cohort import load_study, read_cohort
from twoarm.report import write_report
from twoarm.study import run
from twoarm.study.fit.fits import FullFit, cross_fit
from twoarm.study.judge.answers import none_yet, said
from twoarm.study.judge.evidence import Evidence

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "summary.schema.json"

SHIPPED = Path(load_study("rescue-stenting").path)

SMALL = """
[model]
members = ["mean", "logistic", "elastic_net", "forest", "boosting"]
inner_folds = 3

[model.forest]
trees = 15

[model.boosting]
trees = 10

[validation]
replicates = 12
cross_fit_folds = 3
cross_fit_repeats = 2

[importance]
repeats = 2
"""


def small_study_text() -> str:
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace('cohort = "rescue', f'cohort = "{SHIPPED.parent}/rescue')
    return text[: text.index("[model]")] + SMALL


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marker
def pytest_collection_modifyitems(items):
    """Whatever asks for the run takes as long as the run."""
    for item in items:
        if {"small_result", "run_of_two"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.seconds)


@pytest.fixture
def study_text():
    return small_study_text()


@pytest.fixture(scope="session")
def small_study_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "small.toml"
    path.write_text(small_study_text(), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def small(small_study_file):
    study = load_study(small_study_file)
    return study, read_cohort(study)


@pytest.fixture(scope="session")
def small_result(small, tmp_path_factory):
    study, cohort = small
    return run(study, cohort, out=tmp_path_factory.mktemp("run") / "run", executor="serial")


@pytest.fixture(scope="session")
def small_report(small_result, tmp_path_factory):
    """The folder with the small run's report and nothing else: to be read, not to be written in."""
    folder = tmp_path_factory.mktemp("report")
    with pictures(rendered=True):  # whoever asks first
        write_report(small_result, folder)
    return folder


@pytest.fixture(scope="module")
def unrendered():
    """Leave the pictures out of what this module writes."""
    with pictures(rendered=False):
        yield


@pytest.fixture(scope="session")
def run_of_two(small, tmp_path_factory):
    """The folder of a finished run of two replicates: to be copied."""
    folder = tmp_path_factory.mktemp("two") / "run"
    run(*small, out=folder, replicates=2, executor="serial", workers=3)
    return folder


@pytest.fixture
def finished(run_of_two, tmp_path):
    """A copy of the finished run of two replicates, the test's own."""
    return shutil.copytree(run_of_two, tmp_path / "run")


@pytest.fixture(scope="session")
def schema():
    """The schema of ``summary.json`` as it is published."""
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def validator(schema):
    """The published schema, checked once: it takes longer than to hold a summary to it."""
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


class Stored:
    """The arrays of a finished run, without its lock."""

    def __init__(self, folder):
        self.folder = folder

    def array(self, name):
        return np.load(self.folder / "pred" / f"{name}.npy")


@pytest.fixture(scope="session")
def small_evidence(small_result):
    """What the questions of the small run were asked of."""
    full = FullFit(
        small_result.models,
        small_result.in_sample,
        {name: each.importance for name, each in small_result.outcomes.items()},
        small_result.dependence,
    )
    crossfit = cross_fit(small_result.plan, lambda _: None)
    return Evidence(small_result.plan, Stored(small_result.folder), full, crossfit)


@pytest.fixture(scope="session")
def interim(small_result):
    """The small run before its questions were asked."""
    old = small_result.answers
    return dataclasses.replace(small_result, answers=none_yet(old.study, old.questions))


@pytest.fixture(scope="session")
def answered():
    """Give a result with other answers to one question, and all that is said of them.

    One value stands for every outcome, a dictionary gives them by name.
    """

    def otherwise(result, question, value, *, study=None):
        old = result.answers
        own = value if isinstance(value, dict) else dict.fromkeys(old.values[question.name], value)
        values = {**old.values, question.name: old.values[question.name] | own}
        answers = said(study or old.study, old.questions, values)
        return dataclasses.replace(result, answers=answers)

    return otherwise
