"""What a run found, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from twoarm.diagnostics import Absent, Finding
from twoarm.importance import Dependence
from twoarm.metalearners import Effects
from twoarm.resampling import FitFailure
from twoarm.study.fit.bootstrap import PROVISIONAL_BELOW
from twoarm.study.fit.fits import FittedModels
from twoarm.study.judge.answers import FAULT, Answers
from twoarm.study.judge.importance.by_variable import AlongVariable, along_variables
from twoarm.study.judge.question import Question
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.verdict import Answer, verdict
from twoarm.study.measure.outcomes import OutcomeResult
from twoarm.study.plan.plan import Plan
from twoarm.study.summary.quoted import Quoted, quoted
from twoarm.study.summary.summary import summary_of

__all__ = ["StudyResult"]

Value = TypeVar("Value")


@dataclass(frozen=True)
class StudyResult:
    """A finished (or interim) run.

    Attributes
    ----------
    plan : Plan
        Study, cohort, learner, seed.
    replicates : int
        Replicates computed.
    version : str
        Version of twoarm that ran.
    outcomes : mapping of str to OutcomeResult
    effects, in_sample : mapping of str to Effects
        Cross-fitted (mean over repeats; NaN where it failed), and of the full fit, per patient.
    dependence : tuple of Dependence
        Partial dependence of the primary outcome's benefit on its leading variables.
    failures : tuple of (int, FitFailure)
        Fits that failed, with their replicate.
    failed_replicates : int
        Replicates with any failed fit.
    absent : mapping of str to str
        Measured parts that could not be computed, by their path in the summary, and why.
    answers : Answers
        What the questions of the run were answered; nothing in an interim result.
    folder : Path
        The run folder.
    models : FittedModels or None
        Of the full fit; None in a result that was read back from its folder.
    """

    plan: Plan
    replicates: int
    version: str
    outcomes: Mapping[str, OutcomeResult]
    effects: Mapping[str, Effects]
    in_sample: Mapping[str, Effects]
    dependence: tuple[Dependence, ...]
    failures: tuple[tuple[int, FitFailure], ...]
    failed_replicates: int
    absent: Mapping[str, str]
    answers: Answers
    folder: Path
    models: FittedModels | None = None

    @property
    def primary(self) -> OutcomeResult:
        """The primary outcome's result."""
        return self.outcomes[self.plan.file.primary.name]

    def value(self, question: Question[Value], outcome: str | None = None) -> Value | None:
        """Give the answer to a question, of the primary outcome unless another one is named.

        None where there is none; `why_absent` says why.
        """
        found = self.answers.of(question, outcome)
        return None if isinstance(found, Absent) else found

    def why_absent(self, question: Question[Value], outcome: str | None = None) -> str:
        """Say why a question has no answer; empty where it has one."""
        found = self.answers.of(question, outcome)
        return found.reason if isinstance(found, Absent) else ""

    @cached_property
    def along_variables(self) -> tuple[AlongVariable, ...]:
        """The primary outcome's benefit along every predictor; nothing without a cross-fit."""
        evidence = self.value(COMPARISON)
        return () if evidence is None else along_variables(self.plan, evidence)

    def quoted(self, outcome: str | None = None) -> Quoted:
        """Give the average benefit to quote, of the primary outcome unless another one is named."""
        return quoted(self.answers, self.plan.file.primary.name if outcome is None else outcome)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What every diagnostic says; none in an interim result."""
        return self.answers.findings

    @property
    def defects(self) -> tuple[str, ...]:
        """Names of questions and parts in which twoarm itself failed."""
        parts = (path for path, reason in self.absent.items() if reason.startswith(FAULT))
        return (*self.answers.defects, *parts)

    @property
    def verdict(self) -> tuple[Answer, ...]:
        """The findings in a few answers; none in an interim result."""
        return verdict(self.answers)

    @property
    def provisional(self) -> bool:
        """Whether the replicates are too few for their intervals to be final."""
        return self.replicates < PROVISIONAL_BELOW

    def summary(self) -> dict[str, Any]:
        """Give the content of ``summary.json`` (`docs/reference/summary.md`)."""
        return summary_of(
            self.plan,
            self.outcomes,
            self.answers,
            replicates=self.replicates,
            version=self.version,
            absent=self.absent,
        )
