"""From what a client prefetched to one patient's values, and why others are not there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from twoarm.cohort.codebook import Predictor
from twoarm.service.resources import (
    Unusable,
    age_in_years,
    codings,
    dig,
    observed,
    phase_of,
    resources_in,
    time_of,
)
from twoarm.service.shelf import Served
from twoarm.service.sources import PATIENT_KEY, Source, own_system, source_of

__all__ = ["Taken", "take"]

State = Literal["used", "not sent", "no data", "error", "unusable"]
_SETTLED = ("final", "amended", "corrected")
_CLOCKS_DIFFER = timedelta(hours=1)
_FHIR_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


@dataclass(frozen=True)
class Taken:
    """What came of one predictor.

    Attributes
    ----------
    predictor : Predictor
    state : str
        used; not sent (the client left its key out); no data (it looked and there is none); error
        (it could not look); unusable (what came does not fit).
    value : number, text or bool
        As a cell of a data file would hold it; None unless used.
    why : str
        Why what came is not usable; or what is not known of what is used.
    at : datetime or None
        When it was measured.
    reference : str
        The resource, such as ``Observation/17``; empty without an id.
    """

    predictor: Predictor
    state: State
    value: Any = None
    why: str = ""
    at: datetime | None = None
    reference: str = ""


def take(
    served: Served, patient_id: str, prefetch: Mapping[str, Any] | None, now: datetime
) -> tuple[Taken, ...]:
    """Take every predictor of a model from prefetched resources.

    Parameters
    ----------
    served : Served
    patient_id : str
        Whose the resources must be, where they name a patient.
    prefetch : mapping or None
        What came, by key of `sources.prefetch_templates`.
    now : datetime
        With a time zone; ages count from it.
    """
    system = own_system(served)
    return tuple(
        _taken(each, source_of(each, system), patient_id, prefetch or {}, now)
        for each in served.model.codebook
    )


def _taken(
    predictor: Predictor,
    source: Source,
    patient_id: str,
    prefetch: Mapping[str, Any],
    now: datetime,
) -> Taken:
    key = PATIENT_KEY if source.resource == "Patient" else predictor.column
    if key not in prefetch:
        return Taken(predictor, "not sent")
    if prefetch[key] is None:
        return Taken(predictor, "no data")
    try:
        resources = resources_in(prefetch[key])
    except Unusable as error:
        return Taken(predictor, "unusable", why=str(error))
    fitting = [each for each in resources if each.get("resourceType") == source.resource]
    if not fitting:
        failed = any(each.get("resourceType") == "OperationOutcome" for each in resources)
        if not failed and resources:
            return Taken(predictor, "unusable", why=f"no {source.resource}")
        return Taken(predictor, "error" if failed else "no data")
    tried = [_tried(predictor, source, each, patient_id, now) for each in fitting]
    used = [each for each in tried if each.state == "used"]
    return max(used or tried[:1], key=lambda each: _age_order(each.at))


def _age_order(at: datetime | None) -> float:
    return at.timestamp() if at else float("-inf")


def _tried(
    predictor: Predictor, source: Source, resource: dict[str, Any], patient_id: str, now: datetime
) -> Taken:
    """Take the value of one resource, or say why not."""
    try:
        if source.resource == "Patient":
            return Taken(predictor, "used", _of_patient(source, resource, patient_id, now))
        _require_patient(dig(resource, "subject", "reference"), patient_id)
        if not codings(resource.get("code")) & set(source.codes):
            raise Unusable("another code than the model asks for")
        at = time_of(resource, source.resource)
        if source.resource == "Observation" and resource.get("dataAbsentReason") is not None:
            return Taken(predictor, "no data", at=at)
        value = _VALUES[source.resource](predictor, resource)
        why = _require_fresh(predictor, resource, at, now)
    except Unusable as error:
        return Taken(predictor, "unusable", why=str(error))
    return Taken(predictor, "used", value, why, at, _reference(source, resource))


def _require_patient(reference: Any, patient_id: str) -> None:
    """Refuse a resource that names another patient; one that names none is taken."""
    if reference is not None and str(reference)[-200:].split("/")[-1] != patient_id:
        raise Unusable("of another patient")


def _of_patient(source: Source, resource: dict[str, Any], patient_id: str, now: datetime) -> Any:
    if resource.get("id") is not None:
        _require_patient(resource["id"], patient_id)
    if source.element == "birthDate":
        return age_in_years(resource.get("birthDate"), now.date())
    gender = resource.get("gender")
    if gender not in ("female", "male"):
        raise Unusable("neither female nor male")
    return gender == "female"


def _of_observation(predictor: Predictor, resource: dict[str, Any]) -> Any:
    if resource.get("status") not in _SETTLED:
        raise Unusable("not final")
    return observed(predictor, resource)


def _of_condition(_: Predictor, resource: dict[str, Any]) -> bool:
    verified = {code for _, code in codings(resource.get("verificationStatus"))}
    if "refuted" in verified:
        return False
    clinical = {code for _, code in codings(resource.get("clinicalStatus"))}
    if verified & {"entered-in-error", "unconfirmed", "provisional", "differential"}:
        raise Unusable("not confirmed")
    if clinical & {"inactive", "remission", "resolved"}:
        raise Unusable("no longer active")
    return True


def _of_procedure(_: Predictor, resource: dict[str, Any]) -> bool:
    status = resource.get("status")
    if status == "not-done":
        return False
    if status not in ("completed", "in-progress"):
        raise Unusable("neither done nor not done")
    return True


_VALUES = {
    "Observation": _of_observation,
    "Condition": _of_condition,
    "Procedure": _of_procedure,
}


def _require_fresh(
    predictor: Predictor, resource: dict[str, Any], at: datetime | None, now: datetime
) -> str:
    """Refuse a value of another phase, from the future, or too old; say what is not known."""
    phase = phase_of(resource)
    if predictor.phase and phase not in (None, predictor.phase):
        raise Unusable(f"of another phase than {predictor.phase}")
    if at is not None and at > now + _CLOCKS_DIFFER:
        raise Unusable("dated in the future")
    limit = predictor.max_age_hours
    if limit is not None and at is None:
        raise Unusable("without a time")
    if limit is not None and at is not None and now - at > timedelta(hours=limit):
        raise Unusable(f"older than {limit:g} h")
    if predictor.phase and phase is None:
        if limit is None:
            raise Unusable(f"does not say that it is {predictor.phase}")
        return "phase not stated"
    return ""


def _reference(source: Source, resource: dict[str, Any]) -> str:
    name = resource.get("id")
    plain = isinstance(name, str) and _FHIR_ID.fullmatch(name)
    return f"{source.resource}/{name}" if plain else ""
