"""What a model says of patients, as the answers of the REST interface.

Probabilities are 0 to 1 here, and percent in what FHIR and the cards say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, Field

from twoarm.modelfile import (
    LearnerPredictions,
    Patients,
    Predictions,
    patients_of,
    predict_patients,
)
from twoarm.service.shelf import Served
from twoarm.service.words import EXPIRED, RESEARCH_ONLY

__all__ = [
    "BatchAnswer",
    "ModelLine",
    "PredictAnswer",
    "Reading",
    "Result",
    "Risk",
    "model_line",
    "read",
    "result",
]


Learner = Literal["recommended", "study"]


class Risk(BaseModel):
    """One outcome under both arms."""

    control: float = Field(ge=0, le=1, description="Probability under control.")
    treated: float = Field(ge=0, le=1, description="Probability under treatment.")
    benefit: float = Field(
        ge=-1, le=1, description="Difference, positive where the treatment helps, negative: harm."
    )
    low: float | None = Field(default=None, description="Lower end of the benefit's 95 % range.")
    high: float | None = Field(default=None, description="Upper end of the benefit's 95 % range.")
    chance: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Chance that the benefit exceeds the study's threshold for this outcome, read "
        "off the range; null without a threshold or a range.",
    )


class ModelLine(BaseModel):
    """Which model answers."""

    id: str
    title: str
    version: str
    digest: str = Field(description="SHA-256 of the model's content.")
    created: str
    expires: str
    expired: bool
    synthetic: bool


class Result(BaseModel):
    """What the model says of one patient."""

    status: Literal["predicted", "withheld", "unreadable"] = Field(
        description="withheld: the model has not seen the like; unreadable: a value does not fit."
    )
    note: str = Field(description="What to know; the reason where there are no numbers.")
    problems: list[str] = Field(default=[], description="What does not fit, where unreadable.")
    learners: dict[Learner, dict[str, Risk]] | None = Field(
        default=None,
        description="Risks by learner and outcome; the recommended one leads and has ranges.",
    )


class PredictAnswer(BaseModel):
    """One patient."""

    model: ModelLine
    research_only: str = RESEARCH_ONLY
    result: Result


class BatchAnswer(BaseModel):
    """Several patients, in their order."""

    model: ModelLine
    research_only: str = RESEARCH_ONLY
    results: list[Result]


@dataclass(frozen=True)
class Reading:
    """Patients as the model reads them, and what it says of them."""

    served: Served
    patients: Patients
    predictions: Predictions


def model_line(served: Served) -> ModelLine:
    """Name the model and its state."""
    return ModelLine(
        id=served.id,
        title=served.title,
        version=served.version,
        digest=str(served.content["digest"]),
        created=str(served.content["created"]),
        expires=served.model.expires.isoformat(),
        expired=served.expired(),
        synthetic=served.model.synthetic,
    )


def read(served: Served, records: Sequence[Mapping[str, Any]]) -> Reading:
    """Read patients by the model's codebook and predict them."""
    patients = patients_of(served.model, records)
    return Reading(served, patients, predict_patients(served.model, patients))


def result(reading: Reading, row: int = 0) -> Result:
    """Give what the model says of one of the patients."""
    problems = reading.patients.unusable[row]
    note = reading.predictions.notes[row]
    if reading.served.expired():
        note = "; ".join(
            [EXPIRED.format(expires=reading.served.model.expires), *([note] if note else [])]
        )
    if problems:
        return Result(status="unreadable", note=note, problems=problems)
    if not reading.predictions.usable[row]:
        return Result(status="withheld", note=note)
    predictions = reading.predictions
    learners: dict[Learner, dict[str, Risk]] = {
        "recommended": _risks(predictions.recommended, row),
        "study": _risks(predictions.study, row),
    }
    return Result(status="predicted", note=note, learners=learners)


def _risks(said: LearnerPredictions, row: int) -> dict[str, Risk]:
    """Give one patient's risks; the recommended learner may lack an outcome."""
    return {outcome: _risk(said, outcome, row) for outcome in said.mu0}


def _risk(said: LearnerPredictions, outcome: str, row: int) -> Risk:
    def known(of: Mapping[str, Any]) -> float | None:
        value = float(of[outcome][row]) if outcome in of else np.nan
        return value if np.isfinite(value) else None

    return Risk(
        control=float(said.mu0[outcome][row]),
        treated=float(said.mu1[outcome][row]),
        benefit=float(said.benefit[outcome][row]),
        low=known(said.low),
        high=known(said.high),
        chance=known(said.chance),
    )
