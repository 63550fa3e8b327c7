"""Test patients of a model file: drawn at random, with what the run's models say of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor, canonical
from twoarm.metrics import as_benefit
from twoarm.modelfile import in_words
from twoarm.modelfile.predictor import member_risk
from twoarm.seeds import Stream, generator
from twoarm.study.files.recommended import RecommendedModels
from twoarm.study.fit.fits import FittedModels
from twoarm.study.plan.plan import Plan

__all__ = ["vectors"]

Floats = NDArray[np.float64]

_VECTORS = 60
_SHARE_MISSING = 0.1


def vectors(
    plan: Plan, models: FittedModels, recommended: RecommendedModels, treatment: dict[str, Any]
) -> list[dict[str, Any]]:
    """Draw patients; give their cells, how these read, and what the run's models say of them.

    They hold no patient of the cohort: numbers lie anywhere in the ranges seen. Every level occurs,
    and a missing value of each predictor that may be missing.
    """
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
    propensity = member_risk(treatment, X)
    said = _said(plan, models, X)
    ranged = _ranged(plan, recommended, X)
    return [
        {
            "cells": {each.column: _cell(each, x) for each, x in zip(codebook, row, strict=True)},
            "reads": {
                each.column: in_words(each, x)
                for each, x in zip(codebook, row, strict=True)
                if math.isfinite(x)
            },
            "propensity": float(propensity[k]),
            "risks": {name: values[:2, k].tolist() for name, values in said.items()},
            "benefit": {name: float(values[2, k]) for name, values in said.items()},
            "recommended": {name: values[:, k].tolist() for name, values in ranged.items()},
        }
        for k, row in enumerate(coded)
    ]


def _said(plan: Plan, models: FittedModels, X: Floats) -> dict[str, Floats]:
    """Give mu0, mu1 and benefit, shape (3, n), by the study's learner."""
    found = {}
    for spec in plan.outcomes:
        mu0, mu1 = (model.predict_proba(X)[:, 1] for model in models.stacks[spec.name])
        found[spec.name] = np.stack([mu0, mu1, as_benefit(mu1 - mu0, desirable=spec.desirable)])
    return found


def _ranged(plan: Plan, recommended: RecommendedModels, X: Floats) -> dict[str, Floats]:
    """Give mu0, mu1, benefit and its range, shape (5, n), by the recommended learner."""
    risks = recommended.risks(X)
    width = recommended.half_widths(X, risks)
    found = {}
    for spec in plan.outcomes:
        if spec.name not in risks:
            continue
        mu0, mu1 = risks[spec.name]
        benefit = as_benefit(mu1 - mu0, desirable=spec.desirable)
        ends = [np.clip(benefit + side * width[spec.name], -1.0, 1.0) for side in (-1.0, 1.0)]
        found[spec.name] = np.stack([mu0, mu1, benefit, *ends])
    return found


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
