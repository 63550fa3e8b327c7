"""REST answers what `predict_patients` says, and a bad call learns what is expected, no more."""

from __future__ import annotations

import json

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.unit.service.hospital import PATIENT

from twoarm.modelfile import patients_of, predict_patients
from twoarm.service.access import AccessLine

CANARY = "Zq7Canary"
JSON = {"content-type": "application/json"}


def shown(risk):
    return [risk["control"], risk["treated"], risk["benefit"]]


def test_it_answers_as_the_model_does(client, served):
    said = client.post("/predict", json={"patient": PATIENT}).json()["result"]
    expected = predict_patients(served.model, patients_of(served.model, [PATIENT]))
    assert said["status"] == "predicted"
    for name, learner in said["learners"].items():
        by = getattr(expected, name)
        assert set(learner) == set(by.mu0)
        for outcome, risk in learner.items():
            numbers = [float(part[outcome][0]) for part in (by.mu0, by.mu1, by.benefit)]
            assert shown(risk) == numbers


def test_the_recommended_learner_alone_has_a_range(client, served):
    learners = client.post("/predict", json={"patient": PATIENT}).json()["result"]["learners"]
    for risk in learners["recommended"].values():
        assert risk["low"] <= risk["benefit"] <= risk["high"]
    assert all(risk["low"] is None for risk in learners["study"].values())


def test_outcomes_with_a_threshold_have_the_chance_that_the_benefit_exceeds_it(client, served):
    learners = client.post("/predict", json={"patient": PATIENT}).json()["result"]["learners"]
    expected = predict_patients(served.model, patients_of(served.model, [PATIENT])).recommended
    assert expected.chance
    for outcome, risk in learners["recommended"].items():
        chance = expected.chance.get(outcome)
        assert risk["chance"] == (None if chance is None else float(chance[0]))
    assert all(risk["chance"] is None for risk in learners["study"].values())
    described = client.get("/openapi.json").json()["components"]["schemas"]["Risk"]
    assert "exceeds the study's threshold" in described["properties"]["chance"]["description"]


def test_values_may_be_spelled_as_in_a_file(client):
    spelled = {**{name: str(value) for name, value in PATIENT.items()}, "female": "1", "ivt": "0"}
    plain, text = (
        client.post("/predict", json={"patient": each}).json()["result"]["learners"]
        for each in (PATIENT, spelled)
    )
    assert plain == text


def test_a_batch_gives_the_same_as_one_by_one_and_one_bad_patient_spoils_no_other(client):
    patients = [PATIENT, {**PATIENT, "age": "old"}, {**PATIENT, "nihss": 20}]
    results = client.post("/predict/batch", json={"patients": patients}).json()["results"]
    assert [each["status"] for each in results] == ["predicted", "unreadable", "predicted"]
    assert results[1]["problems"] == ["age: expected a number"]
    for row in (0, 2):
        alone = client.post("/predict", json={"patient": patients[row]}).json()["result"]
        for outcome, risk in alone["learners"]["recommended"].items():
            np.testing.assert_allclose(
                shown(results[row]["learners"]["recommended"][outcome]),
                shown(risk),
                rtol=0,
                atol=1e-15,
            )


BAD = {
    "text": ({"age": CANARY}, "age: expected a number"),
    "out of range": ({"age": 987654}, "age: expected 18 to 110 years"),
    "negative": ({"passes": -987654}, "passes: expected 0 to 20"),
    "decimal comma": ({"glucose_mmol": "98,7654"}, "glucose_mmol: expected a number"),
    "unit in the cell": ({"glucose_mmol": "98.7654 mg/dL"}, "glucose_mmol: expected a number"),
    "mg/dL": ({"glucose_mmol": 987.654}, "glucose_mmol: expected 1 to 60 mmol/L"),
    "no whole number": ({"nihss": 16.987654}, "nihss: expected a whole number"),
    "unknown level": (
        {"site": CANARY},
        "site: expected one of M1 (M1), ICA (intracranial ICA), M2",
    ),
    "missing": ({"nihss": None}, "nihss is missing"),
    "true for a number": ({"nihss": True}, "nihss: expected a number"),
    "list": ({"nihss": [CANARY]}, "nihss: expected a number"),
    "object": ({"nihss": {CANARY: 1}}, "nihss: expected a number"),
    "long text": ({"nihss": CANARY * 10_000}, "nihss: expected a number"),
    "huge": ({"nihss": 10**400}, "nihss: expected a number"),
    "null character": ({"nihss": "16\0"}, "nihss: expected a number"),
    "half a character": ({"site": "\ud800"}, "site: expected one of"),
    "unknown name": ({CANARY: 1}, "1 name unknown to the model"),
    "date": ({"nihss": "1987-06-05"}, "nihss: expected a number"),
}


@pytest.mark.parametrize(("change", "expected"), BAD.values(), ids=BAD.keys())
def test_a_bad_value_is_refused_without_being_repeated(client, change, expected):
    answer = client.post("/predict", content=json.dumps({"patient": {**PATIENT, **change}}),
                         headers=JSON)  # fmt: skip
    assert answer.status_code == 422
    assert any(expected in each for each in answer.json()["errors"])
    assert CANARY not in answer.text
    assert "9876" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_json_has_no_number_for_is_refused(client, number):
    body = json.dumps({"patient": PATIENT}).replace("7.4", number)
    answer = client.post("/predict", content=body, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["errors"] == ["glucose_mmol: expected a number"]


def test_outside_what_the_model_has_seen_there_are_no_numbers(client):
    answer = client.post("/predict", json={"patient": {**PATIENT, "age": 109}})
    assert answer.status_code == 200
    said = answer.json()["result"]
    assert said["status"] == "withheld"
    assert said["learners"] is None
    assert "outside what the model has seen" in said["note"]


CALLS = {
    "no body": ("/predict", b""),
    "no json": ("/predict", f"{CANARY} {{".encode()),
    "not closed": ("/predict", b'{"patient": {"age": '),
    "no patient": ("/predict", json.dumps({"patients": [PATIENT], CANARY: CANARY}).encode()),
    "patient is text": ("/predict", json.dumps({"patient": CANARY}).encode()),
    "list": ("/predict", json.dumps([CANARY]).encode()),
    "no patients": ("/predict/batch", b'{"patients": []}'),
    "patients is an object": ("/predict/batch", json.dumps({"patients": {CANARY: 1}}).encode()),
    "one patient is null": ("/predict/batch", b'{"patients": [null]}'),
    "too many": ("/predict/batch", json.dumps({"patients": [{CANARY: 1}] * 1001}).encode()),
    "model is a number": ("/predict", json.dumps({"patient": PATIENT, "model": 7.25}).encode()),
    "half a character": ("/predict", b'{"patient": "\\ud800"}'),
    "no utf-8": ("/predict", b'{"patient": "\xff\xfe"}'),
}


@pytest.mark.parametrize(("path", "body"), CALLS.values(), ids=CALLS.keys())
def test_a_call_that_cannot_be_read_is_refused_without_being_repeated(client, path, body):
    answer = client.post(path, content=body, headers=JSON)
    assert 400 <= answer.status_code < 500
    assert answer.json()["status"] == answer.status_code
    for kept in (CANARY, "7.25", "Traceback", "twoarm/"):
        assert kept not in answer.text


def test_another_kind_of_body_is_refused(client):
    body = json.dumps({"patient": PATIENT})
    answer = client.post("/predict", content=body, headers={"content-type": "text/plain"})
    assert answer.status_code == 422
    assert "357" not in answer.text


def test_an_unknown_model_is_refused_without_being_repeated(client):
    answer = client.post("/predict", json={"patient": PATIENT, "model": CANARY})
    assert answer.status_code == 404
    assert "rescue-stenting" in answer.json()["detail"]
    assert CANARY not in answer.text


def test_an_address_that_is_none_is_not_repeated(client, lines):
    answer = client.get(f"/{CANARY}?{CANARY}={CANARY}")
    assert answer.status_code == 404
    assert CANARY not in answer.text
    assert CANARY not in lines.texts[-1]


def test_the_model_is_described_without_its_trees(client, served):
    facts = client.get("/model").json()["models"][0]
    assert facts["model"]["digest"] == served.content["digest"]
    assert facts["sha256"] == served.sha256
    assert {"codebook", "population", "performance", "not_for"} <= set(facts["content"])
    assert not {"arms", "test_vectors"} & set(facts["content"])


def test_health_names_the_models(client):
    answer = client.get("/healthz").json()
    assert answer["status"] == "ok"
    assert [each["id"] for each in answer["models"]] == ["rescue-stenting"]


def test_every_answer_says_that_it_is_for_research(client):
    for path, body in (
        ("/predict", {"patient": PATIENT}),
        ("/predict/batch", {"patients": [PATIENT]}),
    ):
        assert "Research only" in client.post(path, json=body).json()["research_only"]


# --- what is logged -----------------------------------------------------------------------------


def test_a_line_says_who_what_and_when_and_nothing_of_the_patient(client, lines, served):
    client.post("/predict", json={"patient": {**PATIENT, "glucose_mmol": 7.4321}})
    line = lines.last
    assert line["endpoint"] == "/predict"
    assert line["status"] == 200
    assert line["digest"] == served.content["digest"]
    assert {"time", "request", "ms", "model", "version"} <= set(line)
    assert "inputs_hmac" not in line
    assert "7.4321" not in lines.texts[-1]


def test_inputs_leave_an_hmac_only_where_the_site_gave_a_key(client_of, lines):
    body = {"patient": PATIENT}
    found = []
    for key in (b"one", b"one", b"two"):
        client_of(hmac_key=key).post("/predict", json=body)
        found.append(lines.last["inputs_hmac"])
    assert found[0] == found[1] != found[2]
    assert len(found[0]) == 64


def test_the_answer_carries_the_request_of_the_line(client, lines):
    answer = client.post("/predict", json={"patient": PATIENT})
    assert answer.headers["x-request-id"] == lines.last["request"]


def test_a_defect_gives_neither_traceback_nor_values(lines):
    async def broken(scope, receive, send):
        raise RuntimeError(f"value {CANARY}")

    answer = TestClient(AccessLine(broken)).post("/predict", json={"patient": CANARY})
    assert answer.status_code == 500
    assert answer.json()["title"] == "Internal Server Error"
    assert CANARY not in answer.text
    assert lines.last["defect"].startswith("RuntimeError in broken:")
    assert CANARY not in lines.texts[-1]
