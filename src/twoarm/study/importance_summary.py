"""Importance in ``summary.json``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twoarm.study.importance import Modifiers, RefittedImportance

if TYPE_CHECKING:
    from twoarm.study.result import OutcomeResult, StudyResult

__all__ = ["importance_block"]

_PRIMARY_ONLY = "primary outcome only"

Null = Callable[[str, str], Any]


def importance_block(
    result: StudyResult, outcome: OutcomeResult, path: str, null: Null
) -> list[dict[str, Any]]:
    """Give a row for each variable, most important for the predicted benefit first."""
    codebook = result.plan.cohort.codebook
    order = sorted(range(len(codebook)), key=lambda k: -float(outcome.importance[k]))
    found = result.importance if outcome.spec.primary else None
    refitted = None if found is None else found.predicted
    modifiers = None if found is None else found.modifiers
    rows = []
    for position, k in enumerate(order):
        own = f"{path}.{position}"
        predicted: dict[str, Any] = {"value": float(outcome.importance[k])}
        if refitted is None:
            reason = _why_not(result, outcome, "predicted_benefit")
            for name in ("low", "high"):
                predicted[name] = null(f"{own}.predicted_benefit.{name}", reason)
        else:
            predicted |= _limits(refitted, k)
        reason = _why_not(result, outcome, "effect_modifier")
        rows.append(
            {
                "variable": codebook[k].column,
                "predicted_benefit": predicted,
                "effect_modifier": null(f"{own}.effect_modifier", reason)
                if modifiers is None
                else _modifier(modifiers, k, result),
            }
        )
    return rows


def _why_not(result: StudyResult, outcome: OutcomeResult, part: str) -> str:
    if not outcome.spec.primary:
        return _PRIMARY_ONLY
    if result.importance is None:
        return "not computed in an interim result"
    return result.importance.errors.get(part, "not computed")


def _limits(refitted: RefittedImportance, k: int) -> dict[str, Any]:
    low, high = refitted.limits
    rank_low, rank_high = refitted.rank_limits
    return {
        "low": float(low[k]),
        "high": float(high[k]),
        "rank": {"low": float(rank_low[k]), "high": float(rank_high[k])},
        "refits": refitted.refits,
    }


def _modifier(modifiers: Modifiers, k: int, result: StudyResult) -> dict[str, Any]:
    """Give the rise of the loss for the variable's group, its rank, and its reference."""
    number = modifiers.group_of(k)
    measured = modifiers.measures["loss"]
    lower, upper = measured.limits
    mean, high, p = measured.reference_mean, measured.reference_high, measured.p
    assert mean is not None  # a run always permutes treatment
    assert high is not None
    assert p is not None
    codebook = result.plan.cohort.codebook
    return {
        "value": float(measured.value[number]),
        "low": float(lower[number]),
        "high": float(upper[number]),
        "rank": {
            "low": float(measured.rank_low[number]),
            "high": float(measured.rank_high[number]),
        },
        "reference": {
            "mean": float(mean[number]),
            "high": float(high[number]),
            "p": float(p[number]),
            "permutations": modifiers.permutations,
        },
        "together": [codebook[member].column for member in modifiers.groups[number]],
    }
