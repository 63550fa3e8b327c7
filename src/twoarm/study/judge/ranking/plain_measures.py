"""The measures of one learner's benefit as ``summary.json`` has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from twoarm.diagnostics import Absent
from twoarm.metrics import Estimate, GroupEffects, LogitCalibration, NetBenefit
from twoarm.study.judge.plain import number, plain_coefficient, plain_slope
from twoarm.study.judge.ranking.benefit_measures import ModelEvidence
from twoarm.study.judge.schema import (
    COEFFICIENT,
    COUNT,
    DIFFERENCE,
    NUMBER,
    NUMBER_OR_NULL,
    PROBABILITY,
    SPREAD,
    Schema,
    by_name,
    either,
    maybe,
    record,
    rows,
)

__all__ = ["MEASURES_SCHEMA", "plain_measures"]

_SAME_FOR_ALL = "the learner predicts the same benefit for everybody in a fold"
_UNRANKED = "a learner ranks nobody, or no two pairs differ in what was observed"
_NET_BENEFIT = (
    "threshold",
    "model",
    "treat_all",
    "same_share",
    "share_treated",
    "model_se",
    "over_all_se",
)

Part = TypeVar("Part")


def plain_measures(each: ModelEvidence) -> dict[str, Any]:
    """Give every measure of a learner's benefit."""
    return {
        "c_for_benefit": [
            {
                "match_on": one.match_on,
                "prediction": one.prediction,
                "matchings": int(one.matchings.size),
                "estimate": number(one.estimate, _UNRANKED),
            }
            for one in each.concordance
        ],
        "model_based_c": each.model_based,
        "pairs": _part(each.pairs, asdict),
        "logit_calibration": _part(each.logit, _logit),
        "slope": plain_slope(each.slope.slope, _SAME_FOR_ALL),
        "best_linear_predictor": {
            "mean": plain_slope(each.linear.mean, _SAME_FOR_ALL),
            "differential": plain_slope(each.linear.differential, _SAME_FOR_ALL),
        },
        "groups": _part(each.groups, _groups),
        "targeting": {"autoc": each.autoc, "qini": each.qini},
        "policy": asdict(each.policy),
        "reaching_threshold": _part(each.reaching, asdict),
        "net_benefit": _net_benefit(each.net_benefit),
        "net_benefit_at_threshold": _net_benefit(each.at_threshold),
    }


def _part(value: Part | Absent, give: Callable[[Part], Any]) -> Any:
    return value if isinstance(value, Absent) else give(value)


def _coefficient(value: Estimate) -> Any:
    return plain_coefficient(value, _SAME_FOR_ALL)


def _logit(value: LogitCalibration) -> dict[str, Any]:
    slope = plain_slope(value.slope, _SAME_FOR_ALL)
    intercept = slope if isinstance(slope, Absent) else _coefficient(value.intercept)
    return {"intercept": intercept, "slope": slope}


def _groups(value: GroupEffects) -> list[dict[str, Any]]:
    columns = (value.n, value.predicted, value.estimate, value.se)
    return [
        {"n": n, "predicted": predicted, "estimate": estimate, "se": se}
        for n, predicted, estimate, se in zip(*(each.tolist() for each in columns), strict=True)
    ]


def _net_benefit(value: NetBenefit) -> list[dict[str, Any]]:
    columns = [getattr(value, name).tolist() for name in _NET_BENEFIT]
    return [dict(zip(_NET_BENEFIT, row, strict=True)) for row in zip(*columns, strict=True)]


_POLICY = record(
    value=COEFFICIENT, share_treated=PROBABILITY, over_none=COEFFICIENT, over_all=COEFFICIENT
)
_CONCORDANCE = record(
    match_on=either("benefit", "mu0", "covariates"),
    prediction=either("mean_benefit", "arm_difference"),
    matchings=COUNT,
    estimate=NUMBER_OR_NULL,
)
_PAIRS = record(
    in_the_large=DIFFERENCE,
    average=SPREAD,
    median=SPREAD,
    p90=SPREAD,
    log_loss=SPREAD,
    brier=PROBABILITY,
    matchings=COUNT,
)
_CURVE = rows(
    record(
        **dict.fromkeys(_NET_BENEFIT, NUMBER)
        | {"threshold": DIFFERENCE, "share_treated": PROBABILITY}
        | dict.fromkeys(("model_se", "over_all_se"), SPREAD)
    )
)
_LEARNER = record(
    c_for_benefit=rows(_CONCORDANCE),
    model_based_c=NUMBER_OR_NULL,
    pairs=maybe(_PAIRS),
    logit_calibration=maybe(record(intercept=COEFFICIENT, slope=COEFFICIENT)),
    slope=COEFFICIENT,
    best_linear_predictor=record(mean=COEFFICIENT, differential=COEFFICIENT),
    groups=maybe(rows(record(n=COUNT, predicted=NUMBER, estimate=NUMBER, se=SPREAD))),
    targeting=record(autoc=NUMBER, qini=NUMBER),
    policy=_POLICY,
    reaching_threshold=COEFFICIENT,
    net_benefit=_CURVE,
    net_benefit_at_threshold=_CURVE,
)
MEASURES_SCHEMA: Schema = record(
    treat_none=_POLICY,
    treat_all=_POLICY,
    learners=by_name(maybe(_LEARNER), "t", "risk", "penalized_interaction"),
)
