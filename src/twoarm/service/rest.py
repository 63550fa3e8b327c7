"""The REST interface: predictions, models, health."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from twoarm.modelfile import model_card
from twoarm.service.access import note
from twoarm.service.answers import (
    BatchAnswer,
    ModelLine,
    PredictAnswer,
    Reading,
    model_line,
    read,
    result,
)
from twoarm.service.fhir import bundle
from twoarm.service.plain import PROBLEM_TYPE
from twoarm.service.problems import Refused
from twoarm.service.shelf import Served

__all__ = ["find_model", "rest_routes"]

_LONGEST_ID = 200
_MOST_PATIENTS = 1000
_OPEN_KEYS = (
    "name", "title", "version", "created", "expires", "synthetic", "twoarm_version",
    "format_version", "intended_use", "not_for", "population", "labels", "codebook", "support",
    "outcomes", "performance", "verdict", "findings", "provenance", "thresholds", "digest",
    "derived",
)  # fmt: skip

Record = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "description": "Values by column of the model's codebook (GET /model). null, or no "
            "value: not known.",
            "additionalProperties": {"type": ["number", "string", "boolean", "null"]},
        }
    ),
]
ModelId = Annotated[
    str | None,
    Field(max_length=_LONGEST_ID, description="Needed where several models are served."),
]


class PredictCall(BaseModel):
    """One patient."""

    model_config = ConfigDict(extra="forbid")
    model: ModelId = None
    patient: Record


class BatchCall(BaseModel):
    """Several patients of one model."""

    model_config = ConfigDict(extra="forbid")
    model: ModelId = None
    patients: Annotated[list[Record], Field(min_length=1, max_length=_MOST_PATIENTS)]


class Problem(BaseModel):
    """What is wrong with a call (RFC 9457); nothing that was submitted is in it."""

    title: str
    status: int
    detail: str
    errors: list[Any] = []


class ModelFacts(BaseModel):
    """A model's card and hashes."""

    model: ModelLine
    sha256: str = Field(description="Of the file as it lies on the server.")
    card: str = Field(description="The model card, Markdown.")
    content: dict[str, Any] = Field(description="The file without its trees and test vectors.")


class Models(BaseModel):
    """Every model served."""

    models: list[ModelFacts]


class Health(BaseModel):
    """Whether the server answers, and with which models."""

    status: str
    models: list[ModelLine]


def _problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        code: {"description": "A problem", "content": {PROBLEM_TYPE: schema}}
        for code in (400, 413, 422, 429, *codes)
    }


def find_model(shelf: Sequence[Served], name: str | None, request: Request) -> Served:
    """Give the model of that name, or the only one; Refused with 404 otherwise."""
    found = [each for each in shelf if name in (each.id, None)]
    if len(found) != 1:
        names = ", ".join(each.id for each in shelf)
        raise Refused(404, f"There is no such model, or none was named. Models here: {names}.")
    served = found[0]
    note(request.scope, model=served.id, version=served.version, digest=served.content["digest"])
    return served


def rest_routes(shelf: Sequence[Served]) -> APIRouter:
    """Make the routes for models."""
    router = APIRouter()

    @router.post("/predict", tags=["predict"], responses=_problems(404))
    def predict(call: PredictCall, request: Request) -> PredictAnswer:
        """Give both arms' probabilities and the benefit of one patient."""
        reading = _readable(find_model(shelf, call.model, request), call.patient)
        return PredictAnswer(model=model_line(reading.served), result=result(reading))

    @router.post("/predict/batch", tags=["predict"], responses=_problems(404))
    def predict_batch(call: BatchCall, request: Request) -> BatchAnswer:
        """Predict several patients; what does not fit concerns its patient alone."""
        reading = read(find_model(shelf, call.model, request), call.patients)
        results = [result(reading, row) for row in range(len(call.patients))]
        return BatchAnswer(model=model_line(reading.served), results=results)

    @router.post("/predict/fhir", tags=["predict"], responses=_problems(404))
    def predict_fhir(call: PredictCall, request: Request) -> dict[str, Any]:
        """Give the same as a FHIR R4 Bundle: a RiskAssessment an arm, and the differences."""
        reading = _readable(find_model(shelf, call.model, request), call.patient)
        said = result(reading)
        if said.learners is None:
            raise Refused(422, "The model has not seen the like; POST /predict says of what.")
        return bundle(reading.served, said)

    @router.get("/model", tags=["models"], responses=_problems())
    def models() -> Models:
        """Give every model's card and hashes."""
        return Models(models=[_facts(each) for each in shelf])

    @router.get("/healthz", tags=["server"])
    def health() -> Health:
        """Say that the server answers."""
        return Health(status="ok", models=[model_line(each) for each in shelf])

    return router


def _readable(served: Served, patient: dict[str, Any]) -> Reading:
    reading = read(served, [patient])
    problems = reading.patients.unusable[0]
    if problems:
        raise Refused(422, "A value does not fit the model's codebook (GET /model).", problems)
    return reading


def _facts(served: Served) -> ModelFacts:
    kept = {key: served.content[key] for key in _OPEN_KEYS}
    return ModelFacts(
        model=model_line(served),
        sha256=served.sha256,
        card=model_card(served.content),
        content=kept,
    )
