"""A patient, and what a hospital's FHIR server would send of that patient."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

PATIENT = {
    "age": 68, "female": True, "premrs": 0, "nihss": 16, "aspects": 8, "site": "M1",
    "lkw_to_puncture_min": 357, "passes": 3, "ivt": False, "htn": 1, "dm": 0, "af": 0,
    "prior_stroke": 0, "glucose_mmol": 7.4,
}  # fmt: skip

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
OWN = "urn:twoarm:codebook:rescue-stenting"
PHASE = "http://tecnomod-um.org/StructureDefinition/observation-timing-context-ext"


def hours_ago(hours):
    return (datetime.now(tz=UTC) - timedelta(hours=hours)).isoformat()


def observation(system, code, *, phase=None, hours=2.0, patient="p1", **value):
    """Give an Observation; `value` is its value, such as ``valueInteger=16``."""
    found = {
        "resourceType": "Observation",
        "id": f"o-{code.replace('_', '-')}",
        "status": "final",
        "code": {"coding": [{"system": system, "code": code}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": hours_ago(hours),
        **value,
    }
    if phase:
        coded = {"coding": [{"system": "http://tecnomod-um.org/CodeSystem/x", "code": phase}]}
        found["extension"] = [{"url": PHASE, "valueCodeableConcept": coded}]
    return found


def quantity(value, unit):
    return {"value": value, "unit": unit}


def searchset(*resources):
    return {"resourceType": "Bundle", "type": "searchset",
            "entry": [{"resource": each} for each in resources]}  # fmt: skip


def condition(code, **more):
    return {
        "resourceType": "Condition",
        "id": f"c-{code}",
        "code": {"coding": [{"system": SNOMED, "code": code}]},
        "subject": {"reference": "Patient/p1"},
        **more,
    }


def coded(code):
    return {"coding": [{"code": code}]}


REFUTED = {"verificationStatus": coded("refuted")}
FAILED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


def birth_date(years):
    today = datetime.now(tz=UTC).date()
    return f"{today.year - years}-01-01"


def diagnosis(code, present):
    return searchset(condition(code, **({} if present else REFUTED)))


def whole_prefetch(patient=None):
    """Give all that the model asks for, of a patient, by default the one above."""
    p = PATIENT | (patient or {})
    own = {
        "site": {"valueString": p["site"]},
        "lkw_to_puncture_min": {"valueQuantity": quantity(p["lkw_to_puncture_min"], "min")},
        "passes": {"valueQuantity": quantity(p["passes"], "1")},
        "prior_stroke": {"valueBoolean": bool(p["prior_stroke"])},
    }
    lysis = {
        "resourceType": "Procedure",
        "id": "i1",
        "status": "completed" if p["ivt"] else "not-done",
        "code": {"coding": [{"system": SNOMED, "code": "472191000119101"}]},
        "performedDateTime": hours_ago(1.0),
    }
    person = {
        "resourceType": "Patient",
        "id": "p1",
        "gender": "female" if p["female"] else "male",
        "birthDate": birth_date(p["age"]),
    }
    glucose = quantity(p["glucose_mmol"], "mmol/L")
    before = {"phase": "pre-stroke", "hours": 900.0}
    return {
        "patient": person,
        "premrs": searchset(observation(LOINC, "75859-9", **before, valueInteger=p["premrs"])),
        "nihss": searchset(
            observation(LOINC, "72089-6", phase="admission", valueInteger=p["nihss"])
        ),
        "aspects": searchset(observation(SNOMED, "1290002002", valueInteger=p["aspects"])),
        "ivt": searchset(lysis),
        "htn": diagnosis("38341003", p["htn"]),
        "dm": diagnosis("73211009", p["dm"]),
        "af": diagnosis("49436004", p["af"]),
        "glucose_mmol": searchset(observation(LOINC, "15074-8", valueQuantity=glucose)),
    } | {column: searchset(observation(OWN, column, **value)) for column, value in own.items()}


def hook_call(prefetch, **more):
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/1", "patientId": "p1"},
        **({} if prefetch is None else {"prefetch": prefetch}),
        **more,
    }
