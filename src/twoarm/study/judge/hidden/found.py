"""Which effect was found? What could explain it away is asked of that one."""

from __future__ import annotations

from twoarm.metalearners import dr_scores
from twoarm.metrics import as_benefit
from twoarm.study.judge.evidence import Evidence

__all__ = ["is_harm"]


def is_harm(evidence: Evidence) -> bool:
    """Whether the primary outcome's average, by the doubly robust estimate, is a harm."""
    own = evidence.primary
    scores = dr_scores(own.outcome, own.treatment, own.mu0, own.mu1, own.propensity)
    return as_benefit(float(scores.mean()), desirable=own.spec.desirable) < 0.0
