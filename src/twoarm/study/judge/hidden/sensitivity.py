"""What is left of the effect that was found if hidden factors tilted the treatment?"""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import SensitivityCurve, sensitivity_curve
from twoarm.diagnostics.hidden.sensitivity_curve import finding
from twoarm.errors import NotEstimable
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.hidden.found import is_harm
from twoarm.study.judge.hidden.lot import unless_by_lot
from twoarm.study.judge.plain import number
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import (
    DIFFERENCE,
    PROBABILITY,
    RATIO,
    TEXT,
    either,
    maybe,
    record,
    rows,
)

__all__ = ["SENSITIVITY"]

_GROUP = "hidden_confounding"
_PATH = f"{_GROUP}.marginal_sensitivity"


def _ask(evidence: Evidence) -> SensitivityCurve:
    unless_by_lot(evidence)
    population = evidence.population
    if population == "overlap":
        raise NotEstimable(
            "hidden factors would change the overlap population itself: who was open to treatment"
        )
    evidence.require(population)
    own = evidence.primary
    return sensitivity_curve(
        own.outcome,
        own.treatment,
        own.propensity,
        own.mu0,
        own.mu1,
        desirable=own.spec.desirable,
        threshold=own.threshold,
        population=population,
        harm=is_harm(evidence),
    )


def _block(value: SensitivityCurve, study: Study) -> dict[str, Any]:
    columns = ("odds_ratio", "benefit_low", "benefit_high", "share_at_threshold")
    numbers = zip(value.strength, value.low, value.high, value.share, strict=True)
    nothing = "no odds ratio is large enough"
    return {
        f"{_GROUP}.outcome": study.file.primary.name,
        f"{_GROUP}.effect": "harm" if value.harm else "benefit",
        _PATH: {
            "bounds": [dict(zip(columns, map(float, row), strict=True)) for row in numbers],
            "to_zero": number(value.to_zero, nothing),
            "to_threshold": number(value.to_threshold, nothing),
        },
    }


_BOUND = record(
    odds_ratio=RATIO,
    benefit_low=DIFFERENCE,
    benefit_high=DIFFERENCE,
    share_at_threshold=PROBABILITY,
)

SENSITIVITY = Question(
    name="marginal sensitivity",
    scope=Scope.PRIMARY,
    line=Line.CAUSAL,
    doubt="how small a hidden tilt of treatment would be enough",
    of_models=True,
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(
        Key(f"{_GROUP}.outcome", maybe(TEXT), after=""),
        Key(f"{_GROUP}.effect", maybe(either("benefit", "harm")), after="outcome"),
        Key(
            _PATH,
            maybe(record(bounds=rows(_BOUND), to_zero=maybe(RATIO), to_threshold=maybe(RATIO))),
        ),
    ),
)
