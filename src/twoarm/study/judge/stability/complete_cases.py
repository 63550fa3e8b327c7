"""What do the patients without a missing value say?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.errors import NotEstimable
from twoarm.metalearners import effects_of
from twoarm.metrics import auc_within
from twoarm.study.fit.fits import cross_fit
from twoarm.study.fit.tasks import cross_fit_folds
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.large import COMPLETE_CASE_FOLDS, effort_of
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import COUNT, DIFFERENCE, PROBABILITY, maybe, record
from twoarm.study.plan.part import only
from twoarm.study.plan.plan import ARMS, Plan

__all__ = ["COMPLETE_CASES", "CompleteCases", "complete_cases"]


@dataclass(frozen=True)
class CompleteCases:
    """The primary outcome, by models of the complete cases (`Cohort.complete`).

    Attributes
    ----------
    n_control, n_treated : int
        Those of them whose outcome is known.
    mean_benefit : float
        Cross-fitted within them.
    same_patients, everybody : float
        Cross-fitted by the study's models, which impute: in those patients, and in all.
    auc : dict of str to float
        Repeated nested cross-validation within them, by arm.
    """

    n_control: int
    n_treated: int
    mean_benefit: float
    same_patients: float
    everybody: float
    auc: Mapping[str, float]


def complete_cases(plan: Plan, mu: NDArray[np.float64]) -> CompleteCases:
    """Cross-fit the primary outcome anew in the patients without a missing value.

    Nothing else changes: the same learners, folds as many, repeats as many. In a large cohort there
    is one repeat, in 5 folds at most.

    Parameters
    ----------
    plan : Plan
    mu : ndarray, shape (repeats, 2, patients)
        The study's cross-fitted probabilities of the primary outcome.

    Raises
    ------
    NotEstimable
        If nothing is missing, or the complete patients are too few to cross-fit.
    """
    complete = plan.cohort.complete
    if complete.all():
        raise NotEstimable("no value is missing in anybody")
    if not np.isfinite(mu).all():
        raise NotEstimable("cross-fitting is not complete")
    if not complete.any():
        raise NotEstimable("every patient lacks a value: nobody is complete")
    part = only(plan, complete)
    if not np.array_equal(np.unique(part.cohort.treatment), (0, 1)):
        raise NotEstimable("in one arm every patient lacks a value")
    part = _cross_fitted_once(part) if effort_of(plan).is_large else part
    folds = part.file.validation.cross_fit_folds
    if len(part.cohort) < folds:
        raise NotEstimable(f"{len(part.cohort)} complete patients are too few for {folds} folds")
    found = cross_fit(part, lambda _: None)
    if found.errors:
        raise NotEstimable(f"cross-fitting failed ({found.errors[0].error})")
    spec = plan.file.primary
    known = np.isfinite(plan.outcome(spec.name))
    benefit = effects_of(*mu.mean(axis=0), desirable=spec.desirable).benefit
    own = effects_of(*found.mu[:, 0].mean(axis=0), desirable=spec.desirable).benefit
    auc = {name: _auc(part, arm, found.mu[:, 0, arm]) for arm, name in enumerate(ARMS)}
    if not all(map(math.isfinite, auc.values())):
        raise NotEstimable("in one arm all complete patients have the same outcome")
    return CompleteCases(
        n_control=int((part.cohort.treatment[known[complete]] == 0).sum()),
        n_treated=int((part.cohort.treatment[known[complete]] == 1).sum()),
        mean_benefit=float(own[known[complete]].mean()),
        same_patients=float(benefit[known & complete].mean()),
        everybody=float(benefit[known].mean()),
        auc=auc,
    )


def _cross_fitted_once(plan: Plan) -> Plan:
    section = plan.file.validation
    fewer = {
        "cross_fit_repeats": 1,
        "cross_fit_folds": min(section.cross_fit_folds, COMPLETE_CASE_FOLDS),
    }
    validation = section.model_copy(update=fewer)
    file = plan.file.model_copy(update={"validation": validation})
    return replace(plan, study=replace(plan.study, file=file))


def _auc(plan: Plan, arm: int, risk: NDArray[np.float64]) -> float:
    """Give the arm's AUC within folds, mean over the repeats of `risk`, shape (repeats, n)."""
    values = plan.outcome(plan.file.primary.name)
    own = (plan.cohort.treatment == arm) & np.isfinite(values)
    each = [
        auc_within(values[own], risk[repeat, own], cross_fit_folds(plan, repeat)[own])
        for repeat in range(risk.shape[0])
    ]
    return float(np.mean(each))


def _ask(evidence: Evidence) -> CompleteCases:
    primary = evidence.plan.outcomes.index(evidence.plan.file.primary)
    return complete_cases(evidence.plan, evidence.crossfit.mu[:, primary])


def _block(value: CompleteCases, _: Study) -> dict[str, Any]:
    return {"complete_cases": asdict(value)}


COMPLETE_CASES = Question(
    name="complete cases",
    scope=Scope.PRIMARY,
    of_models=True,
    ask=_ask,
    block=_block,
    keys=(
        Key(
            "complete_cases",
            maybe(
                record(
                    n_control=COUNT,
                    n_treated=COUNT,
                    mean_benefit=DIFFERENCE,
                    same_patients=DIFFERENCE,
                    everybody=DIFFERENCE,
                    auc=record(control=PROBABILITY, treated=PROBABILITY),
                )
            ),
        ),
    ),
)
