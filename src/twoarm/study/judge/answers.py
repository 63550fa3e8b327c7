"""Ask every question; whatever one of them meets, the others are answered."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent, Finding
from twoarm.errors import NotEstimable
from twoarm.execution import MapProgress, watched
from twoarm.study.fit.progress import Listener, Progress
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Question, Scope
from twoarm.study.plan.model_predictors import NO_PREDICTORS

__all__ = ["FAULT", "INTERIM", "Answers", "asked", "guarded", "none_yet"]

Value = TypeVar("Value")

INTERIM = Absent("not computed in an interim result")
FAULT = "a defect of twoarm, please report it"
"""How the reason begins where twoarm itself failed."""


@dataclass(frozen=True)
class Answers:
    """What a run's questions were answered.

    Attributes
    ----------
    study : Study
    questions : tuple of Question
        In the order of their findings.
    values : mapping of str to mapping of str to value or Absent
        By name of the question, then by outcome (or negative control); a question to the whole
        cohort has one value, under its primary outcome.
    findings : tuple of Finding
    blocks : mapping of str to Any
        What stands in ``summary.json``, by dotted path; `Absent` where there is nothing.
    tracebacks : tuple of str
        Of the defects that were met.
    """

    study: Study
    questions: tuple[Question[Any], ...]
    values: Mapping[str, Mapping[str, Any]]
    findings: tuple[Finding, ...]
    blocks: Mapping[str, Any]
    tracebacks: tuple[str, ...] = ()

    @property
    def defects(self) -> tuple[str, ...]:
        """Names of the questions in which twoarm itself failed."""
        return tuple(
            name
            for name, values in self.values.items()
            if any(isinstance(each, Absent) and each.defect for each in values.values())
        )

    def places(self) -> Iterator[tuple[str, Any, str | None]]:
        """Give every place in ``summary.json``: path, what stands there, and what it follows."""
        after = {
            key.of(name): key.after
            for question in self.questions
            for key in question.keys
            for name in (*names_of(question, self.study), *_every(self.study))
        }
        for path, value in self.blocks.items():
            yield path, value, after.get(path)

    def of(self, question: Question[Value], outcome: str | None = None) -> Value | Absent:
        """Give the answer to a question, of the primary outcome unless another one is named."""
        values = self.values.get(question.name)
        if values is None:
            return INTERIM
        found: Value | Absent = values[self.study.file.primary.name if outcome is None else outcome]
        return found

    def each(self, question: Question[Value]) -> dict[str, Value]:
        """Give the answers there are, by outcome or negative control."""
        values = self.values.get(question.name, {})
        return {name: each for name, each in values.items() if not isinstance(each, Absent)}


def asked(
    evidence: Evidence, questions: Sequence[Question[Any]], tell: Listener = lambda _: None
) -> Answers:
    """Ask all questions, one after the other.

    An answer that the data do not carry is `Absent` with its reason. So is one in which twoarm
    itself failed, marked as a defect, with the traceback kept.
    """
    values, tracebacks = {}, []
    for number, question in enumerate(questions):
        now = Progress("diagnostics", number, len(questions), at=question.name)
        tell(now)
        with watched(partial(_tell_of_step, tell, now)):
            values[question.name], faults = _asked(question, evidence)
        tracebacks += faults
    tell(Progress("diagnostics", len(questions), len(questions)))
    return said(evidence.plan.study, questions, values, tracebacks)


def _tell_of_step(tell: Listener, now: Progress, step: MapProgress) -> None:
    tell(replace(now, step=step))


def _asked(question: Question[Any], evidence: Evidence) -> tuple[dict[str, Any], list[str]]:
    names = names_of(question, evidence.plan.study)
    if question.of_models and not evidence.plan.file.predictors:
        return dict.fromkeys(names, Absent(NO_PREDICTORS)), []
    found, faults = guarded(question.name, lambda: question.ask(evidence))
    if isinstance(found, Absent):
        return dict.fromkeys(names, found), faults
    return (dict(found) if question.scope.is_several else dict.fromkeys(names, found)), faults


def names_of(question: Question[Any], study: Study) -> tuple[str, ...]:
    """Give whom a question is asked of: outcomes, negative controls, or the primary outcome."""
    file = study.file
    if question.scope is Scope.CONTROLS:
        return tuple(each.name for each in file.negative_controls)
    if question.scope is Scope.OUTCOMES:
        return _every(study)
    return (file.primary.name,)


def _every(study: Study) -> tuple[str, ...]:
    return tuple(each.name for each in study.file.outcomes if each.role == "outcome")


def guarded(name: str, compute: Callable[[], Any]) -> tuple[Any, list[str]]:
    """Compute, and give what came of it with the tracebacks of what went wrong."""
    try:
        return compute(), []
    except NotEstimable as reason:
        return Absent(str(reason)), []
    except Exception as error:  # noqa: BLE001  a finished bootstrap is not lost to one question
        text = f"{FAULT} ({name}: {type(error).__name__}: {error})"
        return Absent(text, defect=True), [traceback.format_exc()]


def said(
    study: Study,
    questions: Sequence[Question[Any]],
    values: Mapping[str, Mapping[str, Any]],
    tracebacks: Sequence[str] = (),
) -> Answers:
    """Put values into words and into the blocks of ``summary.json``.

    A value that cannot be put into either is a defect, and its answer is absent.
    """
    kept = {name: dict(each) for name, each in values.items()}
    findings: list[Finding] = []
    blocks: dict[str, Any] = {}
    faults = list(tracebacks)
    for question in questions:
        for outcome, value in list(kept[question.name].items()):
            speak = partial(_said, study, question, outcome)
            words, new = guarded(question.name, partial(speak, value))
            if isinstance(words, Absent):
                faults += new
                kept[question.name][outcome] = words
                words = speak(words)
            findings += words[0]
            blocks |= words[1]
        blocks |= _elsewhere(question, study)
    return Answers(study, tuple(questions), kept, tuple(findings), blocks, tuple(faults))


def _said(
    study: Study, question: Question[Any], outcome: str, value: Any
) -> tuple[list[Finding], dict[str, Any]]:
    """Give finding and blocks of one answer."""
    paths = {key.path: key.of(outcome) for key in question.keys}
    if isinstance(value, Absent):
        return [], dict.fromkeys(paths.values(), value)
    plain = {} if question.block is None else question.block(value, study)
    blocks = {paths[path]: each for path, each in plain.items()}
    speaks = question.scope is not Scope.OUTCOMES or outcome == study.file.primary.name
    found = question.finding(value, study) if question.finding and speaks else None
    if found is not None and found.name != question.name:
        raise TypeError(f"The finding of {question.name!r} is called {found.name!r}.")
    return ([] if found is None else [found]), blocks


def _elsewhere(question: Question[Any], study: Study) -> dict[str, Any]:
    """Give what stands at the places of outcomes that are not asked."""
    names = names_of(question, study)
    if question.scope is Scope.CONTROLS:
        return {} if names else {key.path.partition(".{outcome}")[0]: {} for key in question.keys}
    return {
        key.of(name): Absent(key.elsewhere)
        for name in _every(study)
        if question.scope is Scope.PRIMARY and name not in names
        for key in question.keys
        if "{outcome}" in key.path
    }


def none_yet(study: Study, questions: Sequence[Question[Any]]) -> Answers:
    """Give the answers of a run that has not asked yet: an interim result."""
    values = {each.name: dict.fromkeys(names_of(each, study), INTERIM) for each in questions}
    return said(study, questions, values)
