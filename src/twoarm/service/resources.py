"""FHIR resources as they come: any of them may hold anything, so nothing is taken on trust."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from twoarm.cohort.codebook import Predictor, canonical
from twoarm.service.sources import SNOMED

__all__ = [
    "Unusable",
    "age_in_years",
    "codings",
    "dig",
    "observed",
    "phase_of",
    "resources_in",
    "same_unit",
    "time_of",
]

_PHASE_EXTENSION = "observation-timing-context-ext"
_ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
_YES, _NO = (SNOMED, "373066001"), (SNOMED, "373067005")
_UNITS = (
    {"year", "years", "a", "yr", "y"},
    {"min", "minute", "minutes"},
    {"h", "hour", "hours"},
    {"mmhg", "mm[hg]"},
    {"points", "point", "1", "{score}", "score", ""},
    {"%", "percent"},
)
_ANNOTATION = re.compile(r"\{[^{}]*\}")
_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST = 200


class Unusable(Exception):  # noqa: N818  no fault of ours, and always caught nearby
    """A resource that gives no value; the message says why, without its content."""


def dig(value: Any, *path: str | int) -> Any:
    """Follow keys and positions; None where one is absent or the wrong kind.

    Examples
    --------
    >>> dig({"code": [{"text": "a"}]}, "code", 0, "text"), dig({"code": 3}, "code", 0)
    ('a', None)
    """
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and len(value) > step else None
    return value


def items(value: Any) -> list[Any]:
    """Give a list's first entries; none of what is no list."""
    return value[:_MOST] if isinstance(value, list) else []


def resources_in(value: Any) -> list[dict[str, Any]]:
    """Give the resources of a Bundle, or the one resource that came."""
    if not isinstance(value, dict):
        raise Unusable("not a FHIR resource")
    if value.get("resourceType") != "Bundle":
        return [value]
    found = [dig(entry, "resource") for entry in items(value.get("entry"))]
    return [each for each in found if isinstance(each, dict)]


def codings(concept: Any) -> set[tuple[str, str]]:
    """Give the codes of a CodeableConcept."""
    found = [(dig(each, "system"), dig(each, "code")) for each in items(dig(concept, "coding"))]
    return {(s or "", c) for s, c in found if isinstance(c, str) and isinstance(s or "", str)}


def time_of(resource: Any, kind: str) -> datetime | None:
    """Give when something was observed, done or found; None where it has no usable time."""
    names = {"Observation": "effective", "Procedure": "performed", "Condition": "onset"}
    name = names[kind]
    choices = (
        dig(resource, f"{name}DateTime"),
        dig(resource, f"{name}Instant"),
        dig(resource, f"{name}Period", "start"),
    )
    text = next((each for each in choices if isinstance(each, str)), "")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def phase_of(resource: Any) -> str | None:
    """Give the clinical phase that an observation states (RES-Q's extension), None without one."""
    for extension in items(dig(resource, "extension")):
        url = dig(extension, "url")
        if isinstance(url, str) and url.endswith(_PHASE_EXTENSION):
            coded = [code for _, code in codings(dig(extension, "valueCodeableConcept"))]
            plain = dig(extension, "valueCode")
            phases = coded + ([plain] if isinstance(plain, str) else [])
            return phases[0] if phases else None
    return None


def age_in_years(born: Any, today: date) -> int:
    """Give the full years since a birth date."""
    if not isinstance(born, str) or not _FULL_DATE.fullmatch(born):
        raise Unusable("no full birth date")
    try:
        day = date.fromisoformat(born)
    except ValueError as error:
        raise Unusable("no full birth date") from error
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def same_unit(unit: str, given: Sequence[Any]) -> bool:
    """Say whether a quantity's unit or code is the codebook's unit.

    Examples
    --------
    >>> same_unit("mmol/L", ["mmol/l"]), same_unit("mmol/L", ["mg/dL"]), same_unit("", ["{passes}"])
    (True, False, True)
    """
    wanted = unit.strip().lower()
    said = {each.strip().lower() for each in given if isinstance(each, str)}
    if any(_ANNOTATION.fullmatch(each) for each in said):
        said |= {"1"}
    alike = next((group for group in _UNITS if wanted in group), {wanted})
    return bool(said & alike) or (not said and "" in alike)


def observed(predictor: Predictor, observation: Any) -> Any:
    """Give an Observation's value as a cell of a file would hold it."""
    quantity = dig(observation, "valueQuantity")
    if isinstance(quantity, dict):
        return _quantity(predictor, quantity)
    for name in ("valueInteger", "valueBoolean", "valueString"):
        value = dig(observation, name)
        if isinstance(value, bool | int | str):
            return value
    concept = dig(observation, "valueCodeableConcept")
    if isinstance(concept, dict):
        return _concept(predictor, concept)
    raise Unusable("no value that can be read")


def _quantity(predictor: Predictor, quantity: dict[str, Any]) -> Any:
    if quantity.get("comparator"):
        raise Unusable("not an exact value")
    if not same_unit(predictor.unit, [quantity.get("unit"), quantity.get("code")]):
        raise Unusable(f"not in {predictor.unit}" if predictor.unit else "in an unexpected unit")
    value = quantity.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unusable("no value that can be read")
    return value


def _concept(predictor: Predictor, concept: dict[str, Any]) -> Any:
    """Read a coded answer: its score, yes or no, or the code of a level."""
    for coding in items(concept.get("coding")):
        for extension in items(dig(coding, "extension")):
            score = dig(extension, "valueDecimal")
            if dig(extension, "url") == _ORDINAL and isinstance(score, int | float):
                return score
    found = codings(concept)
    if predictor.type == "binary" and found & {_YES, _NO}:
        return _YES in found
    levels = {canonical(level.code): level.code for level in predictor.all_levels}
    for _, code in found:
        if not predictor.is_number and canonical(code[:_MOST]) in levels:
            return levels[canonical(code[:_MOST])]
    raise Unusable("a code that is none of the model's")
