"""A small study on the shipped cohort: everything a study has, in a second."""

from pathlib import Path

import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.study import run

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
        if "small_result" in getattr(item, "fixturenames", ()):
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
