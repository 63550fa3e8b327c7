"""Which effect was found? What could explain it away is asked of that one."""

from __future__ import annotations

from twoarm.diagnostics import population_scores
from twoarm.metrics import as_benefit
from twoarm.study.judge.evidence import Evidence

__all__ = ["is_harm"]


def is_harm(evidence: Evidence) -> bool:
    """Whether the doubly robust average of the primary outcome, in its population, is a harm."""
    own = evidence.primary
    scores = population_scores(
        own.outcome, own.treatment, own.mu0, own.mu1, own.propensity, evidence.population
    )
    return as_benefit(scores.effect, desirable=own.spec.desirable) < 0.0
