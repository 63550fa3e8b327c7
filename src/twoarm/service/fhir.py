"""What a model says of a patient, as FHIR R4: probabilities are percentages there, at most 100.

One RiskAssessment an arm, and an Observation a difference, for which RiskAssessment has no place.
R4 lets no Observation derive from a RiskAssessment, so `focus` names the two that it compares.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from twoarm.service.answers import Result, Risk
from twoarm.service.shelf import Served
from twoarm.service.words import LEARNERS, RESEARCH_ONLY, SYNTHETIC, not_held

__all__ = ["CODES", "bundle", "leading"]

CODES = "urn:twoarm:codes"
"""Code system of what no terminology has a code for."""

_UCUM = "http://unitsofmeasure.org"
_ARMS: tuple[Literal["control"], Literal["treated"]] = ("control", "treated")


def leading(said: Result) -> Mapping[str, tuple[str, Risk]]:
    """Give, by outcome, which learner leads and what it says: the recommended one if it can."""
    assert said.learners is not None
    found: dict[str, tuple[str, Risk]] = {}
    for learner in ("study", "recommended"):
        for outcome, risk in said.learners[learner].items():
            found[outcome] = (learner, risk)
    return found


def bundle(
    served: Served,
    said: Result,
    *,
    subject: str = "",
    basis: Sequence[str] = (),
    now: datetime | None = None,
) -> dict[str, Any]:
    """Give a Bundle of two RiskAssessments, and an Observation an outcome.

    Parameters
    ----------
    served : Served
    said : Result
        With numbers.
    subject : str
        Reference of the patient; empty where the caller named none.
    basis : sequence of str
        References of what the values were taken from.
    now : datetime or None
        When; with a time zone.
    """
    led = leading(said)
    risks = {outcome: risk for outcome, (_, risk) in led.items()}
    learners = " and ".join(sorted({LEARNERS[learner] for learner, _ in led.values()}))
    at = (now or datetime.now(tz=UTC)).isoformat(timespec="seconds")
    notes = [RESEARCH_ONLY, *([SYNTHETIC] if served.model.synthetic else []), said.note]
    frame = {
        "contained": [_device(served)],
        "subject": {"reference": subject} if subject else {"display": "The patient of this call"},
        "method": {"text": _method(served, learners)},
        "note": [{"text": text} for text in notes if text],
    }
    compared = {f"urn:uuid:{uuid.uuid4()}": arm for arm in _ARMS}
    entries = [
        (url, _assessment(served, arm, risks, basis, {**frame, "occurrenceDateTime": at}))
        for url, arm in compared.items()
    ]
    for name, risk in risks.items():
        shown = {
            **frame,
            "effectiveDateTime": at,
            "focus": [{"reference": url} for url in compared],
        }
        entries.append((f"urn:uuid:{uuid.uuid4()}", _difference(served, name, risk, shown)))
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": at,
        "entry": [{"fullUrl": url, "resource": each} for url, each in entries],
    }


def _method(served: Served, learners: str) -> str:
    digest = str(served.content["digest"])[:12]
    return f"{served.title}, version {served.version}, {learners}, digest {digest}"


def _assessment(
    served: Served,
    arm: Literal["control", "treated"],
    risks: Mapping[str, Risk],
    basis: Sequence[str],
    frame: Mapping[str, Any],
) -> dict[str, Any]:
    """Give one arm's risks."""
    label = str(served.content["labels"][arm])
    predictions = [
        {
            "outcome": _concept(name, str(served.model.outcomes[name]["label"])),
            "probabilityDecimal": _percent(getattr(risk, arm)),
            "rationale": f"Under: {label}",
        }
        for name, risk in risks.items()
    ]
    return {
        "resourceType": "RiskAssessment",
        "status": "preliminary",
        **frame,
        "code": _concept(f"risks-{arm}", f"Risks under: {label}"),
        "performer": {"reference": "#model"},
        **({"basis": [{"reference": each} for each in basis]} if basis else {}),
        "prediction": predictions,
        "mitigation": f"None is stated: these are the risks under '{label}', one of two arms.",
    }


def _difference(served: Served, name: str, risk: Risk, frame: Mapping[str, Any]) -> dict[str, Any]:
    """Give the difference of one outcome, positive where the treatment helps."""
    outcome = served.model.outcomes[name]
    parts = {"low": risk.low, "high": risk.high, "threshold": outcome.get("threshold")}
    words = {
        "low": "Lower end of the 95 % range",
        "high": "Upper end of the 95 % range",
        "threshold": "Smallest benefit worth the treatment, as the study set it",
    }
    found = {
        "resourceType": "Observation",
        "status": "preliminary",
        **frame,
        "code": _concept(f"benefit-{name}", f"Benefit (harm if negative): {outcome['label']}"),
        "device": {"reference": "#model"},
        "valueQuantity": _quantity(risk.benefit),
        "component": [
            {"code": _concept(part, words[part]), "valueQuantity": _quantity(value)}
            for part, value in parts.items()
            if value is not None
        ],
    }
    if risk.low is not None:
        found["note"] = [*frame["note"], {"text": not_held(served.content)}]
    return {key: value for key, value in found.items() if value != []}


def _device(served: Served) -> dict[str, Any]:
    """Give the model as the device that made the numbers."""
    return {
        "resourceType": "Device",
        "id": "model",
        "deviceName": [{"name": served.title, "type": "model-name"}],
        "version": [
            {"value": served.version},
            {"type": {"text": "twoarm"}, "value": str(served.content["twoarm_version"])},
        ],
    }


def _concept(code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": CODES, "code": code}], "text": text}


def _percent(probability: float) -> float:
    return min(100.0 * probability, 100.0)


def _quantity(difference: float) -> dict[str, Any]:
    value = 100.0 * difference
    return {"value": value, "unit": "percentage points", "system": _UCUM, "code": "%"}
