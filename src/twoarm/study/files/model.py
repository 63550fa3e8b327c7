"""The model file of a run."""

from __future__ import annotations

import datetime as dt
from typing import Any

from twoarm.diagnostics.finding import is_randomised
from twoarm.errors import ArgumentError
from twoarm.modelfile import FORMAT, FORMAT_VERSION, digest
from twoarm.study.files.recommended import (
    RANGE_COVERAGE,
    RANGE_PARTS,
    RecommendedModels,
    fit_recommended,
)
from twoarm.study.files.support import joint_support, overlap, support
from twoarm.study.files.vectors import vectors
from twoarm.study.fit.fits import FittedModels
from twoarm.study.plan.measured import MEASURED_PATIENTS, was_measured
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.plan.plan import ARMS, Plan
from twoarm.study.result import StudyResult

__all__ = ["model_content"]

_VERSION = "1.0"
_YEARS_VALID = 2

_INTENDED = (
    "Research on who benefits from the treatment, by people trained in the field; not for "
    "decisions about patients."
)
_NOT_FOR = (
    "Patients outside the eligibility rules, or outside what 'support', 'joint_support' and "
    "'overlap' describe; any use as a medical device."
)
_NOT_HELD = (
    "factors that were not measured and differ between the treatments",
    "another choice of model",
    "another hospital or another time",
)
"""What a range does not hold, in the words that stand beside it."""


def model_content(result: StudyResult, models: FittedModels, *, created: dt.date) -> dict[str, Any]:
    """Give the content of ``model.json``.

    It holds no patient, but limits, moments, quantiles and counts; test vectors are drawn at random
    within the ranges seen in training.

    Parameters
    ----------
    result : StudyResult
    models : FittedModels
        The study's learner, fitted to everybody.
    created : date
        Day of the run.

    Raises
    ------
    ArgumentError
        If a plug-in with weight in a stack cannot be written down, or there are no predictors.
    """
    plan = result.plan
    if not plan.file.predictors:
        raise ArgumentError(NO_PREDICTORS)
    recommended = fit_recommended(plan, models.encoding)
    shared = overlap(result, models.encoding)
    content = {
        **_card(result, created),
        **_reading(plan, models),
        "support": support(plan),
        "joint_support": joint_support(plan, models.encoding),
        "overlap": shared,
        "arms": {
            arm: {name: pair[k].to_plain() for name, pair in models.stacks.items()}
            for k, arm in enumerate(ARMS)
        },
        "recommended": recommended.to_plain(),
        "recalibration": None,
        "uncertainty": _uncertainty(plan, recommended),
        "performance": _performance(result),
        "findings": [
            {"name": each.name, "verdict": each.verdict, "text": each.text}
            for each in result.findings
        ],
        "verdict": [
            {"question": each.question, "verdict": each.verdict, "text": each.text}
            for each in result.verdict
        ],
        "provenance": {
            "study": plan.study.digest,
            "data": plan.cohort.digest,
            "seed": plan.seed,
            "replicates": result.replicates,
        },
        "derived": {},
        "test_vectors": vectors(plan, models, recommended, shared["treatment"]),
    }
    return content | {"digest": digest(content)}


def _card(result: StudyResult, created: dt.date) -> dict[str, Any]:
    """Give what a reader has to know before a number."""
    plan = result.plan
    trial, study = plan.file.target_trial, plan.file.study
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": plan.study.name,
        "title": study.title,
        "version": _VERSION,
        "created": created.isoformat(),
        "expires": _years_later(created, _YEARS_VALID).isoformat(),
        "twoarm_version": result.version,
        "synthetic": plan.cohort.synthetic,
        "intended_use": _INTENDED,
        "not_for": _NOT_FOR,
        "population": {
            "n": len(plan.cohort),
            "n_control": int((plan.cohort.treatment == 0).sum()),
            "n_treated": int((plan.cohort.treatment == 1).sum()),
            "centres": None if plan.cohort.centre is None else len(set(plan.cohort.centre)),
            "events": {
                name: {arm: outcome.arms[arm].events for arm in ARMS}
                for name, outcome in result.outcomes.items()
            },
            "eligibility": trial.eligibility,
            "time_zero": trial.time_zero,
            "control_definition": trial.control_definition,
            "estimand": trial.estimand,
            "randomised": is_randomised(plan.study),
        },
        "labels": {
            "control": plan.file.treatment.labels.control,
            "treated": plan.file.treatment.labels.treated,
        },
    }


def _years_later(day: dt.date, years: int) -> dt.date:
    """Give the same day of a later year; the last of February stays the last."""
    if (day.month, day.day) == (2, 29):
        day -= dt.timedelta(days=1)
    return day.replace(year=day.year + years)


def _reading(plan: Plan, models: FittedModels) -> dict[str, Any]:
    """Give how patients are read and what is predicted of them."""
    encoding = models.encoding
    return {
        "codebook": [
            predictor.model_dump(mode="json", exclude_defaults=True)
            for predictor in plan.cohort.codebook
        ],
        "preprocessing": {
            "columns": list(encoding.names),
            "fill": {
                predictor.column: fill
                for predictor, fill in zip(encoding.predictors, encoding.fill, strict=True)
            },
        },
        "outcomes": {
            spec.name: {
                "label": spec.title,
                "desirable": spec.desirable,
                "primary": spec.primary,
                "threshold": spec.threshold,
            }
            for spec in plan.outcomes
        },
        "thresholds": {
            spec.name: spec.threshold for spec in plan.outcomes if spec.threshold is not None
        },
    }


def _uncertainty(plan: Plan, recommended: RecommendedModels) -> dict[str, Any]:
    """Give the ranges, what they held where that was measured, and what they never hold."""
    return {
        "level": 0.95,
        **recommended.ranges_to_plain(),
        "coverage": {
            **RANGE_COVERAGE,
            "patients": MEASURED_PATIENTS,
            "of_this_study": was_measured(plan, RANGE_PARTS),
        },
        "holds_not": list(_NOT_HELD),
    }


def _performance(result: StudyResult) -> dict[str, Any]:
    return {
        name: {
            arm: {
                "auc_apparent": outcome.arms[arm].auc.apparent,
                "auc_harrell": outcome.arms[arm].auc.harrell,
                "auc_headline": outcome.arms[arm].auc.headline,
                "headline_method": outcome.arms[arm].auc.headline_method,
                "harrell_valid": outcome.arms[arm].gate.harrell_valid,
                "gate": outcome.arms[arm].gate.reason,
            }
            for arm in ARMS
        }
        for name, outcome in result.outcomes.items()
    }
