"""How much would a hidden covariate have to explain?"""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import PartialR2, partial_r2
from twoarm.diagnostics.hidden.partial_r2 import finding
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.hidden.lot import unless_by_lot
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import (
    COUNT,
    NUMBER,
    POSITIVE,
    PROBABILITY,
    SPREAD,
    TEXT,
    maybe,
    record,
    rows,
)

__all__ = ["PARTIAL_R2"]

_PATH = "hidden_confounding.partial_r2"


def _ask(evidence: Evidence) -> PartialR2:
    unless_by_lot(evidence)
    evidence.require("overlap")  # whom the regression's coefficient weights most
    own = evidence.primary
    found = partial_r2(own.X, own.outcome, own.treatment, names=evidence.treatment.names)
    return found.as_benefit(desirable=own.spec.desirable)


def _block(value: PartialR2, _: Study) -> dict[str, Any]:
    return {
        _PATH: {
            "benefit": value.estimate,
            "se": value.se,
            "df": value.df,
            "r2": value.r2,
            "robustness": value.robustness,
            "robustness_significance": value.robustness_significance,
            "benchmarks": [
                {
                    "column": each.name,
                    "times": each.times,
                    "r2_treatment": each.r2_treatment,
                    "r2_outcome": each.r2_outcome,
                    "benefit": each.estimate,
                    "se": each.se,
                }
                for each in value.leading
            ],
        }
    }


_BENCHMARK = record(
    column=TEXT,
    times=POSITIVE,
    r2_treatment=PROBABILITY,
    r2_outcome=PROBABILITY,
    benefit=NUMBER,
    se=SPREAD,
)

PARTIAL_R2 = Question(
    name="partial R2",
    scope=Scope.PRIMARY,
    line=Line.CAUSAL,
    doubt="how weak a hidden covariate would be enough",
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(
        Key(
            _PATH,
            maybe(
                record(
                    benefit=NUMBER,
                    se=SPREAD,
                    df=COUNT,
                    r2=PROBABILITY,
                    robustness=PROBABILITY,
                    robustness_significance=PROBABILITY,
                    benchmarks=rows(_BENCHMARK),
                )
            ),
        ),
    ),
)
