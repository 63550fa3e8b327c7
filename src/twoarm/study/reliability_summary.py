"""Stability, centres and missing values in ``summary.json``."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from twoarm.study.plan import ARMS

if TYPE_CHECKING:
    from twoarm.diagnostics import BenefitByCentre, CentresPerformance, Pooled
    from twoarm.diagnostics.missingness import VariableMissingness
    from twoarm.study.centres import Centres
    from twoarm.study.result import StudyResult

__all__ = ["centres_block", "complete_cases_block", "missing_block", "stability_block"]

Null = Callable[[str, str], Any]
"""Notes why the part at a path is null, and gives the null."""

_INTERIM = "not computed in an interim result"
_FEW_CENTRES = "fewer than three centres have enough events"
_FEW_PATIENTS = "fewer than three centres have enough patients in both arms"


def _number(value: float, path: str, null: Null, reason: str) -> Any:
    return value if math.isfinite(value) else null(path, reason)


def stability_block(result: StudyResult, outcome: str, path: str, null: Null) -> Any:
    """Give the mean instability of an outcome's predictions over the replicates."""
    if result.reliability is None:
        return null(path, _INTERIM)
    found = result.reliability.stability.outcomes[outcome]
    parts = {"mu0": found.mu0, "mu1": found.mu1, "benefit": found.benefit}
    failed = "no replicate succeeded"
    index = found.benefit.mean_instability_index
    crossing = f"{path}.classification_instability"
    return {
        "mape": {
            name: _number(part.mean_mape, f"{path}.mape.{name}", null, failed)
            for name, part in parts.items()
        },
        "classification_instability": null(crossing, "the threshold belongs to the primary outcome")
        if index is None
        else _number(index, crossing, null, failed),
    }


def centres_block(result: StudyResult, null: Null) -> Any:
    """Give what models say of centres that they have not seen."""
    if result.reliability is None:
        return null("centres", _INTERIM)
    found = result.reliability.centres
    if found is None:
        return null("centres", result.reliability.errors["centres"])
    return {
        "n": found.n,
        "turns": found.turns,
        "outcomes": {
            name: {arm: _performance(found, name, arm, null) for arm in ARMS}
            for name in found.models
        },
        "benefit": null("centres.benefit", found.errors["benefit"])
        if found.benefit is None
        else _benefit(found.benefit, null),
    }


def _performance(found: Centres, outcome: str, arm: str, null: Null) -> Any:
    path = f"centres.outcomes.{outcome}.{arm}"
    by_arm = found.models[outcome]
    if arm not in by_arm:
        return null(path, found.errors[f"outcomes.{outcome}.{arm}"])
    one = by_arm[arm]
    undefined = "the patients all have the event, or none has"
    limits = one.auc_interval
    return {
        "auc": _number(one.auc, f"{path}.auc", null, undefined),
        "auc_interval": null(f"{path}.auc_interval", undefined)
        if limits is None
        else {"low": limits.low, "high": limits.high},
        "auc_within_centres": _number(
            one.auc_within, f"{path}.auc_within_centres", null, "no pair within a centre"
        ),
        "observed_over_expected": _ratio(one, f"{path}.observed_over_expected", null),
        "pooled_auc": _pooled(one.pooled_auc, f"{path}.pooled_auc", null, _FEW_CENTRES),
        "pooled_observed_over_expected": _pooled(
            one.pooled_o_e, f"{path}.pooled_observed_over_expected", null, _FEW_CENTRES
        ),
        "left_out": one.left_out,
    }


def _ratio(one: CentresPerformance, path: str, null: Null) -> dict[str, Any]:
    numbers = {"estimate": one.o_e, "low": one.o_e_low, "high": one.o_e_high}
    return {
        name: _number(value, f"{path}.{name}", null, "no events") for name, value in numbers.items()
    }


def _pooled(found: Pooled | None, path: str, null: Null, reason: str) -> Any:
    if found is None:
        return null(path, reason)
    return asdict(found) | {"without": list(found.without)}


def _benefit(found: BenefitByCentre, null: Null) -> dict[str, Any]:
    path = "centres.benefit"
    slope = asdict(found.slope)
    for name in ("estimate", "se", "low", "high"):
        flat = "all patients of a centre are predicted the same"
        slope[name] = _number(slope[name], f"{path}.slope.{name}", null, flat)
    return {
        "aipw": _pooled(found.aipw, f"{path}.aipw", null, _FEW_PATIENTS),
        "difference": _pooled(found.difference, f"{path}.difference", null, _FEW_PATIENTS),
        "slope": slope,
        "left_out": found.left_out,
    }


def missing_block(result: StudyResult, null: Null) -> Any:
    """Give the share missing in each arm, and whether it goes with arm or outcome."""
    if result.reliability is None:
        return null("missing_by_arm", _INTERIM)
    return {each.name: _variable(each) for each in result.reliability.missing.variables}


def _variable(each: VariableMissingness) -> dict[str, Any]:
    return {
        "control": each.by_arm.low_group,
        "treated": each.by_arm.high_group,
        "informative": each.informative,
    }


def complete_cases_block(result: StudyResult, null: Null) -> Any:
    """Give the primary outcome's results by models of the patients with nothing missing."""
    if result.reliability is None:
        return null("complete_cases", _INTERIM)
    found = result.reliability.complete_cases
    if found is None:
        return null("complete_cases", result.reliability.errors["complete_cases"])
    return asdict(found)
