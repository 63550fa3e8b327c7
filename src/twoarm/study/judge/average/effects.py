"""The average effect of every outcome, by every estimator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import (
    Absent,
    AverageEffect,
    Finding,
    Identified,
    Population,
    attempt,
    average_effect,
)
from twoarm.diagnostics.average.average_effect import finding
from twoarm.diagnostics.comparability.population import NAMES, population_scores
from twoarm.errors import NotEstimable
from twoarm.metrics import Estimate
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.plain import plain_estimate
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import ESTIMATE, PROBABILITY, maybe, record
from twoarm.study.plan.plan import Plan

__all__ = ["AVERAGE_EFFECT", "AverageEffects", "effect_of"]

_PATH = "outcomes.{outcome}.average_effect"
_NOT_MADE = Absent("not computed when this run was made")
_ADJUSTED = ("iptw", "overlap", "aipw", "tmle")
_IN_EACH = ("iptw", "aipw", "tmle")


@dataclass(frozen=True, slots=True)
class AverageEffects:
    """An outcome's average benefit over everybody, the treated and the overlap population.

    Attributes
    ----------
    ate, att, ato : AverageEffect
    risks : tuple of float, or Absent
        Doubly robust shares of the study's population with the outcome had nobody, and had
        everybody, been treated. Their difference is the `aipw` of that population.
    """

    ate: AverageEffect
    att: AverageEffect
    ato: AverageEffect
    risks: tuple[float, float] | Absent = _NOT_MADE

    def over(self, population: Population) -> AverageEffect:
        """Give the average benefit in a population."""
        found: AverageEffect = getattr(self, NAMES[population])
        return found


def effect_of(
    plan: Plan,
    spec: OutcomeSpec,
    X: NDArray[np.float64],
    mu: NDArray[np.float64],
    score: NDArray[np.float64],
    population: Population,
    judged: Identified | None = None,
) -> AverageEffect:
    """Estimate an outcome's average benefit from cross-fitted risks `mu` and the propensity.

    The others are as in `average_effect`.
    """
    known = np.isfinite(plan.outcome(spec.name))
    found = average_effect(
        X[known],
        plan.outcome(spec.name)[known],
        plan.cohort.treatment[known],
        mu=(mu[0, known], mu[1, known]),
        propensity=score[known],
        population=population,
        judged=judged,
    )
    return found.as_benefit(desirable=spec.desirable)


def _ask(evidence: Evidence) -> Mapping[str, AverageEffects | Absent]:
    return {spec.name: _one(evidence, spec) for spec in evidence.plan.outcomes}


def _one(evidence: Evidence, spec: OutcomeSpec) -> AverageEffects | Absent:
    plan, score = evidence.plan, evidence.treatment.propensity.score
    mu = evidence.mu[plan.outcomes.index(spec)]
    if not np.isfinite(mu).all():
        return Absent("cross-fitting is not complete")

    def over(population: Population) -> AverageEffect:
        judged = evidence.overlap.identified
        return effect_of(plan, spec, evidence.encoded, mu, score, population, judged)

    return attempt(
        lambda: AverageEffects(
            **{name: over(population) for population, name in NAMES.items()},
            risks=attempt(lambda: _risks(evidence, spec)),
        )
    )


def _risks(evidence: Evidence, spec: OutcomeSpec) -> tuple[float, float]:
    """Give the doubly robust risk of the outcome under control and under treatment.

    Raises
    ------
    NotEstimable
        If the arms do not overlap enough, or a mean of the scores is no possible risk.
    """
    evidence.require(evidence.population)
    own = evidence.of(spec)
    scores = population_scores(
        own.outcome, own.treatment, own.mu0, own.mu1, own.propensity, evidence.population
    )
    risks = float(scores.phi0.mean()), float(scores.phi1.mean())
    if not 0.0 <= min(risks) <= max(risks) <= 1.0:
        raise NotEstimable("the scores of an arm average to no possible risk: too few patients")
    return risks


def _finding(value: AverageEffects, study: Study) -> Finding:
    return finding(value.over(study.file.target_trial.population), study)


def _block(value: AverageEffects, _: Study) -> dict[str, Any]:
    found: dict[str, Any] = {
        f"{_PATH}.{name}": _plain(getattr(value.ate, name)) for name in _ADJUSTED
    }
    found |= {
        f"{_PATH}.{short}.{name}": _plain(getattr(getattr(value, short), name))
        for short in NAMES.values()
        for name in _IN_EACH
    }
    risks: Any = value.risks
    if not isinstance(risks, Absent):
        risks = dict(zip(("control", "treated"), risks, strict=True))
    return found | {f"{_PATH}.risks": risks}


def _plain(estimate: Estimate | Absent) -> Any:
    if isinstance(estimate, Absent):
        return estimate
    return plain_estimate(estimate, "too few replicates succeeded")


AVERAGE_EFFECT = Question(
    name="average effect",
    scope=Scope.OUTCOMES,
    line=Line.CAUSAL,
    doubt="estimates of the average that disagree",
    ask=_ask,
    finding=_finding,
    block=_block,
    keys=(
        *(Key(f"{_PATH}.{name}", ESTIMATE) for name in _ADJUSTED),
        *(
            Key(f"{_PATH}.{short}.{name}", ESTIMATE)
            for short in NAMES.values()
            for name in _IN_EACH
        ),
        Key(f"{_PATH}.risks", maybe(record(control=PROBABILITY, treated=PROBABILITY))),
    ),
)
