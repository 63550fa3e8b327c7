"""Sentences that no setting removes or changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["EXPIRED", "LEARNERS", "RESEARCH_ONLY", "SYNTHETIC", "not_held"]

RESEARCH_ONLY = "Research only: not for decisions about patients."

SYNTHETIC = "Learnt from SYNTHETIC patients."

LEARNERS = {
    "recommended": "one shrunken model of both arms",
    "study": "the study's models as published",
}
"""What the learners are called beside their numbers."""

EXPIRED = "this model expired on {expires}: its numbers may no longer hold"


def not_held(content: Mapping[str, Any]) -> str:
    """Say what a model's range does not hold."""
    uncertainty = content["uncertainty"]
    return f"The range does not hold {', '.join(uncertainty['holds_not'])}." if uncertainty else ""
