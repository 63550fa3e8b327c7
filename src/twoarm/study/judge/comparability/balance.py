"""Does weighting make the arms alike in what was measured?"""

from __future__ import annotations

from twoarm.diagnostics import Balance, balance
from twoarm.diagnostics.comparability.balance import finding
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Line, Question, Scope

__all__ = ["BALANCE"]


def _ask(evidence: Evidence) -> Balance:
    measured = evidence.treatment
    treatment = evidence.plan.cohort.treatment
    return balance(measured.X, treatment, measured.propensity.score, names=measured.names)


BALANCE = Question(
    name="balance",
    scope=Scope.COHORT,
    line=Line.CAUSAL,
    doubt="measured differences between the arms that weighting leaves",
    ask=_ask,
    finding=finding,
)
