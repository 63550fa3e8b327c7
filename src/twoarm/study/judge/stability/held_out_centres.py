"""What do the models say of centres that they have not seen?"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent, BenefitByCentre, CentresPerformance, Finding, Pooled
from twoarm.diagnostics.stability.centre_benefit import finding
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.plain import number, plain_slope
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import (
    COUNT,
    NUMBER,
    NUMBER_OR_NULL,
    RANGE,
    SPREAD,
    SPREAD_OR_NULL,
    TEXT,
    by_name,
    either,
    maybe,
    record,
    rows,
)
from twoarm.study.judge.stability.centres import Centres, centres
from twoarm.study.plan.plan import ARMS

__all__ = ["CENTRES"]

_FEW_CENTRES = "fewer than three centres have enough events and enough others"
_FEW_PATIENTS = "fewer than three centres have enough patients in both arms"
_UNDEFINED = "the patients all have the event, or none has"
_AT_THE_EDGE = "an AUC of exactly 0 or 1 has no interval on the logit scale"


def _ask(evidence: Evidence) -> Centres:
    return centres(evidence.plan, evidence.treatment.propensity.score, evidence.overlap.identified)


def _finding(value: Centres, study: Study) -> Finding | None:
    return None if isinstance(value.benefit, Absent) else finding(value.benefit, study)


def _block(value: Centres, _: Study) -> dict[str, Any]:
    return {
        "centres": {
            "n": value.n,
            "turns": value.turns,
            "outcomes": {
                name: {arm: _performance(by_arm[arm]) for arm in ARMS}
                for name, by_arm in value.models.items()
            },
            "benefit": _benefit(value.benefit),
        }
    }


def _performance(one: CentresPerformance | Absent) -> Any:
    if isinstance(one, Absent):
        return one
    limits = one.auc_interval
    return {
        "auc": number(one.auc, _UNDEFINED),
        "auc_interval": Absent(_UNDEFINED if math.isnan(one.auc) else _AT_THE_EDGE)
        if limits is None
        else {"low": limits.low, "high": limits.high},
        "auc_within_centres": number(one.auc_within, "no pair within a centre"),
        "observed_over_expected": {
            "estimate": number(one.o_e, "no events"),
            "low": number(one.o_e_low, "no events"),
            "high": number(one.o_e_high, "no events"),
        },
        "pooled_auc": _pooled(one.pooled_auc, _FEW_CENTRES),
        "pooled_observed_over_expected": _pooled(one.pooled_o_e, _FEW_CENTRES),
        "left_out": one.left_out,
    }


def _pooled(found: Pooled | None, reason: str) -> Any:
    return Absent(reason) if found is None else asdict(found)


def _benefit(found: BenefitByCentre | Absent) -> Any:
    if isinstance(found, Absent):
        return found
    slope = plain_slope(found.slope, "all patients of a centre are predicted the same")
    if isinstance(slope, Absent):
        slope = dict.fromkeys(("estimate", "se", "low", "high"), slope) | {"df": found.slope.df}
    return {
        "aipw": _pooled(found.aipw, _FEW_PATIENTS),
        "difference": _pooled(found.difference, _FEW_PATIENTS),
        "slope": slope,
        "left_out": found.left_out,
    }


_POOLED = maybe(
    record(
        estimate=NUMBER,
        low=NUMBER,
        high=NUMBER,
        prediction_low=NUMBER,
        prediction_high=NUMBER,
        tau2=SPREAD,
        se=SPREAD,
        df=COUNT,
        centres=COUNT,
        scale=either("raw", "log", "logit"),
        without=rows(TEXT),
    )
)
_RATIO = record(estimate=NUMBER_OR_NULL, low=NUMBER_OR_NULL, high=NUMBER_OR_NULL)
_PERFORMANCE = maybe(
    record(
        auc=NUMBER_OR_NULL,
        auc_interval=maybe(RANGE),
        auc_within_centres=NUMBER_OR_NULL,
        observed_over_expected=_RATIO,
        pooled_auc=_POOLED,
        pooled_observed_over_expected=_POOLED,
        left_out=COUNT,
    )
)
_SLOPE = record(
    estimate=NUMBER_OR_NULL, se=SPREAD_OR_NULL, low=NUMBER_OR_NULL, high=NUMBER_OR_NULL, df=COUNT
)

CENTRES = Question(
    name="centres",
    scope=Scope.COHORT,
    doubt="differences between centres",
    of_models=True,
    ask=_ask,
    finding=_finding,
    block=_block,
    keys=(
        Key(
            "centres",
            maybe(
                record(
                    n=COUNT,
                    turns=COUNT,
                    outcomes=by_name(record(control=_PERFORMANCE, treated=_PERFORMANCE)),
                    benefit=maybe(
                        record(aipw=_POOLED, difference=_POOLED, slope=_SLOPE, left_out=COUNT)
                    ),
                )
            ),
            after="negative_controls",
        ),
    ),
)
