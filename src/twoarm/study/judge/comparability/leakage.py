"""Is a predictor nearly the outcome, or known only after it?"""

from __future__ import annotations

from twoarm.diagnostics import Leakage, leakage
from twoarm.diagnostics.comparability.leakage import finding
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Question, Scope

__all__ = ["LEAKAGE"]


def _ask(evidence: Evidence) -> Leakage:
    return leakage(evidence.plan.study, evidence.plan.cohort)


LEAKAGE = Question(
    name="leakage",
    scope=Scope.COHORT,
    doubt="predictors that tell the outcome as only what is known afterwards does",
    ask=_ask,
    finding=finding,
)
