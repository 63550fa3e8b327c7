"""What was measured, as ``summary.json`` has it: arms, benefit, averages of every outcome."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from twoarm.diagnostics import Absent
from twoarm.diagnostics.comparability.population import NAMES
from twoarm.metrics import Estimate, NumberNeeded
from twoarm.resampling import CalibrationMetrics, Metric
from twoarm.study.judge.plain import plain_estimate
from twoarm.study.measure.arms import ArmResult
from twoarm.study.measure.outcomes import BenefitResult, OutcomeResult
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.summary.tree import Node

__all__ = ["measured_outcome"]

_MEASURES = ("auc", "brier", "scaled_brier", "log_loss", "r2", "g")
_REGRESSED = ("r2", "g")
_SPREAD = ("mean", "sd", "median", "share_positive")
_CALIBRATION = ("intercept", "slope", "in_the_large", "ici", "e50", "e90", "emax")
_ELSEWHERE = Absent("the threshold belongs to the primary outcome")
_FEW = "too few replicates succeeded"


def measured_outcome(outcome: OutcomeResult, needed: NumberNeeded | Absent) -> Node:
    """Give what was measured of one outcome, and the number `needed`; questions add the rest."""
    if not outcome.has_models:
        return _without_models(outcome)
    return Node(
        desirable=outcome.spec.desirable,
        threshold=outcome.spec.threshold,
        arms={name: _arm(arm) for name, arm in outcome.arms.items()},
        benefit=_benefit(outcome, needed),
        average_effect=Node(
            crude=plain_estimate(outcome.crude, _FEW),
            g_formula=_average(outcome.g_formula["all"]),
            **{
                name: Node(g_formula=_average(outcome.g_formula[population]))
                for population, name in NAMES.items()
            },
        ),
    )


def _average(estimate: Estimate | Absent) -> Any:
    return estimate if isinstance(estimate, Absent) else plain_estimate(estimate, _FEW)


def _without_models(outcome: OutcomeResult) -> Node:
    """Give the counts and the crude difference; whatever models would add is absent."""
    absent = Absent(NO_PREDICTORS)
    measures = dict.fromkeys(("supported", *_MEASURES, "calibration", "gate", "weights"), absent)
    return Node(
        desirable=outcome.spec.desirable,
        threshold=outcome.spec.threshold,
        arms={name: _counts(arm) | measures for name, arm in outcome.arms.items()},
        benefit=Node(
            **dict.fromkeys((*_SPREAD, "in_sample"), absent),
            share_at_threshold=_shares(outcome, absent, absent),
            share_losing_threshold=_shares(outcome, absent, absent),
            nnt_of_mean=absent,
        ),
        average_effect=Node(
            crude=plain_estimate(outcome.crude, _FEW),
            g_formula=absent,
            **{name: Node(g_formula=absent) for name in NAMES.values()},
        ),
    )


def _counts(arm: ArmResult) -> dict[str, Any]:
    return {
        "n": arm.n,
        "events": arm.events,
        "learner": {"kind": arm.learner.kind, "reason": arm.learner.reason},
    }


def _arm(arm: ArmResult) -> dict[str, Any]:
    measures: dict[str, Any] = {
        name: _metric(getattr(arm, name), regressed=name in _REGRESSED) for name in _MEASURES
    }
    measures["calibration"] = _calibration(arm.calibration)
    gate = {
        name: Absent(arm.gate.reason) if value is None else value
        for name, value in asdict(arm.gate).items()
    }
    return {
        **_counts(arm),
        "supported": _supported(arm),
        **measures,
        "gate": gate,
        "weights": arm.weights,
    }


def _supported(arm: ArmResult) -> Any:
    found = arm.supported
    if found is None:
        return Absent("all patients, or none, have the event")
    return {
        "model_parameters": found.model_parameters,
        "margin": found.margin,
        "r2_nagelkerke": list(found.r2_nagelkerke),
        "parameters": list(found.parameters),
        "shrinkage": list(found.shrinkage),
    }


def _calibration(parts: CalibrationMetrics) -> dict[str, Any]:
    plain: dict[str, Any] = {
        name: _metric(getattr(parts, name), regressed=True) for name in _CALIBRATION
    }
    return {**plain, "ici_null": asdict(parts.ici_null)}


def _metric(metric: Metric, *, regressed: bool) -> dict[str, Any]:
    """Give a measure; `regressed`: it needs a regression or a smoother where it is measured."""
    plain = asdict(metric)
    reasons = _without_regression(metric) if regressed else _UNDEFINED
    reasons = reasons | dict.fromkeys(_CROSS_VALIDATED, metric.headline_reason)
    reasons["ci"] = plain.pop("ci_reason")
    for part, reason in reasons.items():
        value = plain[part]
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            plain[part] = Absent(reason)
    plain["intervals"] = {
        each.method: {"low": each.low, "high": each.high} for each in metric.intervals
    }
    return plain


_CROSS_VALIDATED = ("headline", "nested_cv", "nested_cv_range")
_OUT_OF_BAG = ("oob", "d632", "d632plus")
_UNDEFINED = {
    **dict.fromkeys(("apparent", "harrell", "mcse"), "not defined in enough replicates"),
    **dict.fromkeys(_OUT_OF_BAG, "not defined in the patients not drawn, in enough replicates"),
}
"""Why parts of a measure are absent that needs no regression."""


def _without_regression(metric: Metric) -> dict[str, str]:
    separated = "the predictions separate events from others, or are all the same"
    unfitted = "no finite regression in enough replicates" if metric.often_missing else separated
    few = "the patients not drawn are too few to recalibrate in them"
    return {
        "apparent": separated,
        **dict.fromkeys(("harrell", "mcse"), unfitted),
        **dict.fromkeys(_OUT_OF_BAG, few),
    }


def _benefit(outcome: OutcomeResult, needed: NumberNeeded | Absent) -> Node:
    benefit = outcome.benefit
    return Node(
        **_spread(benefit),
        in_sample=None if benefit.in_sample is None else asdict(benefit.in_sample),
        share_at_threshold=_shares(outcome, benefit.share_raw, benefit.share_crossfit),
        share_losing_threshold=_shares(outcome, benefit.losing_raw, benefit.losing_crossfit),
        nnt_of_mean=_nnt(needed),
    )


def _spread(benefit: BenefitResult) -> dict[str, Any]:
    return {name: getattr(benefit.crossfit, name, None) for name in _SPREAD}


def _shares(outcome: OutcomeResult, raw: Any, crossfit: Any) -> Node:
    if not outcome.spec.primary:
        return Node(raw=_ELSEWHERE, crossfit=_ELSEWHERE)
    return Node(raw=raw, crossfit=crossfit)


def _nnt(found: NumberNeeded | Absent) -> Any:
    """Give the number needed; a limit beyond infinity is absent."""
    if isinstance(found, Absent):
        return found
    beyond = Absent("beyond infinity: the interval of the benefit holds 0")
    return {
        name: beyond if value is None else value
        for name, value in (
            ("low", found.low),
            ("estimate", found.estimate),
            ("high", found.high),
        )
    }
