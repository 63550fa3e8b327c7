"""A model file with gaps and levels, and an engine that runs the page's arithmetic."""

import json

import numpy as np
import pytest
from py_mini_racer import MiniRacer

from twoarm.calculator.compact import compact_content
from twoarm.calculator.page import script
from twoarm.cohort import load_study, read_cohort
from twoarm.modelfile import load_model
from twoarm.study import run
from twoarm.study.judge.registry import QUESTIONS

QUICK = ("target trial", "overlap", "average effect", "ranking", "discrimination", "coherence")
ARITHMETIC = ("evaluator", "range", "chance", "reading", "answer")


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marker
def pytest_collection_modifyitems(items):
    """Whatever asks for the model takes as long as its run."""
    for item in items:
        if {"model", "model_file", "engine", "html"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.seconds)


@pytest.fixture(scope="session")
def model_file(small_study_file, tmp_path_factory):
    """The small study's, in which glucose, the site and diabetes may be unknown."""
    text = small_study_file.read_text(encoding="utf-8")
    for column in ("glucose_mmol", "site", "dm"):
        entry = f'[[predictors]]\ncolumn = "{column}"\n'
        assert entry in text
        text = text.replace(entry, f"{entry}may_be_missing = true\n")
    path = small_study_file.with_name("calculator.toml")
    path.write_text(text, encoding="utf-8")
    study = load_study(path)
    folder = tmp_path_factory.mktemp("calculator") / "run"
    asked = [each for each in QUESTIONS if each.name in QUICK]
    run(study, read_cohort(study), out=folder, replicates=2, executor="serial", questions=asked)
    return folder / "model.json"


@pytest.fixture(scope="session")
def model(model_file):
    return load_model(model_file)


@pytest.fixture(scope="session")
def plain_engine():
    """The page's arithmetic and reading, without a model."""
    with MiniRacer() as engine:  # left open it may keep Python from ending
        engine.eval(script(ARITHMETIC).replace("export ", ""))
        yield engine


@pytest.fixture(scope="session")
def engine(model):
    """The page's arithmetic with the model as MODEL."""
    content = compact_content(model.content, model.codebook)
    with MiniRacer() as engine:
        engine.eval(script(ARITHMETIC).replace("export ", ""))
        engine.eval(f"const MODEL = {json.dumps(content)}")
        yield engine


@pytest.fixture(scope="session")
def patients(model):
    """A thousand patients drawn within what was seen, unknown where that is allowed."""
    rng = np.random.default_rng(20260)
    columns = []
    for predictor in model.codebook:
        seen = model.content["support"][predictor.column]
        if not predictor.is_number:
            values = rng.choice(np.asarray(seen["levels"], dtype=np.float64), 1000)
        else:
            values = rng.uniform(seen["min"], seen["max"], 1000)
            values = np.rint(values) if predictor.type == "integer" else values
        if predictor.may_be_missing:
            values[rng.random(1000) < 0.1] = np.nan
        columns.append(values)
    return np.column_stack(columns)
