"""The content of ``summary.json``, the contract for other programs.

Whatever is not computed is null and listed under ``absent`` with its reason.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import Estimate
from twoarm.resampling import Metric
from twoarm.resampling.optimism import LARGEST_MISSING_SHARE

if TYPE_CHECKING:
    from twoarm.study.result import ArmResult, BenefitResult, OutcomeResult, StudyResult

__all__ = ["summary_of"]

_LATER = "not computed by this version"
_LATER_METRICS = ("scaled_brier", "log_loss", "r2", "g")
_LATER_CALIBRATION = ("intercept", "slope", "in_the_large", "ici", "e50", "e90", "emax")
_LATER_SHARES = ("shrunk", "deconvolved", "no_effect", "same_effect")
_LATER_EFFECTS = ("iptw", "overlap", "aipw", "tmle")


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
    }
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
        "benefit": _benefit(outcome.spec, outcome.benefit, f"{path}.benefit", absent),
        "average_effect": _average_effect(outcome, f"{path}.average_effect", absent),
        "importance": _importance(result, outcome, f"{path}.importance", absent),
    }


def _arm(arm: ArmResult, path: str, absent: _Absences) -> dict[str, Any]:
    measures: dict[str, Any] = {
        "auc": _metric(arm.auc, f"{path}.auc", absent),
        "brier": _metric(arm.brier, f"{path}.brier", absent),
    }
    for name in _LATER_METRICS:
        measures[name] = absent.null(f"{path}.{name}")
    measures["calibration"] = {
        name: absent.null(f"{path}.calibration.{name}") for name in _LATER_CALIBRATION
    }
    gate = asdict(arm.gate)
    if arm.gate.harrell_valid is None:
        absent.null(f"{path}.gate.harrell_valid", arm.gate.reason)
        absent.null(f"{path}.gate.harrell_minus_headline", arm.gate.reason)
    return {"n": arm.n, "events": arm.events, **measures, "gate": gate, "weights": arm.weights}


def _metric(metric: Metric, path: str, absent: _Absences) -> dict[str, Any]:
    plain = asdict(metric)
    undefined = "not defined in enough replicates"
    for name in ("apparent", "harrell", "oob", "d632", "d632plus", "headline", "mcse"):
        if plain[name] is None or not math.isfinite(plain[name]):
            plain[name] = absent.null(f"{path}.{name}", undefined)
    absent.null(f"{path}.nested_cv")
    if metric.ci is None:
        total = metric.replicates_used + metric.failed
        refused = metric.failed > LARGEST_MISSING_SHARE * total
        absent.null(f"{path}.ci", undefined if refused else "no valid interval is known for it")
    return plain


def _benefit(
    spec: OutcomeSpec, benefit: BenefitResult, path: str, absent: _Absences
) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name in ("mean", "sd", "median", "share_positive"):
        value = None if benefit.crossfit is None else getattr(benefit.crossfit, name)
        plain[name] = value
    plain["in_sample"] = asdict(benefit.in_sample)
    shares: dict[str, Any] = {"raw": benefit.share_raw, "crossfit": benefit.share_crossfit}
    for name in _LATER_SHARES:
        shares[name] = absent.null(f"{path}.share_at_threshold.{name}")
    if spec.primary:
        plain["share_at_threshold"] = shares
    else:
        for name in _LATER_SHARES:
            absent.reasons.pop(f"{path}.share_at_threshold.{name}")
        reason = "the threshold belongs to the primary outcome"
        plain["share_at_threshold"] = absent.null(f"{path}.share_at_threshold", reason)
    plain["shrinkage_slope"] = absent.null(f"{path}.shrinkage_slope")
    plain["nnt_of_mean"] = absent.null(f"{path}.nnt_of_mean")
    return plain


def _average_effect(outcome: OutcomeResult, path: str, absent: _Absences) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "crude": _estimate(outcome.crude, f"{path}.crude", absent),
        "g_formula": _estimate(outcome.g_formula, f"{path}.g_formula", absent),
    }
    for name in _LATER_EFFECTS:
        plain[name] = absent.null(f"{path}.{name}")
    return plain


def _estimate(estimate: Estimate, path: str, absent: _Absences) -> dict[str, Any]:
    plain = asdict(estimate)
    for name in ("se", "low", "high"):
        if plain[name] is None:
            absent.null(f"{path}.{name}", "too few replicates succeeded")
    return plain


def _importance(
    result: StudyResult, outcome: OutcomeResult, path: str, absent: _Absences
) -> list[dict[str, Any]]:
    ranked = sorted(
        zip(result.plan.cohort.codebook, outcome.importance.tolist(), strict=True),
        key=lambda pair: -pair[1],
    )
    rows = []
    for position, (predictor, value) in enumerate(ranked):
        for name in ("low", "high"):
            absent.null(f"{path}.{position}.predicted_benefit.{name}")
        absent.null(f"{path}.{position}.effect_modifier")
        rows.append(
            {
                "variable": predictor.column,
                "predicted_benefit": {"value": value, "low": None, "high": None},
                "effect_modifier": None,
            }
        )
    return rows
