"""When a checklist is of use, and when a line can be answered."""

from __future__ import annotations

from collections.abc import Callable

from twoarm.diagnostics import Absent
from twoarm.diagnostics.finding import is_randomised
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.result import StudyResult

__all__ = ["CONDITIONS", "WHY_NOT"]


CONDITIONS: dict[str, Callable[[StudyResult], bool]] = {
    "models": lambda result: result.primary.has_models,
    "centres": lambda result: result.primary.has_models and result.plan.cohort.centre is not None,
    "observational": lambda result: not is_randomised(result.plan.study),
    "registered": lambda result: bool(result.plan.file.study.registration),
    "average": lambda result: not isinstance(result.quoted().average, Absent),
    "auc": lambda result: all(fit.auc.headline is not None for fit in result.primary.arms.values()),
}

WHY_NOT = {
    "models": NO_PREDICTORS,
    "centres": "there are no models, or the study file names no column of centres",
    "observational": "treatment was drawn by lot, and it is for observational studies",
    "registered": "the study file names no registration",
    "average": "there is no adjusted average benefit in this run",
    "auc": "not every model of the primary outcome has an AUC to quote",
}
"""Why a condition does not hold, in words."""
