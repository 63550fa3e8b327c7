"""A model adapted to other patients, behind the server and on the bedside page."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from starlette.testclient import TestClient

from twoarm.calculator import write_calculator
from twoarm.modelfile import load_model, patients_of, predict_patients
from twoarm.service import Settings, shelve
from twoarm.service.app import create_app
from twoarm.validation import validate_model
from twoarm.validation.adapting import adapted_content


@pytest.fixture(scope="module")
def adapted_file(validated, tmp_path_factory):
    assert validated.updated
    path = tmp_path_factory.mktemp("adapted") / "model-1.1.json"
    content = adapted_content(validated, day=dt.date(2026, 3, 1))
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_the_server_answers_as_the_adapted_model_does(adapted_file, elsewhere):
    model = load_model(adapted_file)
    wanted = [predictor.column for predictor in model.codebook]
    records = [{name: row[name] for name in wanted} for row in elsewhere[:5]]
    client = TestClient(create_app(shelve([adapted_file]), Settings(rate=0.0)))
    expected = predict_patients(model, patients_of(model, records))
    for row, record in enumerate(records):
        said = client.post("/predict", json={"patient": record}).json()["result"]
        if not expected.usable[row]:
            assert said["status"] != "predicted"
            continue
        for outcome, risk in said["learners"]["recommended"].items():
            right = float(expected.recommended.mu0[outcome][row])
            assert risk["control"] == pytest.approx(right, rel=1e-12)
            assert risk["low"] is None  # the range is withheld
            assert np.isnan(expected.recommended.low[outcome][row])
    facts = client.get("/model").json()["models"][0]["content"]
    assert facts["derived"]["parent_version"] == "1.0"


def test_the_page_is_written_with_the_updates(adapted_file, tmp_path):
    page = write_calculator(adapted_file, tmp_path / "page.html").read_text(encoding="utf-8")
    assert '"recalibration":[{' in page


def test_an_update_of_nothing_leaves_risks_alone(validated, adapted_file):
    model, adapted = validated.model, load_model(adapted_file)
    coded = validated.site.coded
    for outcome, name, learner in validated.parts():
        if name == "study" and learner.decision.form is None:
            np.testing.assert_array_equal(
                model.risks(coded, outcome.spec.name), adapted.risks(coded, outcome.spec.name)
            )
    assert validate_model(adapted, validated.site).model.content["version"] == "1.1"
