"""Do the outcome models tell who will have the event?"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from twoarm.diagnostics import attempt
from twoarm.diagnostics.outcomes.discrimination import ArmAuc, Discrimination, finding
from twoarm.errors import NotEstimable
from twoarm.resampling import replicates_needed
from twoarm.resampling.headline_intervals import auc_headline_interval, auc_sampling_variance
from twoarm.resampling.nested_cv import cv_scores
from twoarm.resampling.optimism import ResampledScores, corrected_auc
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Question, Scope
from twoarm.study.measure.arms import cross_validated
from twoarm.study.measure.draws import draws
from twoarm.study.measure.spread import spread_of

__all__ = ["DISCRIMINATION"]

_NO_REPLICATES = ResampledScores(*np.empty((3, 0)))
"""The AUC to quote comes from cross-validation alone."""


def _ask(evidence: Evidence) -> Discrimination:
    position = evidence.plan.outcomes.index(evidence.plan.file.primary)
    control, treated = (attempt(partial(_one, evidence, position, arm)) for arm in (0, 1))
    return Discrimination(control, treated)


def _one(evidence: Evidence, position: int, arm: int) -> ArmAuc:
    """Give the arm's headline AUC."""
    plan, outcome = evidence.plan, evidence.plan.file.primary
    values = plan.outcome(outcome.name)
    own = (plan.cohort.treatment == arm) & np.isfinite(values)
    y = values[own].astype(np.int64)
    cv = cross_validated(plan, own, evidence.crossfit, position, arm)
    nested = cv_scores(y, cv)["auc"]
    value = corrected_auc(math.nan, _NO_REPLICATES, nested=nested).headline
    if value is None:
        raise NotEstimable("no repeat of cross-validation has both outcomes in a fold")
    first = np.arange(min(plan.replicates, replicates_needed(y.size)))
    stored = evidence.store.array(f"mu{arm}_{outcome.name}")
    spread = spread_of(stored, draws(plan, first), first, own, y).auc
    sampling = auc_sampling_variance(y, cv.risk[cv.complete])
    found = auc_headline_interval(value, sampling, spread)
    return ArmAuc(value, found.low, found.high)


DISCRIMINATION = Question(
    name="discrimination",
    scope=Scope.PRIMARY,
    doubt="outcome models that are not shown to tell who will have the event",
    of_models=True,
    ask=_ask,
    finding=finding,
)
