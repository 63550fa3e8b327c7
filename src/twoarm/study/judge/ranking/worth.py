"""What is a predicted point of benefit worth?"""

from __future__ import annotations

from typing import Any

import numpy as np

from twoarm.cohort.load import Study
from twoarm.diagnostics.ranking.worth import Worth, benefit_worth, finding
from twoarm.metalearners import hajek_scores
from twoarm.metrics import as_benefit
from twoarm.study.fit.tasks import all_cross_fit_folds
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.plain import plain_slope
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import COEFFICIENT

__all__ = ["WORTH"]

_PATH = "outcomes.{outcome}.benefit.calibration_slope"


def _ask(evidence: Evidence) -> Worth:
    plan, own = evidence.plan, evidence.primary
    mu = evidence.crossfit.mu[:, plan.outcomes.index(own.spec)][:, :, own.known]
    phi = [hajek_scores(own.outcome, own.treatment, mu0, mu1, own.propensity) for mu0, mu1 in mu]
    scores, benefit = (
        as_benefit(each, desirable=own.spec.desirable)
        for each in (np.stack(phi), mu[:, 1] - mu[:, 0])
    )
    return benefit_worth(scores, benefit, all_cross_fit_folds(plan)[:, own.known])


def _block(value: Worth, _: Study) -> dict[str, Any]:
    return {_PATH: plain_slope(value.slope, "all patients are predicted the same benefit")}


WORTH = Question(
    name="worth of the prediction",
    scope=Scope.PRIMARY,
    doubt="predictions of benefit that run backwards",
    of_models=True,
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(Key(_PATH, COEFFICIENT, after="shrinkage_slope"),),
)
