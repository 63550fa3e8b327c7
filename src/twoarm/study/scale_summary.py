"""Coherence of the outcomes and the ordinal model in ``summary.json``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from twoarm.study.judge.outcomes.ordinal import NO_UTILITY
from twoarm.study.plan.plan import ARMS

if TYPE_CHECKING:
    from twoarm.study.result import StudyResult

__all__ = ["coherence_block", "ordinal_block"]

Null = Callable[[str, str], Any]


def coherence_block(result: StudyResult, null: Null) -> dict[str, Any] | None:
    """Give how often the models of nested outcomes contradict each other, and what repair does."""
    together = result.together
    if together is None or together.coherence is None:
        null("coherence", _why_not(result, "coherence"))
        return None
    found = together.coherence
    return {
        "events": [cut.name for cut in found.cuts],
        "n": found.patients,
        "arms": {
            name: {
                "share_violated": list(arm.share_violated),
                "share_any": arm.share_any,
                "largest": arm.largest,
            }
            for name, arm in zip(ARMS, found.arms, strict=True)
        },
        "mean_benefit": {
            name: {"separate": mean, "repaired": found.repaired_benefit[name]}
            for name, mean in found.mean_benefit.items()
        },
    }


def ordinal_block(result: StudyResult, null: Null) -> dict[str, Any] | None:
    """Give the benefit by the model of the scale, beside that of the separate models."""
    together = result.together
    if together is None or together.ordinal is None:
        null("ordinal", _why_not(result, "ordinal"))
        return None
    found = together.ordinal
    outcomes = {name: asdict(each) for name, each in found.outcomes.items()}
    for name, each in outcomes.items():
        if each["rank_correlation"] is None:
            null(f"ordinal.outcomes.{name}.rank_correlation", "a benefit is the same for everybody")
    return {
        "column": found.column,
        "levels": list(found.levels),
        "n": int(found.effects.cumulative0.shape[0]),
        "outcomes": outcomes,
        "utility": null("ordinal.utility", NO_UTILITY) if found.utility is None else found.utility,
    }


def _why_not(result: StudyResult, part: str) -> str:
    if result.together is None:
        return "not computed in an interim result"
    return result.together.errors.get(part, "not computed")
