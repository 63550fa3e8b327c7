"""Every question of a run, in the order of their findings. A new one is a file, and a line here."""

from __future__ import annotations

from typing import Any

from twoarm.diagnostics.finding import FINDINGS
from twoarm.study.judge.average.agreement import AGREEMENT
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.average.missing_effect import MISSING_EFFECT
from twoarm.study.judge.average.published import PUBLISHED
from twoarm.study.judge.comparability.balance import BALANCE
from twoarm.study.judge.comparability.leakage import LEAKAGE
from twoarm.study.judge.comparability.one_treatment_centres import ONE_TREATMENT_CENTRES
from twoarm.study.judge.comparability.overlap import OVERLAP
from twoarm.study.judge.comparability.propensity import PROPENSITY
from twoarm.study.judge.comparability.support import SUPPORT
from twoarm.study.judge.comparability.target_trial import TARGET_TRIAL
from twoarm.study.judge.hidden.e_value import E_VALUE
from twoarm.study.judge.hidden.negative_controls import NEGATIVE_CONTROL
from twoarm.study.judge.hidden.partial_r2 import PARTIAL_R2
from twoarm.study.judge.hidden.rosenbaum import ROSENBAUM
from twoarm.study.judge.hidden.sensitivity import SENSITIVITY
from twoarm.study.judge.importance.variables import IMPORTANCE
from twoarm.study.judge.outcomes.coherence import COHERENCE
from twoarm.study.judge.outcomes.discrimination import DISCRIMINATION
from twoarm.study.judge.outcomes.ordinal import ORDINAL
from twoarm.study.judge.outcomes.separation import SEPARATION
from twoarm.study.judge.question import Question
from twoarm.study.judge.ranking.baseline_risk import BASELINE_RISK
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.ranking.learners import COMPARISON
from twoarm.study.judge.ranking.ranking_test import RANKING
from twoarm.study.judge.ranking.worth import WORTH
from twoarm.study.judge.stability.complete_cases import COMPLETE_CASES
from twoarm.study.judge.stability.held_out_centres import CENTRES
from twoarm.study.judge.stability.missing_values import MISSING_VALUES
from twoarm.study.judge.stability.refits import STABILITY

__all__ = ["QUESTIONS", "check_findings"]

QUESTIONS: tuple[Question[Any], ...] = (
    TARGET_TRIAL,
    LEAKAGE,
    PROPENSITY,
    OVERLAP,
    BALANCE,
    SUPPORT,
    ONE_TREATMENT_CENTRES,
    AVERAGE_EFFECT,
    AGREEMENT,
    E_VALUE,
    SENSITIVITY,
    ROSENBAUM,
    PARTIAL_R2,
    MISSING_EFFECT,
    PUBLISHED,
    HETEROGENEITY,
    WORTH,
    RANKING,
    BASELINE_RISK,
    NEGATIVE_CONTROL,
    DISCRIMINATION,
    SEPARATION,
    COHERENCE,
    ORDINAL,
    COMPARISON,
    STABILITY,
    CENTRES,
    MISSING_VALUES,
    COMPLETE_CASES,
    IMPORTANCE,
)


def check_findings(questions: tuple[Question[Any], ...]) -> None:
    """See that every finding belongs to one question, and every question is there once.

    Raises
    ------
    ImportError
        If a finding would be dropped, or two questions have one name.
    """
    names = [each.name for each in questions]
    if len(set(names)) != len(names):
        raise ImportError(f"Two questions have one name: {sorted(names)}.")
    asked = {each.name for each in questions if each.finding is not None}
    unknown = sorted(set(FINDINGS) - asked)
    if unknown:
        raise ImportError(f"No question gives these findings: {', '.join(unknown)}.")


check_findings(QUESTIONS)
