"""Missing values: who has them, and what the patients without any say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.cohort import Cohort
from twoarm.diagnostics import Missingness, missingness
from twoarm.errors import ArgumentError
from twoarm.metalearners import Predictors, effects_of
from twoarm.metrics import auc_within
from twoarm.study.fit.fits import cross_fit
from twoarm.study.fit.tasks import cross_fit_folds
from twoarm.study.plan.plan import ARMS, Plan

__all__ = ["CompleteCases", "cohort_missingness", "complete_cases", "only"]


def cohort_missingness(plan: Plan) -> Missingness:
    """Compare how often each variable and outcome is missing between arms and outcomes."""
    cohort = plan.cohort
    measured = list(cohort.measured())
    return missingness(
        np.column_stack([values for _, values in measured]),
        cohort.treatment,
        plan.outcome(plan.file.primary.name),
        names=[predictor.column for predictor, _ in measured],
        outcomes={spec.name: plan.outcome(spec.name) for spec in plan.outcomes},
    )


@dataclass(frozen=True)
class CompleteCases:
    """The primary outcome, by models of the patients in whom no predictor is missing.

    Attributes
    ----------
    n_control, n_treated : int
        Those patients.
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
    """Cross-fit the primary outcome anew in the patients without a missing predictor.

    Nothing else changes: the same learners, folds as many, repeats as many.

    Parameters
    ----------
    plan : Plan
    mu : ndarray, shape (repeats, 2, patients)
        The study's cross-fitted probabilities of the primary outcome.

    Raises
    ------
    ArgumentError
        If nothing is missing, or the complete patients are too few to cross-fit.
    """
    complete = np.asarray(~np.isnan(plan.cohort.predictors).any(axis=1))
    if complete.all():
        raise ArgumentError("no predictor is missing in anybody")
    if not np.isfinite(mu).all():
        raise ArgumentError("cross-fitting is not complete")
    part = only(plan, complete)
    if not np.array_equal(np.unique(part.cohort.treatment), (0, 1)):
        raise ArgumentError("in one arm every patient lacks a predictor")
    found = cross_fit(part, lambda _: None)
    if found.errors:
        raise ArgumentError(f"cross-fitting failed ({found.errors[0].error})")
    spec = plan.file.primary
    known = np.isfinite(plan.outcome(spec.name))
    benefit = effects_of(*mu.mean(axis=0), desirable=spec.desirable).benefit
    own = effects_of(*found.mu[:, 0].mean(axis=0), desirable=spec.desirable).benefit
    auc = {name: _auc(part, arm, found.mu[:, 0, arm]) for arm, name in enumerate(ARMS)}
    if not all(map(math.isfinite, auc.values())):
        raise ArgumentError("in one arm all complete patients have the same outcome")
    return CompleteCases(
        n_control=int((part.cohort.treatment == 0).sum()),
        n_treated=int((part.cohort.treatment == 1).sum()),
        mean_benefit=float(own[known[complete]].mean()),
        same_patients=float(benefit[known & complete].mean()),
        everybody=float(benefit[known].mean()),
        auc=auc,
    )


def only(plan: Plan, kept: NDArray[np.bool_]) -> Plan:
    """Give the plan for some of the patients and the primary outcome alone.

    The learners stay those that were chosen on the whole cohort.
    """
    cohort = _some(plan.cohort, kept)
    file = plan.file.model_copy(update={"outcomes": (plan.file.primary,)})
    return replace(
        plan,
        study=replace(plan.study, file=file),
        cohort=cohort,
        predictors=Predictors(cohort.codebook, cohort.predictors),
    )


def _some(cohort: Cohort, kept: NDArray[np.bool_]) -> Cohort:
    return replace(
        cohort,
        ids=cohort.ids[kept],
        treatment=cohort.treatment[kept],
        predictors=cohort.predictors[kept],
        propensity_columns=cohort.propensity_columns[kept],
        outcomes={name: values[kept] for name, values in cohort.outcomes.items()},
        centre=None if cohort.centre is None else cohort.centre[kept],
        ordinal=None if cohort.ordinal is None else cohort.ordinal[kept],
    )


def _auc(plan: Plan, arm: int, risk: NDArray[np.float64]) -> float:
    """Give the arm's AUC within folds, mean over the repeats of `risk`, shape (repeats, n)."""
    values = plan.outcome(plan.file.primary.name)
    own = (plan.cohort.treatment == arm) & np.isfinite(values)
    each = [
        auc_within(values[own], risk[repeat, own], cross_fit_folds(plan, repeat)[own])
        for repeat in range(risk.shape[0])
    ]
    return float(np.mean(each))
