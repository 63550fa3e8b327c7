"""Patients of another place, read by the model's codebook and the place's study file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor, canonical
from twoarm.cohort.cohort import Cohort
from twoarm.cohort.load import Study
from twoarm.cohort.problems import listed
from twoarm.cohort.read import check_cohort
from twoarm.cohort.readers import read_table
from twoarm.cohort.studyfile import OutcomeSpec, StudyFile
from twoarm.errors import CohortError, StudyFileError
from twoarm.modelfile import Model
from twoarm.modelfile.reading import in_words

__all__ = ["Site", "read_site"]

_MOST_OUTSIDE = 0.5
"""Share of patients beyond what the model has seen of one column from which it is another unit."""


@dataclass(frozen=True, eq=False)
class Site:
    """Patients of another place.

    Attributes
    ----------
    study : Study
        The place's study file, its predictors those of the model.
    cohort : Cohort
        Eligible patients with a known arm, predictors coded as the model codes them.
    outcomes : tuple of OutcomeSpec
        Those that the model predicts and the place knows of somebody.
    unknown : dict of str to str
        Outcomes of the model that cannot be looked at here, and why.
    usable : ndarray of bool, shape (n,)
        To whom the model gives numbers.
    without : tuple of (str, int)
        Why it gives none, and to how many; nobody is counted twice.
    """

    study: Study
    cohort: Cohort
    outcomes: tuple[OutcomeSpec, ...]
    unknown: dict[str, str]
    usable: NDArray[np.bool_]
    without: tuple[tuple[str, int], ...]

    @property
    def coded(self) -> NDArray[np.float64]:
        """Predictors of those with numbers, shape (patients with numbers, predictors)."""
        return self.cohort.predictors[self.usable]

    @property
    def treatment(self) -> NDArray[np.int64]:
        """Arm of those with numbers."""
        return self.cohort.treatment[self.usable]

    def outcome(self, name: str) -> NDArray[np.float64]:
        """Give an outcome of those with numbers: 1, 0, or NaN where it is not known."""
        return self.cohort.outcomes[name][self.usable]

    @property
    def arms(self) -> tuple[int, ...]:
        """Which arms have patients with numbers: 0, 1."""
        return tuple(arm for arm in (0, 1) if (self.treatment == arm).any())


def read_site(model: Model, study: Study, source: str | Path) -> Site:
    """Read and check the patients of another place.

    Parameters
    ----------
    model : Model
        From `twoarm.modelfile.load_model`.
    study : Study
        What the columns of treatment and outcomes mean there; from `load_study`.
    source : str or Path
        The data file.

    Raises
    ------
    CohortError
        If the data do not fit, with every problem, one per line; if they are those that the model
        was learnt from, or values lie so far off that a column has another unit.
    StudyFileError
        If the study file describes a predictor or an outcome otherwise than the model.
    """
    _require_same_codebook(model, study.file)
    header = set(read_table(source, {each.column for each in model.codebook}).header)
    outcomes, unknown = _outcomes(model, study.file, header)
    adapted = replace(study, file=_adapted(model, study.file, header, outcomes))
    cohort, problems = check_cohort(adapted, source, learnt_from=False)
    if cohort is None:
        errors = [problem for problem in problems if problem.level == "error"]
        raise CohortError(f"The data do not fit the model and the study file:\n{listed(errors)}")
    if len(cohort) == 0:
        raise CohortError(
            f"{cohort.source} holds no eligible patient with a known arm. Check the codes of the "
            "arms and the eligibility rules."
        )
    _require_others(model, cohort)
    _require_scale(model, cohort)
    for spec in outcomes:
        if not np.isfinite(cohort.outcomes[spec.name]).any():
            unknown[spec.name] = f"'{spec.column}' is unknown in all {len(cohort)} patients"
    known = tuple(each for each in outcomes if each.name not in unknown)
    usable, without = _numbers_for(model, cohort)
    if not usable.any():
        said = "; ".join(f"{reason}: {n}" for reason, n in without)
        raise CohortError(
            f"The model gives none of the {len(cohort)} patients a number ({said}). Is it the "
            "right model for them?"
        )
    return Site(adapted, cohort, known, unknown, usable, without)


def _require_same_codebook(model: Model, file: StudyFile) -> None:
    """Raise StudyFileError if the study file means something else by a column or an outcome."""
    of_study = {each.column: each for each in file.predictors}
    found = []
    for each in model.codebook:
        other = of_study.get(each.column)
        if other is not None:
            found += [f"predictor '{each.column}': {what}" for what in _differences(each, other)]
    for spec in file.outcomes:
        theirs = model.outcomes.get(spec.name)
        if theirs is not None and theirs["desirable"] != spec.desirable:
            found.append(
                f"outcome '{spec.name}': desirable = {str(spec.desirable).lower()}, in the model "
                f"{str(theirs['desirable']).lower()}"
            )
    if found:
        lines = "\n".join(f"  {each}" for each in found)
        raise StudyFileError(
            f"The study file is of another codebook than the model:\n{lines}\nDescribe these "
            "columns as the model does (model_card.md lists them), and recode the data."
        )


def _differences(of_model: Predictor, of_study: Predictor) -> Iterator[str]:
    if of_study.type != of_model.type:
        yield f"type {of_study.type}, in the model {of_model.type}"
        return
    if of_study.unit and of_model.unit and of_study.unit != of_model.unit:
        yield f"unit {of_study.unit}, in the model {of_model.unit}"
    here, there = (
        [canonical(level.code) for level in each.all_levels] for each in (of_study, of_model)
    )
    if here != there:
        yield f"levels {', '.join(here)}, in the model {', '.join(there)}"


def _outcomes(
    model: Model, file: StudyFile, header: set[str]
) -> tuple[tuple[OutcomeSpec, ...], dict[str, str]]:
    """Give the outcomes that can be read here, and why others cannot."""
    specs = {each.name: each for each in file.outcomes}
    unknown: dict[str, str] = {}
    for name in model.outcomes:
        if name not in specs:
            unknown[name] = f"the study file {file.study.name} does not define it"
        elif specs[name].column not in header:
            unknown[name] = f"the data have no column '{specs[name].column}'"
    return tuple(specs[name] for name in model.outcomes if name not in unknown), unknown


def _adapted(
    model: Model, file: StudyFile, header: set[str], outcomes: tuple[OutcomeSpec, ...]
) -> StudyFile:
    """Give the place's study file with the model's predictors, and only columns that it has.

    Codes for "unknown" and ranges are those of the place where it describes the column. A missing
    value concerns its patient alone, as in `twoarm predict`.
    """
    own = {each.column: each for each in file.predictors}
    predictors = []
    for each in model.codebook:
        there = own.get(each.column, each)
        kept = {"missing_codes": there.missing_codes, "range": there.range, "may_be_missing": True}
        predictors.append(each.model_copy(update=kept))
    study = file.study
    kept_study = {
        name: value if value in header else ""
        for name, value in (("id", study.id), ("centre", study.centre))
    }
    columns = tuple(each.model_copy(update={"propensity": False}) for each in file.columns)
    return file.model_copy(
        update={
            "predictors": tuple(predictors),
            "outcomes": outcomes,
            "study": study.model_copy(update=kept_study),
            "columns": columns,
            "ordinal": None,
        }
    )


def _require_others(model: Model, cohort: Cohort) -> None:
    """Raise CohortError if the data are those that the model, or its parent, was learnt from."""
    learnt_from = {model.content["provenance"]["data"], model.content["derived"].get("data")}
    if cohort.digest in learnt_from:
        raise CohortError(
            f"{cohort.source} is the file that the model was learnt from, or adapted to: in its "
            "own patients it looks better than it is. Give patients of another place or time."
        )


def _require_scale(model: Model, cohort: Cohort) -> None:
    """Raise CohortError where most values of a number lie beyond all that the model has seen."""
    lines = []
    for predictor, values in zip(model.codebook, cohort.predictors.T, strict=True):
        known = values[np.isfinite(values)]
        if not predictor.is_number or known.size == 0:
            continue
        seen = model.content["support"][predictor.column]
        outside = (known < seen["min"]) | (known > seen["max"])
        if outside.mean() > _MOST_OUTSIDE:
            middle = in_words(predictor, float(np.median(known)))
            limits = f"{seen['min']:.6g} to {in_words(predictor, seen['max'])}"
            lines.append(
                f"error: {predictor.column}: median {middle}, {int(outside.sum())} of "
                f"{known.size} values outside what the model has seen; expected {limits}. Is it "
                "in another unit?"
            )
    if lines:
        raise CohortError("The data do not fit the model:\n" + "\n".join(lines))


def _numbers_for(
    model: Model, cohort: Cohort
) -> tuple[NDArray[np.bool_], tuple[tuple[str, int], ...]]:
    """Say who gets numbers from the model, and why others do not."""
    coded = cohort.predictors
    outside, far, decided = model.outside_support(coded), model.too_far(coded), model.decided(coded)
    needed = [k for k, each in enumerate(model.codebook) if not each.may_be_missing]
    reasons = []
    for row in range(len(cohort)):
        absent = [model.codebook[k].column for k in needed if np.isnan(coded[row, k])]
        if absent:
            reasons.append(f"{absent[0]} is missing")
        elif outside[row]:
            reasons.append(f"{outside[row][0]} outside what the model has seen")
        elif far[row]:
            reasons.append("all values together unlike any patient of the model")
        elif decided[row]:
            reasons.append("treatment all but decided in patients like this")
        else:
            reasons.append("")
    counts = Counter(each for each in reasons if each)
    usable = np.array([not each for each in reasons], dtype=np.bool_)
    return usable, tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
