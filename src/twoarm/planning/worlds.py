"""The run's model applied to patients of synthetic worlds, whose true risks are known."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.design import TrueRisks
from twoarm.errors import UserError
from twoarm.modelfile import load_model, patients_of, predict_patients
from twoarm.planning.known import Known
from twoarm.study import StudyResult
from twoarm.synthetic import generate

__all__ = ["WORLDS", "model_in_worlds", "why_no_worlds"]

WORLDS = ("A", "M", "B", "N", "Z", "H")
_STUDY = "rescue-stenting"
_PATIENTS, _SEED = 2000, 97_000


def why_no_worlds(result: StudyResult, known: Known) -> str:
    """Say why the model cannot be run in the synthetic worlds; empty if it can."""
    if result.plan.file.study.name != _STUDY:
        return f"synthetic worlds with known effects are there for {_STUDY} alone"
    if not (result.folder / "model.json").is_file():
        return "the run has no model.json"
    if known.outcome not in {"mrs_0_2", "mrs_0_3", "death", "sich"}:
        return f"the worlds know no {known.outcome}"
    return ""


def model_in_worlds(
    result: StudyResult, known: Known, threshold: float
) -> Iterator[tuple[str, TrueRisks]]:
    """Give each world's true risks, parted by what the run's model predicts of its patients.

    Those of whom the model gives no number could not be enrolled by it and count as below.

    Raises
    ------
    UserError
        If the model file cannot be read.
    """
    above: NDArray[np.bool_] | None = None
    for world in WORLDS:
        made = generate(world, n=_PATIENTS, seed=_SEED)
        if above is None:  # the covariates of a seed are the same in every world
            above = _above(result, known, made.cohort.to_dict("records"), threshold)
        mu = [made.truth[f"mu{arm}_{known.outcome}"].to_numpy() for arm in (0, 1)]
        yield world, TrueRisks(mu[0], mu[1], above)


def _above(
    result: StudyResult, known: Known, records: Sequence[Mapping[Hashable, Any]], threshold: float
) -> NDArray[np.bool_]:
    model = load_model(result.folder / "model.json")
    missing = [each.column for each in model.codebook if each.column not in records[0]]
    if missing:
        raise UserError(f"The synthetic worlds have no column {', '.join(missing)}.")
    names = [each.column for each in model.codebook]
    rows = [{name: record[name] for name in names} for record in records]
    found = predict_patients(model, patients_of(model, rows))
    benefit = found.study.benefit.get(known.outcome)
    if benefit is None:
        return np.zeros(len(records), dtype=np.bool_)
    return np.asarray(np.nan_to_num(benefit, nan=-np.inf) >= threshold)
