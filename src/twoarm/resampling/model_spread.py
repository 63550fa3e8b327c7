"""How differently models perform that were learnt from different samples of the same patients.

A replicate's model is measured on the patients it did not draw. That value varies because models
differ, and because each is measured on other patients; here the second is taken out. Each
patient's part in the value is laid out as his own effect plus the model's: what is left of a value
without its patients' effects is the model's, and what these patients disagree about is chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.metrics import placement_values
from twoarm.resampling.metric import LARGEST_MISSING_SHARE

__all__ = [
    "FEWEST_REPLICATES",
    "ModelSpread",
    "model_spread",
    "replicates_needed",
    "variance_between_models",
]

FEWEST_REPLICATES = 10
"""With fewer, nothing is said about how models differ."""

_MOST_REPLICATES = 500  # they tell a variance within 6 %; more would only cost memory
_MOST_CELLS = 4_000_000  # replicates times patients
_MOST_TURNS, _SETTLED = 100, 1e-10  # of the additive layout; measures are of the order of 0.1
_FEWEST_OF_EITHER = 2  # patients not drawn, with and without the event: a spread needs two


@dataclass(frozen=True, slots=True)
class ModelSpread:
    """Variance between replicates' models of their performance in new patients.

    Attributes
    ----------
    auc, brier : float or None
        0 or larger, on the scale of the measure squared. None with fewer than 10 replicates, or
        where more than 20 % of them lack the measure in the patients not drawn.
    """

    auc: float | None
    brier: float | None


@dataclass(frozen=True, slots=True)
class _Parts:
    """A measure of each model on its patients, and each patient's part in it.

    `value` has shape (models,); `part` and `measured` (models, n). In each group of patients the
    parts of a model have the mean `value`.
    """

    value: NDArray[np.float64]
    part: NDArray[np.float64]
    measured: NDArray[np.bool_]


def replicates_needed(n: int) -> int:
    """Give how many replicates, from the first, `model_spread` is made from.

    500; fewer with more than 8000 patients, so that they fit into memory, but at least 10.

    Examples
    --------
    >>> replicates_needed(198), replicates_needed(100_000)
    (500, 40)
    """
    return min(_MOST_REPLICATES, max(FEWEST_REPLICATES, _MOST_CELLS // n))


def variance_between_models(
    value: NDArray[np.float64],
    part: NDArray[np.float64],
    measured: NDArray[np.bool_],
    group: NDArray[np.int64],
) -> float:
    """Give the variance between models of a measure, less what the patients measured add to it.

    Parameters
    ----------
    value : ndarray, shape (models,)
        The measure of each model on its own patients.
    part : ndarray, shape (models, n)
        Each patient's part in it: within each group, the mean part of a model's patients is its
        value. Of an AUC these are placement values, of a mean loss the losses.
    measured : ndarray of bool, shape (models, n)
        Which patients a model was measured on; in each group two or more.
    group : ndarray of int, shape (n,)
        Groups that are sampled apart: of an AUC events and others, of a mean loss everybody.

    Returns
    -------
    float
        0 or larger.

    Notes
    -----
    To first order a model's value is its performance in new patients, plus in each group the mean
    effect of its patients (taken out: least squares of an additive layout, models by patients),
    plus the mean of what is left of them for this model alone (whose variance is estimated within
    the model, and subtracted).

    Examples
    --------
    Three models that are 0.1 apart on everybody; which patients each was measured on is nothing:

    >>> measured = np.array([[1, 1, 1, 0], [0, 1, 1, 1], [1, 0, 1, 1]], dtype=bool)
    >>> part = np.array([0.0, 0.1, 0.2])[:, None] + np.ones(4)
    >>> value = np.array([1.0, 1.1, 1.2])
    >>> round(variance_between_models(value, part, measured, np.zeros(4, dtype=int)), 3)
    0.01
    """
    adjusted, chance = value.copy(), np.zeros(value.size)
    for label in np.unique(group):
        own = measured & (group == label)
        count = own.sum(axis=1)
        patient = _patient_effects(part, own)
        apart = np.where(own, part - patient, 0.0)
        left = np.where(own, apart - (apart.sum(axis=1) / count)[:, None], 0.0)
        adjusted -= np.where(own, patient, 0.0).sum(axis=1) / count
        chance += (left**2).sum(axis=1) / (count - 1) / count
    return max(0.0, float(adjusted.var(ddof=1) - chance.mean()))


def _patient_effects(part: NDArray[np.float64], own: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the patients' effects of an additive layout, models by patients, by least squares."""
    models, patients = np.maximum(own.sum(axis=1), 1), np.maximum(own.sum(axis=0), 1)
    effect = np.zeros(part.shape[1])
    for _ in range(_MOST_TURNS):
        of_model = np.where(own, part - effect, 0.0).sum(axis=1) / models
        new = np.where(own, part - of_model[:, None], 0.0).sum(axis=0) / patients
        moved, effect = np.abs(new - effect).max(), new
        if moved < _SETTLED:
            break
    return effect


def model_spread(
    risk: NDArray[np.floating], outcome: NDArray[np.int64], counts: NDArray[np.integer]
) -> ModelSpread:
    """Give the spread of AUC and Brier score between replicates' models.

    Parameters
    ----------
    risk : ndarray, shape (replicates, n)
        Predictions of each replicate's model for all patients; NaN where it failed.
    outcome : ndarray, shape (n,)
        0 or 1.
    counts : ndarray, shape (replicates, n)
        How often each replicate drew each patient.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> outcome = rng.integers(0, 2, 60)
    >>> counts = rng.multinomial(60, np.full(60, 1 / 60), size=40)
    >>> risk = np.tile(rng.uniform(size=60), (40, 1))  # all models are the same
    >>> model_spread(risk, outcome, counts).brier < 1e-15
    True
    """
    replicates = risk.shape[0]
    fitted = np.isfinite(risk).all(axis=1)
    used, out = risk[fitted].astype(np.float64), counts[fitted] == 0
    everybody = np.zeros(outcome.size, dtype=np.int64)

    def spread(parts: _Parts, group: NDArray[np.int64]) -> float | None:
        defined = parts.value.size
        few = replicates - defined > LARGEST_MISSING_SHARE * replicates
        if few or defined < FEWEST_REPLICATES:
            return None
        return variance_between_models(parts.value, parts.part, parts.measured, group)

    return ModelSpread(
        auc=spread(_auc_parts(used, outcome, out), outcome),
        brier=spread(_brier_parts(used, outcome, out), everybody),
    )


def _auc_parts(
    risk: NDArray[np.float64], outcome: NDArray[np.int64], out: NDArray[np.bool_]
) -> _Parts:
    events, others = (out & (outcome == 1)).sum(axis=1), (out & (outcome == 0)).sum(axis=1)
    enough = np.minimum(events, others) >= _FEWEST_OF_EITHER
    risk, out = risk[enough], out[enough]
    part = np.zeros(risk.shape)
    for row, own in enumerate(out):
        part[row, own] = placement_values(outcome[own], risk[row, own])
    event = out & (outcome == 1)
    value = np.where(event, part, 0.0).sum(axis=1) / event.sum(axis=1)
    return _Parts(value, part, out)


def _brier_parts(
    risk: NDArray[np.float64], outcome: NDArray[np.int64], out: NDArray[np.bool_]
) -> _Parts:
    enough = out.sum(axis=1) >= _FEWEST_OF_EITHER
    risk, out = risk[enough], out[enough]
    part = np.where(out, (outcome - risk) ** 2, 0.0)
    return _Parts(part.sum(axis=1) / out.sum(axis=1), part, out)
