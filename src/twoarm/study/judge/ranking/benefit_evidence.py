"""What the patients' scores say of the predicted benefit: the study's learner and comparators.

Primary outcome, from one cross-fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.encoding import EncodingSpec
from twoarm.execution import run_tasks
from twoarm.metalearners import arm_scores
from twoarm.metrics import (
    Estimate,
    NumberNeeded,
    PolicyValue,
    needed_for,
    policy_value,
    targeting_limits,
)
from twoarm.seeds import Stream, integer
from twoarm.study.judge.large import effort_of
from twoarm.study.judge.ranking.benefit_measures import EvidenceTask, ModelEvidence, Patients
from twoarm.study.judge.ranking.comparison import (
    COMPARATORS,
    FIRST_REPEAT,
    LEARNERS,
    LearnerComparison,
    compare_learners,
)
from twoarm.study.plan.plan import Plan

__all__ = ["EVIDENCE_ON", "BenefitEvidence", "benefit_evidence"]

EVIDENCE_ON = (LEARNERS[0], *COMPARATORS)
"""The learners that are measured, the study's own first."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BenefitEvidence:
    """The learners side by side, and the measures of benefit, of a run's primary outcome.

    Attributes
    ----------
    compared : LearnerComparison
    patients : Patients
        Those with known outcome.
    treat_none, treat_all : PolicyValue
    models : dict of str to ModelEvidence
        The study's learner, and those comparators that could be fitted.
    """

    compared: LearnerComparison
    patients: Patients
    treat_none: PolicyValue
    treat_all: PolicyValue
    models: dict[str, ModelEvidence]

    @property
    def average(self) -> Estimate:
        """Average benefit by the scores: treating all over treating none."""
        return self.treat_all.over_none

    def targeting_limits(self, learner: str) -> tuple[Floats, Floats]:
        """Give pointwise 95 % limits of a measured learner's targeting curve."""
        return targeting_limits(self.patients.scores, self.compared.effects[learner].benefit)

    @property
    def needed(self) -> NumberNeeded:
        """Number needed to treat, if all are treated."""
        return needed_for(self.average)


def benefit_evidence(
    plan: Plan, mu: Floats, encoding: EncodingSpec, score: Floats
) -> BenefitEvidence:
    """Compare the learners, and measure the study's own beside the comparators.

    Parameters
    ----------
    plan : Plan
    mu : ndarray, shape (repeats, outcomes, 2, patients)
        The run's cross-fitted risks; NaN where a fit failed.
    encoding : EncodingSpec
        Of everybody.
    score : ndarray, shape (patients,)
        Propensity of everybody.

    Returns
    -------
    BenefitEvidence

    Raises
    ------
    NotEstimable
        If the first cross-fit of the primary outcome failed.
    """
    own = mu[FIRST_REPEAT, plan.outcomes.index(plan.file.primary)]
    compared = compare_learners(plan, own, score)
    patients = _patients(plan, compared, encoding, score)
    measured = [name for name in EVIDENCE_ON if name in compared.effects]
    seed = integer(plan.seed, Stream.BENEFIT_EVIDENCE)
    task = EvidenceTask(patients, compared.effects, effort_of(plan).matchings, seed)
    models = dict(zip(measured, run_tasks(task, measured, **plan.run_by), strict=True))
    nobody = np.zeros(patients.outcome.size)
    none, everybody = (
        policy_value(patients.phi0, patients.phi1, advised, desirable=patients.desirable)
        for advised in (nobody, nobody + 1.0)
    )
    return BenefitEvidence(compared, patients, none, everybody, models)


def _patients(
    plan: Plan, compared: LearnerComparison, encoding: EncodingSpec, score: Floats
) -> Patients:
    spec, own = plan.file.primary, compared.effects[LEARNERS[0]]
    outcome = plan.outcome(spec.name)
    known = np.isfinite(outcome)
    arm = plan.cohort.treatment[known]
    phi0, phi1 = arm_scores(outcome[known], arm, own.mu0, own.mu1, score[known])
    return Patients(
        outcome=outcome[known],
        treatment=arm,
        propensity=score[known],
        fold=compared.fold,
        X=encoding.encode(plan.cohort.predictors[known]),
        mu0=own.mu0,
        mu1=own.mu1,
        phi0=phi0,
        phi1=phi1,
        desirable=spec.desirable,
        threshold=compared.page.threshold,
    )
