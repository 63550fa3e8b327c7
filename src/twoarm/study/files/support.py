"""Whom a model has seen the like of: limits, moments and counts, and no patient's row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.encoding import EncodingSpec
from twoarm.diagnostics import Absent
from twoarm.learners import Logistic
from twoarm.study.judge.comparability.overlap import OVERLAP
from twoarm.study.plan.plan import Plan
from twoarm.study.result import StudyResult

__all__ = ["joint_support", "overlap", "support"]

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_ROUNDING = 1e-9  # a patient at the limit is inside, in whatever order a reader adds
_NO_DIRECTION = 1e-8  # of the variance of a standardised column: a direction nobody varies in


def support(plan: Plan) -> dict[str, Any]:
    """Give what was seen of each predictor; of levels, those in both arms."""
    cohort = plan.cohort
    return {
        each.column: _seen(each, cohort.predictors[:, k], cohort.treatment)
        for k, each in enumerate(cohort.codebook)
    }


def _seen(
    predictor: Predictor, values: NDArray[np.float64], arm: NDArray[np.int64]
) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    seen: dict[str, Any] = {
        "min": float(known.min()),
        "max": float(known.max()),
        "missing": float(1.0 - known.size / values.size),
    }
    if predictor.is_number:
        quantiles = np.quantile(known, _QUANTILES)
        return seen | {
            "mean": float(known.mean()),
            "sd": float(known.std(ddof=1)) if known.size > 1 else None,
            "quantiles": {
                f"{share:g}": float(each) for share, each in zip(_QUANTILES, quantiles, strict=True)
            },
        }
    shared = set(values[arm == 0]) & set(values[arm == 1])
    levels = sorted(int(level) for level in set(known))
    return seen | {
        "levels": [level for level in levels if level in shared],
        "counts": {str(level): int((known == level).sum()) for level in levels},
    }


def joint_support(plan: Plan, encoding: EncodingSpec) -> dict[str, Any]:
    """Give how far from the cohort's middle its patients lie, all predictors together.

    The distance is Mahalanobis's: `root` turns standardised columns into uncorrelated ones with
    variance 1. `limit` is the largest distance that occurs in both arms; of a patient farther out
    nobody's like was seen under one of the treatments.
    """
    X = encoding.encode(plan.cohort.predictors)
    centre, spread = X.mean(axis=0), X.std(axis=0)
    varies = spread > 0.0
    z = (X - centre) / np.where(varies, spread, np.inf)
    value, vector = np.linalg.eigh(z.T @ z / len(z))
    kept = value > _NO_DIRECTION
    root = vector[:, kept] / np.sqrt(value[kept])
    distance = np.sqrt(((z @ root) ** 2).sum(axis=1))
    arm = plan.cohort.treatment
    return {
        "centre": centre.tolist(),
        "scale": np.where(varies, spread, 0.0).tolist(),
        "root": root.tolist(),
        "limit": min(float(distance[arm == side].max()) for side in (0, 1)) * (1.0 + _ROUNDING),
    }


def overlap(result: StudyResult, encoding: EncodingSpec) -> dict[str, Any]:
    """Give who could have been in either arm: treatment foreseen from predictors, and the bound."""
    cohort, found = result.plan.cohort, result.answers.of(OVERLAP)
    fitted = Logistic().fit(encoding.encode(cohort.predictors), cohort.treatment)
    alpha = 0.0 if isinstance(found, Absent) else found.trimming.alpha
    return {"treatment": fitted.to_plain(), "alpha": alpha}
