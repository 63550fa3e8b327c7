"""Overlap and support, missing data, published effects: their parts of ``summary.json``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from twoarm.diagnostics import ReanchoredEffect
from twoarm.metrics import Estimate, finite
from twoarm.study.judge.average.missing_effect import WAYS, Track

if TYPE_CHECKING:
    from twoarm.study.result import OutcomeResult, StudyResult

__all__ = ["benchmark_block", "missing_effect_block", "overlap_block"]

Null = Callable[[str, str], Any]
_INTERIM = "not computed in an interim result"


def overlap_block(result: StudyResult, null: Null) -> Any:
    """Give how far the arms overlap, and how many patients have nobody like them."""
    if result.causal is None:
        return null("overlap", _INTERIM)
    found, flags = result.causal.overlap, result.causal.support.flags
    return {
        "propensity_auc": result.causal.propensity.auc,
        "trimming": {"alpha": found.trimming.alpha, "kept": int(found.trimming.kept.sum())},
        "effective_sample_size": {
            name: {"control": pair[0], "treated": pair[1]}
            for name, pair in (("inverse", found.ess_inverse), ("overlap", found.ess_overlap))
        },
        "outside_support": {
            "n": int(flags.outside.sum()),
            "treatment_decided": int(flags.propensity.sum()),
            "nobody_near": int(flags.distance.sum()),
            "level_in_one_arm": int(flags.category.sum()),
        },
    }


def missing_effect_block(result: StudyResult, outcome: OutcomeResult, path: str, null: Null) -> Any:
    """Give the average benefit under each way of dealing with missing values."""
    if result.causal is None:
        return null(path, _INTERIM)
    found = result.causal.missing.get(outcome.spec.name)
    if found is None:
        return null(path, result.causal.errors.get("missing_effect", "nothing is missing"))
    tracks = found.tracks()
    return {
        name: _track(tracks[name], f"{path}.{name}", null)
        if name in tracks
        else null(f"{path}.{name}", found.errors.get(name, "not computed"))
        for name in WAYS
    }


def _track(track: Track, path: str, null: Null) -> dict[str, Any]:
    if track.g_formula is None:
        plain = null(f"{path}.g_formula", "not defined, or too few resamples had events")
    else:
        plain = _estimate(track.g_formula, f"{path}.g_formula", null)
    aipw = _estimate(track.aipw, f"{path}.aipw", null)
    return {"patients": track.patients, "aipw": aipw, "g_formula": plain}


def _estimate(estimate: Estimate, path: str, null: Null) -> dict[str, Any]:
    plain = {name: finite(value) for name, value in asdict(estimate).items()}
    for name, value in plain.items():
        if value is None:
            null(f"{path}.{name}", "too few resamples had events")
    return plain


def benchmark_block(result: StudyResult, outcome: OutcomeResult, path: str, null: Null) -> Any:
    """Give published effects on this cohort's own risks, beside the average benefit."""
    if result.causal is None:
        return null(path, _INTERIM)
    found = result.causal.published.get(outcome.spec.name)
    if found is None:
        listed = any(each.outcome == outcome.spec.name for each in result.plan.study.benchmark)
        return null(
            path, "cross-fitting is not complete" if listed else "no published effect is listed"
        )
    return {
        "control_risk": found.control_risk,
        "aipw": _estimate(found.ours, f"{path}.aipw", null),
        "outside_all": found.outside_all,
        "rows": [
            _row(each, f"{path}.rows.{position}", null) for position, each in enumerate(found.rows)
        ],
    }


def _row(row: ReanchoredEffect, path: str, null: Null) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "key": row.published.key,
        "source": row.published.source,
        "measure": row.published.measure,
        "comparable": row.published.comparable,
        "odds_ratio": row.odds_ratio,
        "benefit": row.benefit,
        "low": row.low,
        "high": row.high,
        "e_value": None if row.needed is None else row.needed.estimate,
    }
    for name in ("low", "high"):
        if plain[name] is None:
            null(f"{path}.{name}", "the publication gives no interval")
    if row.needed is None:
        null(f"{path}.e_value", "not defined: no benefit to explain, or a risk of 0")
    return plain
