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


def whole_prefetch():
    """Give all that the model asks for, of the patient above."""
    own = {
        "site": {"valueString": "M1"},
        "lkw_to_puncture_min": {"valueQuantity": quantity(357, "min")},
        "passes": {"valueQuantity": quantity(3, "1")},
        "prior_stroke": {"valueBoolean": False},
    }
    return {
        "patient": {
            "resourceType": "Patient",
            "id": "p1",
            "gender": "female",
            "birthDate": birth_date(68),
        },
        "premrs": searchset(
            observation(LOINC, "75859-9", phase="pre-stroke", hours=900.0, valueInteger=0)
        ),
        "nihss": searchset(observation(LOINC, "72089-6", phase="admission", valueInteger=16)),
        "aspects": searchset(observation(SNOMED, "1290002002", valueInteger=8)),
        "ivt": searchset(
            {
                "resourceType": "Procedure",
                "id": "i1",
                "status": "not-done",
                "code": {"coding": [{"system": SNOMED, "code": "472191000119101"}]},
                "performedDateTime": hours_ago(1.0),
            }
        ),
        "htn": searchset(condition("38341003")),
        "dm": searchset(condition("73211009", **REFUTED)),
        "af": searchset(condition("49436004", **REFUTED)),
        "glucose_mmol": searchset(
            observation(LOINC, "15074-8", valueQuantity=quantity(7.4, "mmol/L"))
        ),
    } | {column: searchset(observation(OWN, column, **value)) for column, value in own.items()}


def hook_call(prefetch, **more):
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/1", "patientId": "p1"},
        **({} if prefetch is None else {"prefetch": prefetch}),
        **more,
    }
