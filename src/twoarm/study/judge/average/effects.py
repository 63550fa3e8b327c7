"""The average effect of every outcome, by every estimator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import Absent, AverageEffect, average_effect
from twoarm.diagnostics.average.average_effect import finding
from twoarm.errors import NotEstimable
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.plain import plain_estimate
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import ESTIMATE
from twoarm.study.plan.plan import Plan

__all__ = ["AVERAGE_EFFECT", "effect_of"]

_PATH = "outcomes.{outcome}.average_effect"
_ADJUSTED = ("iptw", "overlap", "aipw", "tmle")


def effect_of(
    plan: Plan,
    spec: OutcomeSpec,
    X: NDArray[np.float64],
    mu: NDArray[np.float64],
    score: NDArray[np.float64],
) -> AverageEffect:
    """Estimate an outcome's average benefit from cross-fitted risks `mu` and the propensity."""
    known = np.isfinite(plan.outcome(spec.name))
    found = average_effect(
        X[known],
        plan.outcome(spec.name)[known],
        plan.cohort.treatment[known],
        mu=(mu[0, known], mu[1, known]),
        propensity=score[known],
    )
    return found.as_benefit(desirable=spec.desirable)


def _ask(evidence: Evidence) -> Mapping[str, AverageEffect | Absent]:
    return {spec.name: _one(evidence, spec) for spec in evidence.plan.outcomes}


def _one(evidence: Evidence, spec: OutcomeSpec) -> AverageEffect | Absent:
    plan, score = evidence.plan, evidence.treatment.propensity.score
    mu = evidence.mu[plan.outcomes.index(spec)]
    if not np.isfinite(mu).all():
        return Absent("cross-fitting is not complete")
    try:
        return effect_of(plan, spec, evidence.encoded, mu, score)
    except NotEstimable as reason:
        return Absent(str(reason))


def _block(value: AverageEffect, _: Study) -> dict[str, Any]:
    return {
        f"{_PATH}.{name}": each
        if isinstance(each, Absent)
        else plain_estimate(each, "too few replicates succeeded")
        for name, each in ((name, getattr(value, name)) for name in _ADJUSTED)
    }


AVERAGE_EFFECT = Question(
    name="average effect",
    scope=Scope.OUTCOMES,
    line=Line.CAUSAL,
    doubt="estimates of the average that disagree",
    ask=_ask,
    finding=finding,
    block=_block,
    keys=tuple(Key(f"{_PATH}.{name}", ESTIMATE) for name in _ADJUSTED),
)
