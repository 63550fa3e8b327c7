"""Where a predictor's value stands on a FHIR server, by the codes of the model's codebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from twoarm.cohort.codebook import Predictor
from twoarm.service.shelf import Served

__all__ = [
    "LOINC",
    "PATIENT_KEY",
    "SNOMED",
    "Source",
    "own_system",
    "prefetch_templates",
    "source_of",
]

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"

PATIENT_KEY = "patient"
"""Key of the Patient among the prefetched resources."""

_AGE, _FEMALE = "30525-0", "248152002"
_LATEST = 10  # so that a value of another phase does not hide one that fits


@dataclass(frozen=True)
class Source:
    """The resource that holds a predictor's value.

    Attributes
    ----------
    resource : str
        Type of the resource.
    codes : tuple of (system, code)
        Any of them names the value; the first one is asked for. None for the Patient's own.
    element : str
        Element of the Patient.
    """

    resource: Literal["Patient", "Observation", "Condition", "Procedure"]
    codes: tuple[tuple[str, str], ...] = ()
    element: Literal["", "birthDate", "gender"] = ""


def own_system(served: Served) -> str:
    """Name the code system of a model's own columns, for what no terminology has a code."""
    return f"urn:twoarm:codebook:{served.id}"


def source_of(predictor: Predictor, system: str) -> Source:
    """Say where a predictor stands; `system` is that of the codebook's own names.

    Examples
    --------
    >>> source_of(Predictor(column="nihss", type="integer", loinc="72089-6"), "urn:x").codes
    (('http://loinc.org', '72089-6'), ('urn:x', 'nihss'))
    """
    if predictor.loinc == _AGE and predictor.is_number:
        return Source("Patient", element="birthDate")
    if predictor.snomed == _FEMALE and predictor.type == "binary":
        return Source("Patient", element="gender")
    named = ((LOINC, predictor.loinc), (SNOMED, predictor.snomed), (system, predictor.column))
    codes = tuple(each for each in named if each[1])
    by_code = predictor.type == "binary" and predictor.snomed and not predictor.loinc
    return Source(predictor.resource or ("Condition" if by_code else "Observation"), codes)


def prefetch_templates(served: Served) -> Mapping[str, str]:
    """Give what a client is to send, by key: the Patient, and a search for each other column."""
    found, system = {}, own_system(served)
    for predictor in served.model.codebook:
        source = source_of(predictor, system)
        if source.resource == "Patient":
            found[PATIENT_KEY] = "Patient/{{context.patientId}}"
        else:
            sort = "&_sort=-date" if source.resource != "Condition" else ""
            found[predictor.column] = (
                f"{source.resource}?patient={{{{context.patientId}}}}"
                f"&code={'|'.join(source.codes[0])}{sort}&_count={_LATEST}"
            )
    return found
