"""How well could treatment be foreseen from what was measured?"""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import Propensity
from twoarm.diagnostics.comparability.propensity import finding
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import PROBABILITY

__all__ = ["PROPENSITY"]


def _ask(evidence: Evidence) -> Propensity:
    return evidence.treatment.propensity


def _block(value: Propensity, _: Study) -> dict[str, Any]:
    return {"overlap.propensity_auc": value.auc}


PROPENSITY = Question(
    name="propensity",
    scope=Scope.COHORT,
    line=Line.CAUSAL,
    doubt="how well treatment could be foreseen",
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(Key("overlap.propensity_auc", PROBABILITY),),
)
