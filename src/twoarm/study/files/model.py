"""The model file of a run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor, canonical
from twoarm.diagnostics import Absent
from twoarm.errors import ArgumentError
from twoarm.learners import Logistic
from twoarm.modelfile import FORMAT, FORMAT_VERSION, digest, in_words
from twoarm.modelfile.predictor import member_risk
from twoarm.seeds import Stream, generator
from twoarm.study.fit.fits import FittedModels
from twoarm.study.judge.comparability.overlap import OVERLAP
from twoarm.study.plan.model_predictors import NO_PREDICTORS
from twoarm.study.plan.plan import ARMS, Plan
from twoarm.study.result import StudyResult

__all__ = ["model_content"]

_VECTORS = 60
_SHARE_MISSING = 0.1


def model_content(result: StudyResult, models: FittedModels) -> dict[str, Any]:
    """Give the content of ``model.json``.

    It holds no patient: test vectors are drawn at random within the ranges seen in training. They
    hold every level, and a missing value of each predictor that may be missing.

    Raises
    ------
    ArgumentError
        If a plug-in with weight in a stack cannot be written down, or there are no predictors.
    """
    plan = result.plan
    if not plan.file.predictors:
        raise ArgumentError(NO_PREDICTORS)
    overlap = _overlap(result, models)
    content = {
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
            predictor.column: _supported(
                predictor, plan.cohort.predictors[:, k], plan.cohort.treatment
            )
            for k, predictor in enumerate(plan.cohort.codebook)
        },
        "overlap": overlap,
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
        "test_vectors": _test_vectors(plan, models, overlap["treatment"]),
    }
    return content | {"digest": digest(content)}


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


def _overlap(result: StudyResult, models: FittedModels) -> dict[str, Any]:
    """Give who could have been in either arm: treatment foreseen from predictors, and the bound."""
    cohort, found = result.plan.cohort, result.answers.of(OVERLAP)
    fitted = Logistic().fit(models.encoding.encode(cohort.predictors), cohort.treatment)
    alpha = 0.0 if isinstance(found, Absent) else found.trimming.alpha
    return {"treatment": fitted.to_plain(), "alpha": alpha}


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


def _supported(
    predictor: Predictor, values: NDArray[np.float64], arm: NDArray[np.int64]
) -> dict[str, Any]:
    """Give what was seen; of levels, those in both arms."""
    seen = _seen(predictor, values)
    if not predictor.is_number:
        shared = set(values[arm == 0]) & set(values[arm == 1])
        seen["levels"] = [level for level in seen["levels"] if level in shared]
    return seen


def _seen(predictor: Predictor, values: NDArray[np.float64]) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    seen: dict[str, Any] = {"min": float(known.min()), "max": float(known.max())}
    if not predictor.is_number:
        seen["levels"] = sorted({int(value) for value in known})
    return seen


def _test_vectors(
    plan: Plan, models: FittedModels, treatment: dict[str, Any]
) -> list[dict[str, Any]]:
    """Draw patients; give their cells, how these read, and what the run's models say of them."""
    codebook = plan.cohort.codebook
    rng = generator(plan.seed, Stream.TEST_VECTORS)
    n = max([_VECTORS, *(len(predictor.all_levels) for predictor in codebook)])
    coded = np.column_stack(
        [
            _drawn(predictor, plan.cohort.predictors[:, k], n, rng)
            for k, predictor in enumerate(codebook)
        ]
    )
    X = models.encoding.encode(coded)
    risks = {
        name: np.stack([model.predict_proba(X)[:, 1] for model in pair])
        for name, pair in models.stacks.items()
    }
    propensity = member_risk(treatment, X)
    sign = {spec.name: 1.0 if spec.desirable else -1.0 for spec in plan.outcomes}
    return [
        {
            "cells": {each.column: _cell(each, x) for each, x in zip(codebook, row, strict=True)},
            "reads": {
                each.column: in_words(each, x)
                for each, x in zip(codebook, row, strict=True)
                if math.isfinite(x)
            },
            "propensity": float(propensity[k]),
            "risks": {name: values[:, k].tolist() for name, values in risks.items()},
            "benefit": {
                name: float(sign[name] * (values[1, k] - values[0, k]))
                for name, values in risks.items()
            },
        }
        for k, row in enumerate(coded)
    ]


def _cell(predictor: Predictor, value: float) -> str:
    """Spell a coded value as a data file does."""
    if math.isnan(value):
        return ""
    if not predictor.is_number:
        return str(predictor.all_levels[int(value)].code)
    return str(int(value)) if value.is_integer() else repr(float(value))


def _drawn(
    predictor: Predictor, known: NDArray[np.float64], n: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw n values of a predictor: numbers within those known, every level in turn.

    A number that spells a missing code would be read as missing; the smallest one known stands for
    it, which is no code.
    """
    if predictor.is_number:
        low, high = float(np.nanmin(known)), float(np.nanmax(known))
        fine = predictor.type == "number" and high > low
        decimals = max(0, 2 - math.floor(math.log10(high - low))) if fine else 0
        values = np.clip(np.round(rng.uniform(low, high, n), decimals), low, high)
        codes = {canonical(code) for code in predictor.missing_codes}
        is_code = [canonical(_cell(predictor, value)) in codes for value in values.tolist()]
        values[is_code] = low
    else:
        values = rng.permutation(np.arange(n) % len(predictor.all_levels)).astype(np.float64)
    empty_is_a_level = any(str(level.code).strip() == "" for level in predictor.all_levels)
    if predictor.may_be_missing and not empty_is_a_level:
        values[rng.choice(n, math.ceil(n * _SHARE_MISSING), replace=False)] = np.nan
    return values
