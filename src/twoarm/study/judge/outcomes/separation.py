"""Do the predictors separate the patients with the event from the others?"""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics.outcomes.separation import Separation, finding, separation
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import either, maybe, record

__all__ = ["SEPARATION"]

_PATH = "outcomes.{outcome}.separation"


def _ask(evidence: Evidence) -> Separation:
    own = evidence.primary
    X = evidence.encoded[own.known]
    control, treated = (
        separation(X[own.treatment == arm], own.outcome[own.treatment == arm]) for arm in (0, 1)
    )
    return Separation(control, treated)


def _block(value: Separation, _: Study) -> dict[str, Any]:
    return {
        _PATH: {
            name: "complete" if each.complete else "partial" if each.partial else "none"
            for name, each in (("control", value.control), ("treated", value.treated))
        }
    }


_KIND = either("none", "partial", "complete")

SEPARATION = Question(
    name="separation",
    scope=Scope.PRIMARY,
    doubt="predictors that separate the patients with the event from the others",
    of_models=True,
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(Key(_PATH, maybe(record(control=_KIND, treated=_KIND))),),
)
