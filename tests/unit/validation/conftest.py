"""A model of the small study, and patients of other places."""

import csv
import io

import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.modelfile import load_model
from twoarm.study import run
from twoarm.study.judge.registry import QUESTIONS
from twoarm.synthetic import generate
from twoarm.validation import read_site, validate_model

QUICK = ("target trial", "overlap", "average effect", "ranking", "discrimination", "coherence")
NEEDS_A_RUN = {"model_file", "model", "elsewhere", "validated", "site_of"}


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marker
def pytest_collection_modifyitems(items):
    """Whatever asks for the model takes as long as its run."""
    for item in items:
        if NEEDS_A_RUN & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.seconds)


@pytest.fixture(scope="session")
def model_file(small_study_file, tmp_path_factory):
    study = load_study(small_study_file)
    folder = tmp_path_factory.mktemp("elsewhere") / "run"
    asked = [each for each in QUESTIONS if each.name in QUICK]
    run(study, read_cohort(study), out=folder, replicates=2, executor="serial", questions=asked)
    return folder / "model.json"


@pytest.fixture(scope="session")
def model(model_file):
    return load_model(model_file)


@pytest.fixture(scope="session")
def elsewhere():
    """Patients of another place as rows of a file: world B, where controls do better."""
    made = generate("B", treated=190, control=200, seed=4021)
    text = made.cohort.to_csv(index=False)
    return list(csv.DictReader(io.StringIO(text)))


def as_csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def data_file(elsewhere, tmp_path):
    """Write the other place's patients after `change(rows)`; give the path."""

    def write(change=None, name="elsewhere.csv"):
        rows = [dict(row) for row in elsewhere]
        rows = rows if change is None else change(rows) or rows
        path = tmp_path / name
        path.write_text(as_csv(rows), encoding="utf-8")
        return path

    return write


@pytest.fixture
def site_of(model, data_file, small_study_file):
    """Read the other place's patients after `change(rows)`."""

    def read(change=None, study=None):
        return read_site(model, study or load_study(small_study_file), data_file(change))

    return read


@pytest.fixture(scope="session")
def validated(model, elsewhere, small_study_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "elsewhere.csv"
    path.write_text(as_csv(elsewhere), encoding="utf-8")
    return validate_model(model, read_site(model, load_study(small_study_file), path))
