"""Does the comparison start at the decision?"""

from __future__ import annotations

from twoarm.diagnostics import TargetTrialCheck, target_trial
from twoarm.diagnostics.comparability.target_trial import finding
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Line, Question, Scope

__all__ = ["TARGET_TRIAL"]


def _ask(evidence: Evidence) -> TargetTrialCheck:
    return target_trial(evidence.plan.study)


TARGET_TRIAL = Question(
    name="target trial",
    scope=Scope.COHORT,
    line=Line.CAUSAL,
    doubt="how the controls were chosen",
    ask=_ask,
    finding=finding,
)
