"""The content of ``summary.json``, the contract for other programs.

Whatever is not computed is null and listed under ``absent`` with its reason.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from twoarm.diagnostics import Absent, Estimate, Heterogeneity
from twoarm.metrics.nnt import number_needed
from twoarm.resampling import LARGEST_MISSING_SHARE, CalibrationMetrics, Metric
from twoarm.study.benefit_summary import comparison_block, metrics_block
from twoarm.study.causal_summary import benchmark_block, missing_effect_block, overlap_block
from twoarm.study.hidden_summary import controls_block, hidden_block
from twoarm.study.importance_summary import importance_block
from twoarm.study.reliability_summary import (
    centres_block,
    complete_cases_block,
    missing_block,
    stability_block,
)
from twoarm.study.scale_summary import coherence_block, ordinal_block

if TYPE_CHECKING:
    from twoarm.study.result import ArmResult, OutcomeResult, StudyResult

__all__ = ["summary_of"]

_LATER = "not computed by this version"
_MEASURES = ("auc", "brier", "scaled_brier", "log_loss", "r2", "g")
_REGRESSED = ("r2", "g")
_CALIBRATION = ("intercept", "slope", "in_the_large", "ici", "e50", "e90", "emax")
_BOUNDED_SHARES = ("shrunk", "deconvolved")
_NULL_SHARES = ("no_effect", "same_effect")
_ADJUSTED = ("iptw", "overlap", "aipw", "tmle")
_NOT_ESTIMABLE = "the calibration slope of the benefit is not estimable in so few patients"


class _Absences:
    """Collects the parts that are null, and why."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    def null(self, path: str, reason: str = _LATER) -> Any:
        """Note why the part at `path` is null, and give the null."""
        self.reasons[path] = reason
        return None


def summary_of(result: StudyResult) -> dict[str, Any]:
    """Give the summary of a run as plain dictionaries, lists, numbers and texts."""
    absent = _Absences()
    plan, cohort = result.plan, result.plan.cohort
    summary = {
        "study": {"name": plan.study.name, "title": plan.file.study.title},
        "cohort": {
            "n": len(cohort),
            "n_control": int((cohort.treatment == 0).sum()),
            "n_treated": int((cohort.treatment == 1).sum()),
            "synthetic": cohort.synthetic,
            "excluded": [asdict(each) for each in cohort.flow.excluded],
            "missing": cohort.missing_shares(),
        },
        "run": {
            "replicates": result.replicates,
            "seed": plan.seed,
            "version": result.version,
        },
        "outcomes": {
            name: _outcome(result, outcome, f"outcomes.{name}", absent)
            for name, outcome in result.outcomes.items()
        },
        "overlap": overlap_block(result, absent.null),
        "hidden_confounding": hidden_block(result, absent.null),
        "negative_controls": controls_block(result, absent.null),
        "centres": centres_block(result, absent.null),
        "missing_by_arm": missing_block(result, absent.null),
        "coherence": coherence_block(result, absent.null),
        "ordinal": ordinal_block(result, absent.null),
        "complete_cases": complete_cases_block(result, absent.null),
    }
    summary["verdict"] = [
        {"question": each.question, "verdict": each.verdict, "text": each.text}
        for each in result.verdict
    ]
    summary["findings"] = [
        {"name": each.name, "verdict": each.verdict, "text": each.text} for each in result.findings
    ]
    for path, reason in result.absent.items():
        absent.reasons[path] = reason
    summary["absent"] = dict(sorted(absent.reasons.items()))
    return summary


def _outcome(
    result: StudyResult, outcome: OutcomeResult, path: str, absent: _Absences
) -> dict[str, Any]:
    return {
        "desirable": outcome.spec.desirable,
        "threshold": outcome.spec.threshold,
        "arms": {
            name: _arm(arm, f"{path}.arms.{name}", absent) for name, arm in outcome.arms.items()
        },
        "benefit": _benefit(result, outcome, f"{path}.benefit", absent),
        "average_effect": _average_effect(result, outcome, f"{path}.average_effect", absent),
        "missing_effect": missing_effect_block(
            result, outcome, f"{path}.missing_effect", absent.null
        ),
        "published_benchmark": benchmark_block(
            result, outcome, f"{path}.published_benchmark", absent.null
        ),
        "comparison": comparison_block(result, outcome, f"{path}.comparison", absent.null),
        "benefit_metrics": metrics_block(result, outcome, f"{path}.benefit_metrics", absent.null),
        "stability": stability_block(result, outcome.spec.name, f"{path}.stability", absent.null),
        "importance": importance_block(result, outcome, f"{path}.importance", absent.null),
    }


def _arm(arm: ArmResult, path: str, absent: _Absences) -> dict[str, Any]:
    measures: dict[str, Any] = {
        name: _metric(getattr(arm, name), f"{path}.{name}", absent, regressed=name in _REGRESSED)
        for name in _MEASURES
    }
    measures["calibration"] = _calibration(arm.calibration, f"{path}.calibration", absent)
    gate = asdict(arm.gate)
    if arm.gate.harrell_valid is None:
        absent.null(f"{path}.gate.harrell_valid", arm.gate.reason)
        absent.null(f"{path}.gate.harrell_minus_headline", arm.gate.reason)
    return {
        "n": arm.n,
        "events": arm.events,
        "learner": {"kind": arm.learner.kind, "reason": arm.learner.reason},
        "supported": _supported(arm, f"{path}.supported", absent),
        **measures,
        "gate": gate,
        "weights": arm.weights,
    }


def _supported(arm: ArmResult, path: str, absent: _Absences) -> Any:
    found = arm.supported
    if found is None:
        return absent.null(path, "all patients, or none, have the event")
    return {
        "model_parameters": found.model_parameters,
        "margin": found.margin,
        "r2_nagelkerke": list(found.r2_nagelkerke),
        "parameters": list(found.parameters),
        "shrinkage": list(found.shrinkage),
    }


def _calibration(parts: CalibrationMetrics, path: str, absent: _Absences) -> dict[str, Any]:
    plain: dict[str, Any] = {
        name: _metric(getattr(parts, name), f"{path}.{name}", absent, regressed=True)
        for name in _CALIBRATION
    }
    return {**plain, "ici_null": asdict(parts.ici_null)}


def _metric(metric: Metric, path: str, absent: _Absences, *, regressed: bool) -> dict[str, Any]:
    """Give a measure; `regressed`: it needs a regression or a smoother where it is measured."""
    plain = asdict(metric)
    for name, reason in _reasons(metric, regressed).items():
        value = plain[name]
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            plain[name] = absent.null(f"{path}.{name}", reason)
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


def _benefit(
    result: StudyResult, outcome: OutcomeResult, path: str, absent: _Absences
) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    benefit = outcome.benefit
    for name in ("mean", "sd", "median", "share_positive"):
        value = None if benefit.crossfit is None else getattr(benefit.crossfit, name)
        plain[name] = value
    plain["in_sample"] = asdict(benefit.in_sample)
    causal = result.causal
    found = None if causal is None or not outcome.spec.primary else causal.heterogeneity
    reason = _why_not(result, "heterogeneity")
    if not outcome.spec.primary:
        reason = "the threshold belongs to the primary outcome"
        plain["share_at_threshold"] = absent.null(f"{path}.share_at_threshold", reason)
        plain["shrinkage_slope"] = absent.null(f"{path}.shrinkage_slope", "primary outcome only")
    elif found is None:
        shares = {"raw": benefit.share_raw, "crossfit": benefit.share_crossfit}
        nulls = {
            name: absent.null(f"{path}.share_at_threshold.{name}", reason)
            for name in (*_BOUNDED_SHARES, *_NULL_SHARES)
        }
        plain["share_at_threshold"] = shares | nulls
        plain["shrinkage_slope"] = absent.null(f"{path}.shrinkage_slope", reason)
    else:
        shares = {"raw": benefit.share_raw, "crossfit": benefit.share_crossfit}
        plain["share_at_threshold"] = shares | _shares(found, f"{path}.share_at_threshold", absent)
        plain["shrinkage_slope"] = _slope(found, f"{path}.shrinkage_slope", absent)
    plain["nnt_of_mean"] = _nnt(outcome.g_formula, f"{path}.nnt_of_mean", absent)
    return plain


def _why_not(result: StudyResult, part: str) -> str:
    if result.causal is None:
        return "not computed in an interim result"
    return result.causal.errors.get(part, "not computed")


def _shares(found: Heterogeneity, path: str, absent: _Absences) -> dict[str, Any]:
    """Give the versions of the share that the diagnostics add."""
    plain: dict[str, Any] = {}
    for name in _BOUNDED_SHARES:
        value = getattr(found, name).estimate
        plain[name] = value
        if value is None:
            absent.null(f"{path}.{name}", _NOT_ESTIMABLE)
    for name in _NULL_SHARES:
        band = getattr(found, name)
        plain[name] = {"mean": band.mean, "low": band.low, "high": band.high}
        if band.mean is None:
            plain[name] = absent.null(f"{path}.{name}", "too many draws of the null failed")
    return plain


def _slope(found: Heterogeneity, path: str, absent: _Absences) -> dict[str, Any]:
    plain: dict[str, Any] = {"estimate": found.slope.estimate, "se": found.slope.se}
    for name, value in plain.items():
        if value is None:
            absent.null(f"{path}.{name}", _NOT_ESTIMABLE)
    return plain


def _nnt(mean: Estimate, path: str, absent: _Absences) -> Any:
    """Invert the mean benefit of the g-formula; a limit beyond infinity is null and listed."""
    if mean.low is None or mean.high is None:
        return absent.null(path, "the mean benefit has no interval")
    low, high = min(mean.low, mean.estimate), max(mean.high, mean.estimate)
    found = number_needed(mean.estimate, low, high)
    plain: dict[str, Any] = {"low": found.low, "estimate": found.estimate, "high": found.high}
    for name, value in plain.items():
        if value is None:
            absent.null(f"{path}.{name}", "beyond infinity: the interval of the benefit holds 0")
    return plain


def _average_effect(
    result: StudyResult, outcome: OutcomeResult, path: str, absent: _Absences
) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "crude": _estimate(outcome.crude, f"{path}.crude", absent),
        "g_formula": _estimate(outcome.g_formula, f"{path}.g_formula", absent),
    }
    found = None if result.causal is None else result.causal.effects.get(outcome.spec.name)
    for name in _ADJUSTED:
        if found is None:
            plain[name] = absent.null(f"{path}.{name}", "cross-fitting is not complete")
        else:
            plain[name] = _estimate(getattr(found, name), f"{path}.{name}", absent)
    return plain


def _estimate(estimate: Estimate | Absent, path: str, absent: _Absences) -> Any:
    if isinstance(estimate, Absent):
        return absent.null(path, estimate.reason)
    plain = asdict(estimate)
    for name in ("se", "low", "high"):
        if plain[name] is None:
            absent.null(f"{path}.{name}", "too few replicates succeeded")
    return plain
