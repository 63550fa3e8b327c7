"""The comparison of learners and the measures of benefit in ``summary.json``."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from twoarm.metrics import Estimate, GroupEffects, NetBenefit, PolicyValue
from twoarm.study.judge.ranking.benefit_evidence import EVIDENCE_ON

if TYPE_CHECKING:
    from twoarm.metalearners import LearnerSummary
    from twoarm.study.judge.ranking.benefit_measures import ModelEvidence
    from twoarm.study.result import OutcomeResult, StudyResult

__all__ = ["comparison_block", "metrics_block"]

Null = Callable[[str, str], Any]
"""Notes why the part at a path is null, and gives the null."""

_KEYS = {
    "model_based": "model_based_c",
    "logit": "logit_calibration",
    "reaching": "reaching_threshold",
}
_SAME_FOR_ALL = "the learner predicts the same benefit for everybody in a fold"


def comparison_block(result: StudyResult, outcome: OutcomeResult, path: str, null: Null) -> Any:
    """Give the learners side by side; primary outcome."""
    reason = _why_absent(result, outcome)
    if reason is not None:
        return null(path, reason)
    assert result.evidence is not None  # or there is a reason
    compared = result.evidence.compared
    failed = {
        name: null(f"{path}.learners.{name}", error) for name, error in compared.errors.items()
    }
    ranks = compared.page.rank_correlation.tolist()
    names = [each.name for each in compared.page.learners]
    return {
        "learners": {
            each.name: {
                "base": compared.bases[each.name],
                **_learner(each, f"{path}.learners.{each.name}", null),
            }
            for each in compared.page.learners
        }
        | failed,
        "rank_correlation": {
            one: {
                other: _number(value, f"{path}.rank_correlation.{one}.{other}", null)
                for other, value in zip(names, row, strict=True)
            }
            for one, row in zip(names, ranks, strict=True)
        },
    }


def _why_absent(result: StudyResult, outcome: OutcomeResult) -> str | None:
    if not outcome.spec.primary:
        return "primary outcome only"
    if result.causal is None:
        return "not computed in an interim result"
    return "cross-fitting failed" if result.evidence is None else None


def _learner(each: LearnerSummary, path: str, null: Null) -> dict[str, Any]:
    return {
        "mean": each.mean,
        "sd": each.sd,
        "share_at_threshold": each.share_at_threshold,
        "slope": _coefficient(each.slope, f"{path}.slope", null),
    }


def metrics_block(result: StudyResult, outcome: OutcomeResult, path: str, null: Null) -> Any:
    """Give every measure of the benefit; primary outcome."""
    reason = _why_absent(result, outcome)
    if reason is not None:
        return null(path, reason)
    found = result.evidence
    assert found is not None  # or there is a reason
    errors = found.compared.errors
    failed = {
        name: null(f"{path}.learners.{name}", errors[name])
        for name in EVIDENCE_ON
        if name in errors
    }
    return {
        "treat_none": _policy(found.treat_none),
        "treat_all": _policy(found.treat_all),
        "learners": {
            name: _model(each, f"{path}.learners.{name}", null)
            for name, each in found.models.items()
        }
        | failed,
    }


def _model(each: ModelEvidence, path: str, null: Null) -> dict[str, Any]:
    def part(name: str, value: Any, give: Callable[[Any], Any]) -> Any:
        key = _KEYS.get(name, name)
        return null(f"{path}.{key}", each.errors[name]) if value is None else give(value)

    def coefficient(name: str, value: Estimate) -> Any:
        return _coefficient(value, f"{path}.{name}", null)

    linear = each.linear
    return {
        "c_for_benefit": [
            {
                "match_on": one.match_on,
                "prediction": one.prediction,
                "matchings": int(one.matchings.size),
                "estimate": _number(one.estimate, f"{path}.c_for_benefit.{position}", null),
            }
            for position, one in enumerate(each.concordance)
        ],
        "model_based_c": part("model_based", each.model_based, float),
        "pairs": part("pairs", each.pairs, asdict),
        "logit_calibration": part(
            "logit",
            each.logit,
            lambda value: {
                "intercept": coefficient("logit_calibration.intercept", value.intercept),
                "slope": coefficient("logit_calibration.slope", value.slope),
            },
        ),
        "slope": coefficient("slope", each.slope.slope),
        "best_linear_predictor": {
            "mean": coefficient("best_linear_predictor.mean", linear.mean),
            "differential": coefficient("best_linear_predictor.differential", linear.differential),
        },
        "groups": part("groups", each.groups, _groups),
        "targeting": {"autoc": each.autoc, "qini": each.qini},
        "policy": _policy(each.policy),
        "reaching_threshold": part("reaching", each.reaching, asdict),
        "net_benefit": _net_benefit(each.net_benefit),
        "net_benefit_at_threshold": _net_benefit(each.at_threshold),
    }


def _policy(value: PolicyValue) -> dict[str, Any]:
    return asdict(value)


def _groups(value: GroupEffects) -> list[dict[str, Any]]:
    columns = (value.n, value.predicted, value.estimate, value.se)
    return [
        {"n": n, "predicted": predicted, "estimate": estimate, "se": se}
        for n, predicted, estimate, se in zip(*(each.tolist() for each in columns), strict=True)
    ]


def _net_benefit(value: NetBenefit) -> list[dict[str, Any]]:
    names = ("threshold", "model", "treat_all", "same_share", "share_treated", "model_se")
    columns = [getattr(value, name).tolist() for name in (*names, "over_all_se")]
    return [
        dict(zip((*names, "over_all_se"), row, strict=True)) for row in zip(*columns, strict=True)
    ]


def _coefficient(value: Estimate, path: str, null: Null) -> Any:
    return asdict(value) if math.isfinite(value.se) else null(path, _SAME_FOR_ALL)


def _number(value: float, path: str, null: Null) -> Any:
    if math.isfinite(value):
        return value
    return null(path, "a learner ranks nobody, or no two pairs differ in what was observed")
