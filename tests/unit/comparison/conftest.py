"""Runs to compare: the run of two replicates, one by another seed, one of another study."""

import pytest
from tests.unit.conftest import small_study_text

from twoarm.cohort import load_study, read_cohort
from twoarm.study import run


@pytest.fixture(scope="session")
def shipped():
    study = load_study("rescue-stenting")
    return study, read_cohort(study)


@pytest.fixture(scope="session")
def run_by_another_seed(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("seed") / "seed"
    run(*small, out=folder, replicates=2, seed=7, executor="serial")
    return folder


@pytest.fixture(scope="session")
def other_study(tmp_path_factory):
    """Older patients of the same file; one outcome less, one that is defined otherwise."""
    path = tmp_path_factory.mktemp("other") / "other.toml"
    text = small_study_text()
    start = text.index('[[outcomes]]\nname = "sich"')
    text = text[:start] + text[text.index('[[outcomes]]\nname = "death"') :]
    text = text.replace("event = { equals = 6 }", "event = { at_least = 5 }")
    text = text.replace('rule = "premrs <= 2"', 'rule = "premrs <= 2 and age >= 50"')
    path.write_text(text, encoding="utf-8")
    return load_study(path)


@pytest.fixture(scope="session")
def run_of_another_study(other_study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("another") / "run"
    run(other_study, read_cohort(other_study), out=folder, replicates=2, executor="serial")
    return folder
