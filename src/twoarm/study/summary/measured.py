"""What was measured, as ``summary.json`` has it: arms, benefit, averages of every outcome."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from twoarm.diagnostics import Absent
from twoarm.metrics import Estimate
from twoarm.metrics.nnt import number_needed
from twoarm.resampling import LARGEST_MISSING_SHARE, CalibrationMetrics, Metric
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


def measured_outcome(outcome: OutcomeResult) -> Node:
    """Give what was measured of one outcome; questions add the rest."""
    if not outcome.has_models:
        return _without_models(outcome)
    return Node(
        desirable=outcome.spec.desirable,
        threshold=outcome.spec.threshold,
        arms={name: _arm(arm) for name, arm in outcome.arms.items()},
        benefit=_benefit(outcome),
        average_effect=Node(
            crude=plain_estimate(outcome.crude, _FEW),
            g_formula=plain_estimate(outcome.g_formula, _FEW),
        ),
    )


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
            share_at_threshold=_shares(absent, absent, primary=outcome.spec.primary),
            nnt_of_mean=absent,
        ),
        average_effect=Node(crude=plain_estimate(outcome.crude, _FEW), g_formula=absent),
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
    gate = asdict(arm.gate)
    if arm.gate.harrell_valid is None:
        gate |= dict.fromkeys(("harrell_valid", "harrell_minus_headline"), Absent(arm.gate.reason))
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
    for name, reason in _reasons(metric, regressed).items():
        value = plain[name]
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            plain[name] = Absent(reason)
    plain["intervals"] = {
        each.method: {"low": each.low, "high": each.high} for each in metric.intervals
    }
    return plain


def _reasons(metric: Metric, regressed: bool) -> dict[str, str]:
    """Say why each part of a measure would be absent."""
    undefined = "not defined in enough replicates"
    nested = "cross-fitting gave no complete, or no finite, repeat"
    few = "the patients not drawn are too few to recalibrate in them"
    refused = metric.failed > LARGEST_MISSING_SHARE * (metric.replicates_used + metric.failed)
    reasons = dict.fromkeys(
        ("apparent", "harrell", "oob", "d632", "d632plus", "headline", "mcse"), undefined
    )
    if metric.nested_cv is None:
        reasons["headline"] = nested
    if regressed:
        reasons = dict.fromkeys(reasons, "no finite regression in enough replicates")
        reasons |= dict.fromkeys(("oob", "d632", "d632plus"), few)
        reasons["apparent"] = "the predictions separate events from others, or are all the same"
        reasons["headline"] = nested
    reasons |= dict.fromkeys(("nested_cv", "nested_cv_range"), nested)
    return reasons | {"ci": undefined if refused else "no valid interval is known for it"}


def _benefit(outcome: OutcomeResult) -> Node:
    benefit = outcome.benefit
    return Node(
        **_spread(benefit),
        in_sample=asdict(benefit.in_sample),
        share_at_threshold=_shares(
            benefit.share_raw, benefit.share_crossfit, primary=outcome.spec.primary
        ),
        nnt_of_mean=_nnt(outcome.g_formula),
    )


def _spread(benefit: BenefitResult) -> dict[str, Any]:
    return {name: getattr(benefit.crossfit, name, None) for name in _SPREAD}


def _shares(raw: Any, crossfit: Any, *, primary: bool) -> Node:
    if not primary:
        return Node(raw=_ELSEWHERE, crossfit=_ELSEWHERE)
    return Node(raw=raw, crossfit=crossfit)


def _nnt(mean: Estimate) -> Any:
    """Invert the mean benefit of the g-formula; a limit beyond infinity is absent."""
    if math.isnan(mean.se):
        return Absent("the mean benefit has no interval")
    low, high = min(mean.low, mean.estimate), max(mean.high, mean.estimate)
    found = number_needed(mean.estimate, low, high)
    beyond = Absent("beyond infinity: the interval of the benefit holds 0")
    return {
        name: beyond if value is None else value
        for name, value in (
            ("low", found.low),
            ("estimate", found.estimate),
            ("high", found.high),
        )
    }
