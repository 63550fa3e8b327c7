"""The model file of a run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.errors import ArgumentError
from twoarm.modelfile import FORMAT, FORMAT_VERSION
from twoarm.seeds import Stream, generator
from twoarm.study.fit.fits import FittedModels
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.plan.plan import ARMS, Plan
from twoarm.study.result import StudyResult

__all__ = ["model_content"]

_VECTORS = 60
_SHARE_MISSING = 0.1


def model_content(result: StudyResult, models: FittedModels) -> dict[str, Any]:
    """Give the content of ``model.json``.

    It holds no patient: test vectors are drawn at random within the ranges seen in training.

    Raises
    ------
    ArgumentError
        If a plug-in with weight in a stack cannot be written down, or there are no predictors.
    """
    plan = result.plan
    if not plan.file.predictors:
        raise ArgumentError(NO_PREDICTORS)
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": plan.study.name,
        "title": plan.file.study.title,
        "twoarm_version": result.version,
        "synthetic": plan.cohort.synthetic,
        "intended_use": "Research on who benefits from the treatment; not for decisions about "
        "patients.",
        "not_for": "Patients outside the eligibility rules or the ranges under 'support'; any use "
        "as a medical device.",
        "population": _population(result),
        "labels": {
            "control": plan.file.treatment.labels.control,
            "treated": plan.file.treatment.labels.treated,
        },
        "codebook": [
            predictor.model_dump(mode="json", exclude_defaults=True)
            for predictor in plan.cohort.codebook
        ],
        "preprocessing": {
            "columns": list(models.encoding.names),
            "fill": {
                predictor.column: fill
                for predictor, fill in zip(
                    models.encoding.predictors, models.encoding.fill, strict=True
                )
            },
        },
        "support": {
            predictor.column: _seen(predictor, plan.cohort.predictors[:, k])
            for k, predictor in enumerate(plan.cohort.codebook)
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
        "arms": {
            arm: {name: pair[k].to_plain() for name, pair in models.stacks.items()}
            for k, arm in enumerate(ARMS)
        },
        "performance": _performance(result),
        "provenance": {
            "study": plan.study.digest,
            "data": plan.cohort.digest,
            "seed": plan.seed,
            "replicates": result.replicates,
        },
        "test_vectors": _test_vectors(plan, models),
    }


def _population(result: StudyResult) -> dict[str, Any]:
    plan = result.plan
    return {
        "n": len(plan.cohort),
        "n_control": int((plan.cohort.treatment == 0).sum()),
        "n_treated": int((plan.cohort.treatment == 1).sum()),
        "events": {
            name: {arm: outcome.arms[arm].events for arm in ARMS}
            for name, outcome in result.outcomes.items()
        },
        "eligibility": plan.file.target_trial.eligibility,
        "control_definition": plan.file.target_trial.control_definition,
    }


def _performance(result: StudyResult) -> dict[str, Any]:
    return {
        name: {
            arm: {
                "auc_apparent": outcome.arms[arm].auc.apparent,
                "auc_headline": outcome.arms[arm].auc.headline,
                "headline_method": outcome.arms[arm].auc.headline_method,
                "harrell_valid": outcome.arms[arm].gate.harrell_valid,
            }
            for arm in ARMS
        }
        for name, outcome in result.outcomes.items()
    }


def _seen(predictor: Predictor, values: NDArray[np.float64]) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    seen: dict[str, Any] = {"min": float(known.min()), "max": float(known.max())}
    if not predictor.is_number:
        seen["levels"] = sorted({int(value) for value in known})
    return seen


def _test_vectors(plan: Plan, models: FittedModels) -> list[dict[str, Any]]:
    rng = generator(plan.seed, Stream.TEST_VECTORS)
    coded = np.column_stack(
        [
            _drawn(predictor, _seen(predictor, plan.cohort.predictors[:, k]), rng)
            for k, predictor in enumerate(plan.cohort.codebook)
        ]
    )
    X = models.encoding.encode(coded)
    risks = {
        name: np.stack([model.predict_proba(X)[:, 1] for model in pair])
        for name, pair in models.stacks.items()
    }
    return [
        {
            "inputs": [None if math.isnan(value) else value for value in coded[row].tolist()],
            "risks": {name: values[:, row].tolist() for name, values in risks.items()},
        }
        for row in range(_VECTORS)
    ]


def _drawn(
    predictor: Predictor, seen: dict[str, Any], rng: np.random.Generator
) -> NDArray[np.float64]:
    if predictor.is_number:
        values = rng.uniform(seen["min"], seen["max"], _VECTORS)
        values = np.round(values, 1) if predictor.type == "number" else np.rint(values)
    else:
        values = rng.choice(np.array(seen["levels"], dtype=np.float64), _VECTORS)
    if predictor.may_be_missing:
        values[rng.random(_VECTORS) < _SHARE_MISSING] = np.nan
    return values
