"""What a model says of new patients, and why of some it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.modelfile.model import Model
from twoarm.modelfile.patients import Patients
from twoarm.modelfile.reading import in_words

__all__ = ["Predictions", "predict_patients"]


@dataclass(frozen=True)
class Predictions:
    """Predictions for new patients.

    Attributes
    ----------
    mu0, mu1, benefit : mapping of str to ndarray, shape (n,)
        By outcome: the probability under control and under treatment, and the difference, positive
        where the treatment helps. NaN for a patient without a prediction.
    usable : ndarray of bool, shape (n,)
        Who has a prediction.
    notes : tuple of str
        What to know of each patient; the reason where there is no prediction.
    """

    mu0: Mapping[str, NDArray[np.float64]]
    mu1: Mapping[str, NDArray[np.float64]]
    benefit: Mapping[str, NDArray[np.float64]]
    usable: NDArray[np.bool_]
    notes: tuple[str, ...]


def predict_patients(model: Model, patients: Patients) -> Predictions:
    """Predict each patient whose values the model can read and has seen the like of."""
    outside, decided = model.outside_support(patients.coded), model.decided(patients.coded)
    reasons = zip(patients.unusable, outside, decided, strict=True)
    usable = np.array([not any(each) for each in reasons], dtype=np.bool_)
    rows = np.flatnonzero(usable)
    parts: dict[str, NDArray[np.float64]] = {}
    for outcome in model.outcomes:
        risks = model.risks(patients.coded[rows], outcome)
        parts[outcome] = np.full((3, usable.size), np.nan)
        parts[outcome][:, rows] = np.vstack([risks, model.benefit(risks, outcome)])
    mu0, mu1, benefit = ({name: part[k] for name, part in parts.items()} for k in range(3))
    notes = tuple(
        _note(model, patients, row, names, fixed)
        for row, (names, fixed) in enumerate(zip(outside, decided.tolist(), strict=True))
    )
    return Predictions(mu0, mu1, benefit, usable, notes)


def _note(
    model: Model, patients: Patients, row: int, outside: tuple[str, ...], decided: bool
) -> str:
    notes = list(patients.unusable[row])
    if outside:
        seen = [
            _seen(model, predictor, value)
            for predictor, value in zip(model.codebook, patients.coded[row], strict=True)
            if predictor.column in outside
        ]
        notes.append(f"outside what the model has seen: {', '.join(seen)}")
    if decided and not patients.unusable[row]:
        notes.append("treatment was all but decided in patients like this")
    notes += patients.remarks[row]
    if model.synthetic:
        notes.append("model of synthetic patients")
    return "; ".join(notes)


def _seen(model: Model, predictor: Predictor, value: float) -> str:
    """Say a value beside what was seen in training: ``age 18 (36 to 92 years)``."""
    seen = model.content["support"][predictor.column]
    if predictor.is_number:
        limits = f"{seen['min']:.12g} to {in_words(predictor, seen['max'])}"
        return f"{predictor.column} {value:.12g} ({limits})"
    levels = ", ".join(in_words(predictor, level) for level in seen["levels"])
    return f"{predictor.column} {in_words(predictor, value)} ({levels})"
