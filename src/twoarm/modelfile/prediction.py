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

__all__ = ["LearnerPredictions", "Predictions", "predict_patients"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LearnerPredictions:
    """What one learner says of new patients, by outcome; NaN for those without a prediction.

    Attributes
    ----------
    mu0, mu1 : mapping of str to ndarray, shape (n,)
        Probability under control and under treatment.
    benefit : mapping of str to ndarray, shape (n,)
        Their difference, positive where the treatment helps.
    low, high : mapping of str to ndarray, shape (n,)
        Range of the benefit; empty for a learner that has none, NaN where it is withheld.
    chance : mapping of str to ndarray, shape (n,)
        Chance that the benefit exceeds the outcome's threshold, of outcomes that have one; empty
        and NaN as the range.
    """

    mu0: Mapping[str, Floats]
    mu1: Mapping[str, Floats]
    benefit: Mapping[str, Floats]
    low: Mapping[str, Floats]
    high: Mapping[str, Floats]
    chance: Mapping[str, Floats]


@dataclass(frozen=True)
class Predictions:
    """Predictions for new patients.

    Attributes
    ----------
    recommended : LearnerPredictions
        By the recommended learner, coherent over the outcomes, with ranges; it leads.
    study : LearnerPredictions
        By the study's learner, as published; without ranges.
    usable : ndarray of bool, shape (n,)
        Who has a prediction.
    notes : tuple of str
        What to know of each patient; the reason where there is no prediction.
    """

    recommended: LearnerPredictions
    study: LearnerPredictions
    usable: NDArray[np.bool_]
    notes: tuple[str, ...]


def predict_patients(model: Model, patients: Patients) -> Predictions:
    """Predict each patient whose values the model can read and has seen the like of.

    Parameters
    ----------
    model : Model
    patients : Patients
        From `read_patients`.
    """
    coded = patients.coded
    outside, decided, far = model.outside_support(coded), model.decided(coded), model.too_far(coded)
    reasons = zip(patients.unusable, outside, decided, far, strict=True)
    usable = np.array([not any(each) for each in reasons], dtype=np.bool_)
    rows = coded[usable]
    study = {name: _signed(model, name, model.risks(rows, name)) for name in model.outcomes}
    recommended = {
        name: np.vstack([_signed(model, name, mu), *_ranged(model, name, rows, mu)])
        for name, mu in model.recommended_risks(rows).items()
    }
    notes = tuple(
        _note(model, patients, row, names, bool(decided[row]), bool(far[row]))
        for row, names in enumerate(outside)
    )
    return Predictions(_placed(recommended, usable), _placed(study, usable), usable, notes)


def _signed(model: Model, outcome: str, risks: Floats) -> Floats:
    """Give mu0, mu1 and the benefit, shape (3, n)."""
    return np.vstack([risks, model.benefit(risks, outcome)])


def _ranged(model: Model, outcome: str, rows: Floats, risks: Floats) -> list[Floats]:
    """Give low and high, and the chance where the outcome has a threshold."""
    low, high = model.benefit_range(rows, outcome, risks)
    threshold = model.outcomes[outcome]["threshold"]
    if threshold is None:
        return [low, high]
    return [low, high, model.chance(rows, outcome, risks, threshold)]


def _placed(found: Mapping[str, Floats], usable: NDArray[np.bool_]) -> LearnerPredictions:
    """Put the values of those with a prediction among all patients."""
    parts: dict[str, Floats] = {}
    for name, values in found.items():
        parts[name] = np.full((len(values), usable.size), np.nan)
        parts[name][:, usable] = values
    named = [{name: part[k] for name, part in parts.items() if len(part) > k} for k in range(6)]
    return LearnerPredictions(*named)


def _note(
    model: Model,
    patients: Patients,
    row: int,
    outside: tuple[str, ...],
    decided: bool,
    far: bool,
) -> str:
    notes = list(patients.unusable[row])
    if outside:
        seen = [
            _seen(model, predictor, value)
            for predictor, value in zip(model.codebook, patients.coded[row], strict=True)
            if predictor.column in outside
        ]
        notes.append(f"outside what the model has seen: {', '.join(seen)}")
    if far and not outside and not patients.unusable[row]:
        notes.append("outside what the model has seen: all values together, not one of them alone")
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
