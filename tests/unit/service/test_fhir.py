"""FHIR: percentages, two arms, the difference apart, valid by the schema of R4B."""

from __future__ import annotations

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.riskassessment import RiskAssessment
from tests.unit.service.hospital import PATIENT, hook_call, whole_prefetch

from twoarm.service.answers import Result, Risk
from twoarm.service.fhir import bundle


@pytest.fixture
def said(served):
    risk = Risk(control=1.0, treated=0.23, benefit=-0.77, low=-0.9, high=0.1)
    learner = dict.fromkeys(served.model.outcomes, risk)
    return Result(status="predicted", note="", learners={"recommended": learner, "study": {}})


def resources(content, kind):
    return [
        each["resource"] for each in content["entry"] if each["resource"]["resourceType"] == kind
    ]


def test_what_the_server_gives_is_valid(client):
    answers = [
        client.post("/predict/fhir", json={"patient": PATIENT}).json(),
        client.post("/cds-services/rescue-stenting", json=hook_call(whole_prefetch())).json()[
            "extension"
        ]["org.twoarm.fhir"],
    ]
    for content in answers:
        assert Bundle.model_validate(content).type == "collection"
        assert len(resources(content, "RiskAssessment")) == 2
        for each in resources(content, "RiskAssessment"):
            RiskAssessment.model_validate(each)
        for each in resources(content, "Observation"):
            Observation.model_validate(each)


def test_probabilities_are_percentages_of_at_most_100(served, said):
    content = bundle(served, said)
    control, treated = resources(content, "RiskAssessment")
    assert {each["probabilityDecimal"] for each in control["prediction"]} == {100.0}
    assert {each["probabilityDecimal"] for each in treated["prediction"]} == {23.0}
    assert all("probabilityRange" not in each for each in control["prediction"])


def test_the_difference_has_its_range_and_the_threshold(served, said):
    first = resources(bundle(served, said), "Observation")[0]
    assert first["valueQuantity"]["value"] == -77.0
    parts = {each["code"]["coding"][0]["code"]: each["valueQuantity"]["value"]
             for each in first["component"]}  # fmt: skip
    assert parts == {"low": -90.0, "high": 10.0, "threshold": 15.0}


def test_a_difference_without_a_range_has_none(served):
    risk = Risk(control=0.2, treated=0.23, benefit=0.03)
    learner = dict.fromkeys(served.model.outcomes, risk)
    content = bundle(
        served, Result(status="predicted", note="", learners={"recommended": {}, "study": learner})
    )
    for each in resources(content, "Observation"):
        Observation.model_validate(each)
        codes = {part["code"]["coding"][0]["code"] for part in each.get("component", [])}
        assert not {"low", "high"} & codes


def test_patient_basis_and_model_are_named(client, served):
    call = hook_call(whole_prefetch())
    content = client.post("/cds-services/rescue-stenting", json=call).json()["extension"]
    for each in resources(content["org.twoarm.fhir"], "RiskAssessment"):
        assert each["subject"] == {"reference": "Patient/p1"}
        assert {"reference": "Observation/o-72089-6"} in each["basis"]
        assert served.version in each["method"]["text"]
        assert each["performer"] == {"reference": "#model"}
        assert each["contained"][0]["deviceName"][0]["name"] == served.title
        notes = " ".join(text["text"] for text in each["note"])
        assert "Research only" in notes
        assert "SYNTHETIC" in notes


def test_both_arms_stand_in_the_focus_of_the_difference(served, said):
    content = bundle(served, said)
    arms = {each["fullUrl"] for each in content["entry"][:2]}
    for each in resources(content, "Observation"):
        assert {focus["reference"] for focus in each["focus"]} == arms
