"""Where along baseline risk does the benefit lie?"""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent
from twoarm.diagnostics.finding import is_randomised
from twoarm.diagnostics.ranking.by_risk.baseline_risk import baseline_risk, finding
from twoarm.diagnostics.ranking.by_risk.baseline_risk_values import (
    BaselineRisk,
    GroupBenefit,
    RiskGroup,
)
from twoarm.errors import NotEstimable
from twoarm.metrics import Estimate
from twoarm.study.fit.tasks import cross_fit_folds
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.plain import plain_estimate
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import (
    COUNT,
    ESTIMATE,
    NUMBER_OR_NULL,
    PROBABILITY,
    maybe,
    record,
    rows,
)

__all__ = ["BASELINE_RISK"]

_PATH = "outcomes.{outcome}.baseline_risk"
_REPEAT = 0  # of the run's cross-fits: groups are cut in one of them
_WAYS = ("aipw", "crude", "risk_model", "learner")
_EMPTY = (
    "in an arm of the group nobody has the undesirable outcome, or nobody is without; or so few "
    "that the scores average to no possible risk"
)
_NO_SHARE = "the interval of an average includes 0, or it is the average itself"


def _ask(evidence: Evidence) -> BaselineRisk:
    evidence.require("all")
    plan, own = evidence.plan, evidence.primary
    mu = evidence.crossfit.mu[_REPEAT, plan.outcomes.index(own.spec)]
    if min((own.outcome == 1).sum(), (own.outcome == 0).sum()) < 2:
        raise NotEstimable("fewer than two patients have, or are without, the outcome")
    return baseline_risk(
        evidence.encoded[own.known],
        own.outcome,
        own.treatment,
        mu0=mu[0, own.known],
        mu1=mu[1, own.known],
        propensity=own.propensity,
        fold=cross_fit_folds(plan, _REPEAT)[own.known],
        desirable=own.spec.desirable,
        randomised=is_randomised(plan.study),
    )


def _block(value: BaselineRisk, study: Study) -> dict[str, Any]:
    lot = is_randomised(study)
    return {
        _PATH: {
            "auc": value.auc,
            "odds_ratio": _estimate(value.odds_ratio, "the risk model cannot be estimated"),
            "odds_ratio_trend": _estimate(value.odds_ratio_trend, "it cannot be estimated"),
            "groups": [_group(each, lot) for each in value.groups],
            "everybody": _group(value.everybody, lot),
        }
    }


def _estimate(value: Estimate | None, reason: str) -> Any:
    if value is None:
        return Absent(reason)
    return plain_estimate(value, "the learner's mean has none")


def _group(group: RiskGroup, lot: bool) -> dict[str, Any]:
    return {
        "n": {"control": group.n[0], "treated": group.n[1]},
        "events": {"control": group.events[0], "treated": group.events[1]},
        "lowest_risk": group.lowest_risk,
        "mean_risk": group.mean_risk,
        "highest_risk": group.highest_risk,
        "untreated": _estimate(group.untreated, _EMPTY),
        "treated": _estimate(group.treated, _EMPTY),
        **{way: _benefit(getattr(group, way), _why(way, lot)) for way in _WAYS},
    }


def _why(way: str, lot: bool) -> str:
    if way == "risk_model":
        return "the risk model cannot be estimated"
    return "treatment was not drawn by lot" if way == "crude" and not lot else _EMPTY


def _benefit(found: GroupBenefit | None, reason: str) -> Any:
    if found is None:
        return Absent(reason)
    return {
        "benefit": _estimate(found.benefit, reason),
        "odds_ratio": _estimate(found.odds_ratio, "an estimated risk is not between 0 and 1"),
        "share": _estimate(found.share, _NO_SHARE),
    }


_PAIR = record(control=COUNT, treated=COUNT)
_BENEFIT = maybe(record(benefit=ESTIMATE, odds_ratio=ESTIMATE, share=ESTIMATE))
_GROUP = record(
    n=_PAIR,
    events=_PAIR,
    lowest_risk=PROBABILITY,
    mean_risk=PROBABILITY,
    highest_risk=PROBABILITY,
    untreated=ESTIMATE,
    treated=ESTIMATE,
    **dict.fromkeys(_WAYS, _BENEFIT),
)

BASELINE_RISK = Question(
    name="baseline risk",
    scope=Scope.PRIMARY,
    doubt="a learner whose benefit by risk is not what the patients show",
    of_models=True,
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(
        Key(
            _PATH,
            maybe(
                record(
                    auc=NUMBER_OR_NULL,
                    odds_ratio=ESTIMATE,
                    odds_ratio_trend=ESTIMATE,
                    groups=rows(_GROUP, fewest=1),
                    everybody=_GROUP,
                )
            ),
        ),
    ),
)
