"""Sentences that no setting removes or changes."""

from __future__ import annotations

__all__ = ["EXPIRED", "NOT_HELD", "RESEARCH_ONLY", "SYNTHETIC"]

RESEARCH_ONLY = "Research only: not for decisions about patients."

SYNTHETIC = "Learnt from SYNTHETIC patients."

EXPIRED = "this model expired on {expires}: its numbers may no longer hold"

NOT_HELD = (
    "The range does not hold what was never measured, the choice of the model, or that another "
    "hospital may differ."
)
