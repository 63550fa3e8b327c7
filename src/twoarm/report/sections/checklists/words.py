"""The texts for lines of checklists, by name."""

from __future__ import annotations

from collections.abc import Callable

from twoarm.report.protocol import protocol_line
from twoarm.report.sections.checklists import words_run as run
from twoarm.report.sections.checklists import words_study as study
from twoarm.study.result import StudyResult

__all__ = ["WORDS"]

WORDS: dict[str, Callable[[StudyResult], str]] = {
    "analysis": run.analysis,
    "arms": study.arms,
    "assignment": study.assignment,
    "average": run.average,
    "centre_seen": study.centre_seen,
    "centres": study.centres,
    "choice": study.choice,
    "code": run.code,
    "conclusions": run.conclusions,
    "confounders": study.confounders,
    "data": study.data,
    "design": study.design,
    "eligibility": study.eligibility,
    "estimand": study.estimand,
    "exclusions": study.exclusions,
    "follow_up": study.follow_up,
    "follow_up_here": run.follow_up_here,
    "handling": run.handling,
    "harms": study.harms,
    "imbalance": run.imbalance,
    "inputs": study.inputs,
    "lacking": run.lacking,
    "limitations": run.limitations,
    "measures": run.measures,
    "missing": run.missing,
    "outcomes": study.outcomes,
    "output": run.output,
    "path": study.path,
    "predictors": study.predictors,
    "preparation": run.preparation,
    "question": study.question,
    "registration": lambda result: protocol_line(result.plan.file),
    "rules": study.rules,
    "strategies": study.strategies,
    "support": run.support,
    "timing": study.timing,
    "title": study.title,
}
"""Texts by the name that stands after an @ in the checklists."""
