"""Are values missing more often in one arm, or with one outcome?"""

from __future__ import annotations

from typing import Any

import numpy as np

from twoarm.cohort.load import Study
from twoarm.diagnostics import Finding, Missingness, missingness
from twoarm.diagnostics.stability.missingness import finding
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import BOOLEAN, PROBABILITY, by_name, maybe, record
from twoarm.study.plan.plan import Plan

__all__ = ["MISSING_VALUES", "cohort_missingness"]


def cohort_missingness(plan: Plan) -> Missingness:
    """Compare how often each variable and outcome is missing between arms and outcomes."""
    cohort = plan.cohort
    measured = list(cohort.measured())
    return missingness(
        np.column_stack([values for _, values in measured]),
        cohort.treatment,
        plan.outcome(plan.file.primary.name),
        names=[predictor.column for predictor, _ in measured],
        outcomes={spec.name: plan.outcome(spec.name) for spec in plan.outcomes},
    )


def _ask(evidence: Evidence) -> Missingness:
    return cohort_missingness(evidence.plan)


def _finding(value: Missingness, study: Study) -> Finding | None:
    return finding(value, study) if any(each.share > 0.0 for each in value.variables) else None


def _block(value: Missingness, _: Study) -> dict[str, Any]:
    return {
        "missing_by_arm": {
            each.name: {
                "control": each.by_arm.low_group,
                "treated": each.by_arm.high_group,
                "informative": each.informative,
            }
            for each in value.variables
        }
    }


_VARIABLE = record(control=PROBABILITY, treated=PROBABILITY, informative=BOOLEAN)

MISSING_VALUES = Question(
    name="missing data",
    scope=Scope.COHORT,
    doubt="values that are missing more often in one arm or with one outcome",
    ask=_ask,
    finding=_finding,
    block=_block,
    keys=(Key("missing_by_arm", maybe(by_name(_VARIABLE)), after="centres"),),
)
