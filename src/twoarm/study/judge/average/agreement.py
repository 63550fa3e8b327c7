"""Does the learner reproduce its own average?"""

from __future__ import annotations

from twoarm.diagnostics import Agreement, agreement, population_scores
from twoarm.diagnostics.average.agreement import finding
from twoarm.metrics import as_benefit
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Line, Question, Scope

__all__ = ["AGREEMENT"]


def _ask(evidence: Evidence) -> Agreement:
    evidence.require(evidence.population)
    own = evidence.primary
    scores = population_scores(
        own.outcome, own.treatment, own.mu0, own.mu1, own.propensity, evidence.population
    )
    return agreement(
        as_benefit(scores.phi1 - scores.phi0, desirable=own.spec.desirable),
        as_benefit(own.mu1 - own.mu0, desirable=own.spec.desirable),
        scores.weight,
    )


AGREEMENT = Question(
    name="agreement",
    scope=Scope.PRIMARY,
    line=Line.CAUSAL,
    doubt="an average that the models do not reproduce",
    of_models=True,
    ask=_ask,
    finding=finding,
)
