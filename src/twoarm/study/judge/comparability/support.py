"""Who has nobody like them, and so gets no individual number?"""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import Support, learn_support
from twoarm.diagnostics.comparability.support import finding
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import COUNT, record

__all__ = ["SUPPORT"]


def _ask(evidence: Evidence) -> Support:
    measured = evidence.treatment
    return learn_support(
        measured.X,
        evidence.plan.cohort.treatment,
        measured.propensity.score,
        categories=measured.categories,
        judged=evidence.overlap.identified,
    )


def _block(value: Support, _: Study) -> dict[str, Any]:
    flags = value.flags
    return {
        "overlap.outside_support": {
            "n": int(flags.outside.sum()),
            "treatment_decided": int(flags.propensity.sum()),
            "nobody_near": int(flags.distance.sum()),
            "level_in_one_arm": int(flags.category.sum()),
        }
    }


SUPPORT = Question(
    name="support",
    scope=Scope.COHORT,
    doubt="patients unlike those the models learnt from",
    of_models=True,
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(
        Key(
            "overlap.outside_support",
            record(n=COUNT, treatment_decided=COUNT, nobody_near=COUNT, level_in_one_arm=COUNT),
        ),
    ),
)
