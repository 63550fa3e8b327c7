"""A run's results in its folder, so that the report can be written again without a fit."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union, get_args

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent
from twoarm.errors import RunFolderError
from twoarm.importance import Dependence
from twoarm.metalearners import Effects
from twoarm.resampling import FitFailure
from twoarm.study.files.values import Hook, read_value, write_value
from twoarm.study.judge.answers import said
from twoarm.study.judge.question import Question
from twoarm.study.judge.registry import QUESTIONS
from twoarm.study.measure.outcomes import OutcomeResult
from twoarm.study.plan.few_events import ArmLearner, RarerClass, learner_for
from twoarm.study.plan.plan import make_plan
from twoarm.study.result import StudyResult

__all__ = ["FORMAT_VERSION", "read_result", "write_result"]

FORMAT_VERSION = 2
_FOLDER = "values"


@dataclass(frozen=True)
class _Stamp:
    """What the values are: read before anything else of them."""

    format_version: int
    twoarm_version: str
    seed: int
    replicates_asked: int
    questions: tuple[str, ...]


@dataclass(frozen=True)
class _Measured:
    """What a result holds beside its plan and its answers."""

    replicates: int
    outcomes: dict[str, OutcomeResult]
    effects: dict[str, Effects]
    in_sample: dict[str, Effects]
    dependence: tuple[Dependence, ...]
    failures: tuple[tuple[int, FitFailure], ...]
    failed_replicates: int
    absent: dict[str, str]


def write_result(result: StudyResult) -> None:
    """Write a finished run's values; the old ones are gone only once the new ones are whole."""
    final = result.folder / _FOLDER
    folder = result.folder / f"{_FOLDER}.new"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    plan, answers = result.plan, result.answers
    hooks = _hooks(plan.study)
    names = tuple(each.name for each in answers.questions)
    stamp = _Stamp(FORMAT_VERSION, result.version, plan.seed, plan.replicates, names)
    measured = _Measured(*(getattr(result, name) for name in _Measured.__dataclass_fields__))
    write_value(folder, "stamp", stamp, _Stamp)
    write_value(folder, "study", plan.study, Study)
    write_value(folder, "cohort", plan.cohort, Cohort)
    write_value(folder, "measured", measured, _Measured, hooks)
    for question in answers.questions:
        kind = _answers_of(question)
        write_value(folder, _stem(question.name), answers.values[question.name], kind, hooks)
    shutil.rmtree(final, ignore_errors=True)
    folder.replace(final)


def read_result(folder: Path, questions: Sequence[Question[Any]] = QUESTIONS) -> StudyResult:
    """Read a finished run back: the same values, put into the words of this version.

    Raises
    ------
    RunFolderError
        If the folder holds no finished run, or one whose values this version cannot read.
    """
    stored = folder / _FOLDER
    try:
        stamp = read_value(stored, "stamp", _Stamp)
        if stamp.format_version != FORMAT_VERSION:
            raise RunFolderError(
                f"The values in {stored} are of format {stamp.format_version} (twoarm "
                f"{stamp.twoarm_version}); this version reads format {FORMAT_VERSION}. Write the "
                f"report with twoarm {stamp.twoarm_version}, or run the study again."
            )
        return _read(folder, stored, stamp, questions)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunFolderError(
            f"{folder} holds no finished run that can be read ({error}). Finish it with "
            "twoarm run ... --resume."
        ) from error


def _read(
    folder: Path, stored: Path, stamp: _Stamp, questions: Sequence[Question[Any]]
) -> StudyResult:
    study = read_value(stored, "study", Study)
    cohort = read_value(stored, "cohort", Cohort)
    hooks = _hooks(study)
    plan = make_plan(study, cohort, replicates=stamp.replicates_asked, seed=stamp.seed)
    measured = read_value(stored, "measured", _Measured, hooks)
    known = [each for each in questions if each.name in stamp.questions]
    values = {
        each.name: read_value(stored, _stem(each.name), _answers_of(each), hooks) for each in known
    }
    return StudyResult(
        plan=plan,
        version=stamp.twoarm_version,
        answers=said(study, known, values),
        folder=folder,
        **{name: getattr(measured, name) for name in _Measured.__dataclass_fields__},
    )


def _stem(name: str) -> str:
    """Give the stem of a question's files."""
    return name.lower().replace(" ", "-")


def _answers_of(question: Question[Any]) -> Any:
    """Give the type of a question's answers by outcome."""
    kind = question.value_type
    if question.scope.is_several:
        kind = get_args(kind)[1]
    return Mapping[str, Union[kind, Absent]]  # type: ignore[valid-type]  # noqa: UP007


def _hooks(study: Study) -> tuple[Hook, ...]:
    """Say how what a study's models are made of is stored: by what they were chosen by."""

    def made(plain: Mapping[str, Any]) -> ArmLearner:
        rarer = RarerClass(plain["n"], plain["has_event"])
        return learner_for(study.file.model, rarer, has_predictors=bool(study.file.predictors))

    return (
        (
            ArmLearner,
            lambda value: {"n": value.rarer.n, "has_event": value.rarer.has_event},
            made,
        ),
    )
