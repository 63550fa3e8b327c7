"""Do the outcome models tell who will have the event?"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from twoarm.diagnostics import attempt
from twoarm.diagnostics.outcomes.discrimination import ArmAuc, Discrimination, finding
from twoarm.errors import NotEstimable
from twoarm.resampling.nested_cv import cv_scores
from twoarm.resampling.optimism import ResampledScores, corrected_auc
from twoarm.study.fit.fits import CrossFit
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Question, Scope
from twoarm.study.measure.arms import cross_validated
from twoarm.study.plan.plan import Plan

__all__ = ["DISCRIMINATION"]

_NO_REPLICATES = ResampledScores(*np.empty((3, 0)))
"""The AUC to quote and its interval come from cross-validation alone."""


def _ask(evidence: Evidence) -> Discrimination:
    plan, spec = evidence.plan, evidence.plan.file.primary
    position = plan.outcomes.index(spec)
    control, treated = (
        attempt(partial(_one, plan, evidence.crossfit, position, arm)) for arm in (0, 1)
    )
    return Discrimination(control, treated)


def _one(plan: Plan, crossfit: CrossFit, position: int, arm: int) -> ArmAuc:
    """Give the arm's headline AUC."""
    values = plan.outcome(plan.file.primary.name)
    own = (plan.cohort.treatment == arm) & np.isfinite(values)
    y = values[own].astype(np.int64)
    nested = cv_scores(y, cross_validated(plan, own, crossfit, position, arm))["auc"]
    events = int(y.sum())
    found = corrected_auc(
        math.nan, _NO_REPLICATES, events=events, others=y.size - events, nested=nested
    )
    if found.headline is None or found.ci is None:
        raise NotEstimable("no repeat of cross-validation has both outcomes in a fold")
    return ArmAuc(found.headline, found.ci.low, found.ci.high)


DISCRIMINATION = Question(
    name="discrimination",
    scope=Scope.PRIMARY,
    doubt="outcome models that are not shown to tell who will have the event",
    of_models=True,
    ask=_ask,
    finding=finding,
)
