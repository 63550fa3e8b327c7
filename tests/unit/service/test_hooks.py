"""CDS Hooks: one card, for information, that says what is missing and suggests nothing."""

from __future__ import annotations

import json
import re

import pytest
from tests.unit.service.hospital import (
    FAILED,
    LOINC,
    OWN,
    PATIENT,
    SNOMED,
    condition,
    hook_call,
    hours_ago,
    observation,
    quantity,
    searchset,
    whole_prefetch,
)

from twoarm.service.sources import prefetch_templates

ADDRESS = "/cds-services/rescue-stenting"
CANARY = "Zq7Canary"


def one_card(client, prefetch, **more):
    answer = client.post(ADDRESS, json=hook_call(prefetch, **more))
    assert answer.status_code == 200, answer.text
    cards = answer.json()["cards"]
    assert len(cards) == 1
    return cards[0]


def test_discovery_lists_a_service_a_model(client, served):
    services = client.get("/cds-services").json()["services"]
    assert [each["id"] for each in services] == ["rescue-stenting"]
    service = services[0]
    assert service["hook"] == "patient-view"
    assert "Research only" in service["description"]
    assert "SYNTHETIC" in service["description"]
    assert service["prefetch"] == prefetch_templates(served)


def test_templates_ask_by_code_for_the_latest_of_each(served):
    found = prefetch_templates(served)
    assert found["patient"] == "Patient/{{context.patientId}}"
    assert found["nihss"] == (
        "Observation?patient={{context.patientId}}&code=http://loinc.org|72089-6&_sort=-date&_count=10"
    )
    assert found["dm"].startswith("Condition?")
    assert "http://snomed.info/sct|73211009" in found["dm"]
    assert found["ivt"].startswith("Procedure?")
    assert f"{OWN}|passes" in found["passes"]
    assert {"age", "female"}.isdisjoint(found)


def test_all_values_give_a_card_with_numbers(client, served):
    found = one_card(client, whole_prefetch())
    assert found["indicator"] == "info"
    assert len(found["summary"]) < 140
    assert "suggestions" not in found
    assert "of 100" in found["summary"]
    for part in ("Research only", "SYNTHETIC", "| Outcome |", "Death at 90 days", "Not for:"):
        assert part in found["detail"]
    assert "Not sent" not in found["detail"]


def test_the_card_and_rest_give_the_same_numbers(client):
    answer = client.post(ADDRESS, json=hook_call(whole_prefetch())).json()
    entries = answer["extension"]["org.twoarm.fhir"]["entry"]
    control = entries[0]["resource"]["prediction"][0]["probabilityDecimal"]
    said = client.post("/predict", json={"patient": PATIENT}).json()["result"]["learners"]
    assert control == 100.0 * said["recommended"]["mrs_0_2"]["control"]


def test_links_are_absolute_and_hold_values_behind_the_number_sign_alone(client_of):
    found = one_card(client_of(base_url="https://cds.example.org"), whole_prefetch())
    link = found["links"][0]
    assert link["type"] == "absolute"
    address, _, fragment = link["url"].partition("#")
    assert address == "https://cds.example.org/calculator/rescue-stenting/"
    values = dict(each.split("=") for each in fragment.split("&"))
    assert values["nihss"] == "16"
    assert values["female"] == "1"
    assert values["site"] == "M1"


def without(column, **instead):
    return {key: value for key, value in whole_prefetch().items() if key != column} | instead


STATES = {
    "not sent": (without("nihss"), "Not sent by this system: NIHSS."),
    "null": (without("nihss", nihss=None), "No data in the record: NIHSS."),
    "nothing found": (without("nihss", nihss=searchset()), "No data in the record: NIHSS."),
    "data absent": (
        without(
            "nihss",
            nihss=observation(
                LOINC, "72089-6", phase="admission", dataAbsentReason={"text": CANARY}
            ),
        ),
        "No data in the record: NIHSS.",
    ),
    "outcome": (without("nihss", nihss=FAILED), "Could not be fetched: NIHSS."),
    "outcome in a bundle": (
        without("nihss", nihss=searchset(FAILED)),
        "Could not be fetched: NIHSS.",
    ),
    "text": (without("nihss", nihss=CANARY), "Not used: NIHSS, not a FHIR resource."),
}


@pytest.mark.parametrize(("prefetch", "said"), STATES.values(), ids=STATES.keys())
def test_the_ways_of_missing_are_kept_apart(client, prefetch, said):
    found = one_card(client, prefetch)
    assert said in found["detail"]
    assert found["summary"] == "No estimate: 1 of 14 values are missing. Research only."
    assert CANARY not in json.dumps(found)
    assert "#age=68&female=1" in found["links"][0]["url"]
    assert "nihss=" not in found["links"][0]["url"]


def nihss(**more):
    settings = {"phase": "admission", "hours": 2.0, "valueInteger": 16} | more
    return observation(LOINC, "72089-6", **settings)


UNUSABLE = {
    "discharge": (nihss(phase="discharge"), "of another phase than admission"),
    "stale": (nihss(hours=25.0), "older than 24 h"),
    "future": (nihss(hours=-30.0), "dated in the future"),
    "no time": ({**nihss(), "effectiveDateTime": None}, "without a time"),
    "not final": ({**nihss(), "status": "entered-in-error"}, "not final"),
    "of another": (nihss(patient="p2"), "of another patient"),
    "another code": (observation(LOINC, "75859-9", valueInteger=1), "another code than the model"),
    "coded otherwise": (
        nihss(valueInteger=None, valueCodeableConcept={"coding": [{"code": CANARY}]}),
        "a code that is none of the model's",
    ),
    "below": (
        nihss(valueInteger=None, valueQuantity={"value": 5, "comparator": "<"}),
        "not an exact value",
    ),
    "unit": (nihss(valueInteger=None, valueQuantity=quantity(16, "mmHg")), "not in points"),
    "no value": (nihss(valueInteger=None), "no value that can be read"),
    "another resource": (condition("72089-6"), "no Observation"),
}  # fmt: skip


@pytest.mark.parametrize(("resource", "why"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_value_that_does_not_fit_is_named_and_not_used(client, resource, why):
    found = one_card(client, without("nihss", nihss=searchset(resource)))
    assert f"Not used: NIHSS, {why}" in found["detail"]
    assert "No estimate" in found["summary"]
    assert CANARY not in json.dumps(found)


def test_a_discharge_value_does_not_hide_that_of_admission(client):
    later = nihss(phase="discharge", hours=1.0, valueInteger=3)
    found = one_card(client, without("nihss", nihss=searchset(later, nihss())))
    assert "nihss=16" in found["links"][0]["url"]


def test_the_latest_of_those_that_fit_is_used(client):
    older = nihss(hours=5.0, valueInteger=20)
    found = one_card(client, without("nihss", nihss=searchset(older, nihss())))
    assert "nihss=16" in found["links"][0]["url"]


def test_a_phase_that_is_not_stated_is_said(client):
    found = one_card(client, without("nihss", nihss=searchset(nihss(phase=None))))
    assert "phase not stated" in found["detail"]
    assert "of 100" in found["summary"]


def test_an_old_value_without_a_phase_is_not_taken_for_one_before_the_stroke(client):
    plain = observation(LOINC, "75859-9", hours=900.0, valueInteger=0)
    found = one_card(client, without("premrs", premrs=searchset(plain)))
    assert "Not used: Pre-stroke mRS, does not say that it is pre-stroke." in found["detail"]


CODED = {
    "score": {"coding": [{"system": LOINC, "code": "LA6111-4", "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 2}]}]},
    "code of the level": {"coding": [{"system": "urn:x", "code": "2"}]},
}  # fmt: skip


@pytest.mark.parametrize("concept", CODED.values(), ids=CODED.keys())
def test_a_coded_answer_is_read_by_its_score_or_its_code(client, concept):
    scored = observation(LOINC, "75859-9", phase="pre-stroke", valueCodeableConcept=concept)
    found = one_card(client, without("premrs", premrs=scored))
    assert "premrs=2" in found["links"][0]["url"]


def test_yes_and_no_are_read(client):
    for code, cell in (("373066001", "1"), ("373067005", "0")):
        concept = {"coding": [{"system": SNOMED, "code": code}]}
        said = observation(OWN, "prior_stroke", valueCodeableConcept=concept)
        found = one_card(client, without("prior_stroke", prior_stroke=said))
        assert f"prior_stroke={cell}" in found["links"][0]["url"]


def test_no_diagnosis_found_is_no_data_and_not_a_no(client):
    found = one_card(client, without("af", af=searchset()))
    assert "No data in the record: Atrial fibrillation." in found["detail"]


CONDITIONS = {
    "resolved": ({"clinicalStatus": {"coding": [{"code": "resolved"}]}}, "no longer active"),
    "provisional": ({"verificationStatus": {"coding": [{"code": "provisional"}]}}, "not confirmed"),
}


@pytest.mark.parametrize(("more", "why"), CONDITIONS.values(), ids=CONDITIONS.keys())
def test_a_doubtful_diagnosis_is_not_used(client, more, why):
    found = one_card(client, without("af", af=searchset(condition("49436004", **more))))
    assert f"Not used: Atrial fibrillation, {why}." in found["detail"]


def test_birth_dates_and_sex_come_from_the_patient(client):
    vague = {"resourceType": "Patient", "id": "p1", "birthDate": "1950", "gender": "other"}
    found = one_card(client, without("patient", patient=vague))
    assert "Not used: Age, no full birth date." in found["detail"]
    assert "Not used: Female sex, neither female nor male." in found["detail"]


@pytest.mark.parametrize(
    "prefetch",
    [None, {}, {"nihss": None}, {"nihss": FAILED}, {"nihss": 17}, dict.fromkeys(whole_prefetch())],
)
def test_without_any_usable_value_there_is_412(client, prefetch):
    answer = client.post(ADDRESS, json=hook_call(prefetch))
    assert answer.status_code == 412


def test_one_usable_value_gives_a_card(client):
    found = one_card(client, {"nihss": searchset(nihss())})
    assert found["summary"] == "No estimate: 13 of 14 values are missing. Research only."


def test_values_outside_what_the_model_has_seen_give_a_card_without_numbers(client):
    found = one_card(client, without("glucose_mmol", glucose_mmol=observation(
        LOINC, "15074-8", valueQuantity=quantity(59.5, "mmol/L"))))  # fmt: skip
    assert found["summary"] == (
        "No estimate: the model has not seen the like of these values. Research only."
    )
    assert "Outside what the model has seen: Glucose 59.5 (" in found["detail"]


def test_values_that_cannot_be_give_a_card_without_numbers(client):
    found = one_card(client, without("nihss", nihss=nihss(valueInteger=99)))
    assert found["summary"] == "No estimate: a value does not fit. Research only."
    assert "No estimate. NIHSS: expected 0 to 42 points." in found["detail"]


MALFORMED = {
    "another hook": {"hook": CANARY},
    "no instance": {"hookInstance": None},
    "no context": {"context": CANARY},
    "an id that is none": {"context": {"userId": "u", "patientId": f"../{CANARY}"}},
    "prefetch is a list": {"prefetch": [CANARY]},
    "prefetch is text": {"prefetch": CANARY},
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_call_is_refused_without_being_repeated(client, change):
    answer = client.post(ADDRESS, json={**hook_call({}), **change})
    assert answer.status_code == 422
    assert CANARY not in answer.text


def test_unknown_keys_are_passed_over(client):
    call = hook_call(
        whole_prefetch(), extension={"x": 1}, fhirServer="https://ehr.example.org/fhir"
    )
    call["context"]["encounterId"] = "e1"
    call["context"]["more"] = 1
    assert client.post(ADDRESS, json=call).status_code == 200


def test_an_unknown_service_is_refused(client):
    answer = client.post(f"/cds-services/{CANARY}", json=hook_call({}))
    assert answer.status_code == 404
    assert CANARY not in answer.text


def test_no_text_of_the_server_urges_anything(client, served):
    texts = [client.get(path).text for path in ("/cds-services", "/openapi.json", "/healthz")]
    for prefetch in (whole_prefetch(), without("nihss"), without("nihss", nihss=nihss(hours=99.0))):
        texts.append(json.dumps(one_card(client, prefetch)))
    texts.append(client.post("/predict/fhir", json={"patient": PATIENT}).text)
    urging = (
        r"\b(should|ought|must|recommends?|recommend(ing|ation)|advis\w+|prefer\w*|indicated)\b"
    )
    found = re.findall(urging, " ".join(texts), re.IGNORECASE)
    assert found == []


# --- feedback -----------------------------------------------------------------------------------

CARD = "4e0a3a1e-3065-4ab2-9f66-c55d6a0a8c3d"


def test_feedback_is_kept_without_comments(client, lines):
    answer = client.post(f"{ADDRESS}/feedback", json={"feedback": [
        {"card": CARD, "outcome": "overridden", "outcomeTimestamp": "2026-11-29T10:00:00Z",
         "overrideReason": {"reason": {"code": "values-differ", "system": CANARY},
                            "userComment": CANARY}},
        {"card": CARD, "outcome": "accepted"},
    ]})  # fmt: skip
    assert answer.status_code == 200
    first, second = (json.loads(text) for text in lines.texts[:2])
    assert (first["card"], first["outcome"], first["reason"]) == (
        CARD,
        "overridden",
        "values-differ",
    )
    assert (second["outcome"], second["reason"]) == ("accepted", None)
    assert CANARY not in "".join(lines.texts)


@pytest.mark.parametrize(
    "entry",
    [
        {"card": CANARY, "outcome": "accepted"},
        {"card": CARD, "outcome": CANARY},
        {"card": CARD},
        CANARY,
    ],
)
def test_feedback_that_is_none_is_refused(client, entry):
    answer = client.post(f"{ADDRESS}/feedback", json={"feedback": [entry]})
    assert answer.status_code == 422
    assert CANARY not in answer.text


def test_times_at_the_ends_of_the_calendar_are_no_defect(client):
    for time in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", hours_ago(1.0)[:10]):
        found = one_card(client, without("nihss", nihss={**nihss(), "effectiveDateTime": time}))
        assert found["indicator"] == "info"
