"""Python, REST and CDS Hooks give the same numbers: the largest difference over random patients.

    python -m benchmarks.same_numbers runs/rescue-stenting/model.json

Patients are drawn within the ranges seen in training; those of whom the model says nothing must be
refused alike. The browser's numbers are compared in the tests of the calculator.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np
from starlette.testclient import TestClient
from tests.unit.service.hospital import hook_call, whole_prefetch

from benchmarks.record import keep
from twoarm.modelfile import Model, patients_of, predict_patients
from twoarm.service import Settings, shelve
from twoarm.service.app import create_app

PARTS = {"control": "mu0", "treated": "mu1", "benefit": "benefit", "low": "low", "high": "high"}
FHIR = 100.0


def _drawn(model: Model, number: int, seed: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    found: list[dict[str, Any]] = []
    for _ in range(number):
        record: dict[str, Any] = {}
        for each in model.codebook:
            seen = model.content["support"][each.column]
            if each.type == "integer":
                record[each.column] = int(rng.integers(int(seen["min"]), int(seen["max"]) + 1))
            elif each.is_number:
                record[each.column] = round(float(rng.uniform(seen["min"], seen["max"])), 1)
            else:
                record[each.column] = each.all_levels[int(rng.choice(seen["levels"]))].code
        found.append(record)
    return found


def _by_fhir(bundle: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Read the two assessments and the differences back into probabilities."""
    found: dict[str, dict[str, float]] = {}
    for entry in bundle["entry"]:
        resource = entry["resource"]
        code = resource["code"]["coding"][0]["code"]
        if resource["resourceType"] == "RiskAssessment":
            for each in resource["prediction"]:
                outcome = each["outcome"]["coding"][0]["code"]
                arm = code.removeprefix("risks-")
                found.setdefault(outcome, {})[arm] = each["probabilityDecimal"] / FHIR
            continue
        risk = found[code.removeprefix("benefit-")]
        risk["benefit"] = resource["valueQuantity"]["value"] / FHIR
        for part in resource["component"]:
            name = part["code"]["coding"][0]["code"]
            if name in PARTS:
                risk[name] = part["valueQuantity"]["value"] / FHIR
    return found


def main() -> None:
    """Compare, print and keep."""
    options = argparse.ArgumentParser()
    options.add_argument("model")
    options.add_argument("--patients", type=int, default=1000)
    chosen = options.parse_args()
    (served,) = shelve([chosen.model])
    client = TestClient(create_app([served], Settings(rate=0.0)))
    records = _drawn(served.model, chosen.patients, seed=1)
    expected = predict_patients(served.model, patients_of(served.model, records))
    worst, disagreed = {"rest": 0.0, "rest_study": 0.0, "cds_hooks": 0.0}, 0
    for row, record in enumerate(records):
        said = client.post("/predict", json={"patient": record}).json()["result"]
        call = hook_call(whole_prefetch(record))
        answer = client.post(f"/cds-services/{served.id}", json=call).json()
        usable, card = bool(expected.usable[row]), answer["extension"]
        disagreed += usable != (said["status"] == "predicted") or usable != bool(card)
        if not usable:
            continue
        ways = {
            "rest": (expected.recommended, said["learners"]["recommended"]),
            "rest_study": (expected.study, said["learners"]["study"]),
            "cds_hooks": (expected.recommended, _by_fhir(card["org.twoarm.fhir"])),
        }
        for way, (python, risks) in ways.items():
            for outcome, risk in risks.items():
                for part, name in PARTS.items():
                    if risk.get(part) is not None:
                        off = abs(risk[part] - float(getattr(python, name)[outcome][row]))
                        worst[way] = max(worst[way], off)
    result = {
        "patients": len(records), "with_numbers": int(expected.usable.sum()),
        "disagreed_on_whether": disagreed, "largest_difference": worst,
    }  # fmt: skip
    print(json.dumps(result))
    if chosen.patients >= 1000:
        print(keep("same_numbers", result))


if __name__ == "__main__":
    main()
