"""What a run says beyond its models' performance, part by part."""

from __future__ import annotations

from typing import Any

from twoarm.resampling import RunStore
from twoarm.study.causal import causal
from twoarm.study.fit.fits import CrossFit, FullFit
from twoarm.study.importance import importance
from twoarm.study.judge.hidden.negative_controls import negative_controls
from twoarm.study.judge.ranking.benefit_evidence import benefit_evidence
from twoarm.study.plan.plan import Plan
from twoarm.study.reliability import reliability
from twoarm.study.scale import outcomes_together

__all__ = ["diagnosed"]


def diagnosed(plan: Plan, store: RunStore, full: FullFit, crossfit: CrossFit) -> dict[str, Any]:
    """Compute the diagnostics; give them by the names of `StudyResult`'s fields."""
    encoding, mu = full.models.encoding, crossfit.mu.mean(axis=0)
    judged = causal(plan, encoding, mu, full.in_sample[plan.file.primary.name].benefit)
    score = judged.propensity.score
    return {
        "causal": judged,
        "negative_controls": negative_controls(plan),
        "together": outcomes_together(plan, mu),
        "evidence": benefit_evidence(plan, crossfit.mu, encoding, score),
        "importance": importance(plan, encoding),
        "reliability": reliability(plan, store, full, crossfit, score),
    }
