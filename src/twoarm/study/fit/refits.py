"""Learners of the primary outcome's benefit, ready to be fitted again to parts of the cohort."""

from __future__ import annotations

from twoarm.diagnostics import Refits
from twoarm.diagnostics.finding import is_randomised
from twoarm.learners import Logistic, Mean
from twoarm.metalearners import PenalizedInteraction, TLearner
from twoarm.study.plan.plan import Plan
from twoarm.study.plan.propensity import treatment_predictors

__all__ = ["refits_by", "refits_of"]


def refits_of(plan: Plan) -> Refits:
    """Give the primary outcome's learner, ready to be fitted to other arms and outcomes."""
    spec = plan.file.primary
    return refits_by(plan, TLearner(plan.stacks_of(spec.name), desirable=spec.desirable))


def refits_by(plan: Plan, learner: TLearner | PenalizedInteraction) -> Refits:
    """Give the same with another learner of the primary outcome.

    The propensity is fitted along, but where a lot decided it is the share that was treated.
    """
    cohort = plan.cohort
    return Refits(
        learner,
        plan.predictors,
        plan.outcome(plan.file.primary.name),
        cohort.treatment,
        Mean() if is_randomised(plan.study) else Logistic(),
        treatment_predictors(cohort),
    )
