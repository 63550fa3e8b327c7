"""Replicates, what they say about optimism, and where they are kept."""

from twoarm.resampling.draws import draw_counts
from twoarm.resampling.gate import Gate, gate
from twoarm.resampling.intervals import (
    delong,
    harrell_2025,
    infinitesimal_jackknife,
    location_shifted,
    logit_normal,
)
from twoarm.resampling.metric import (
    LARGEST_MISSING_SHARE,
    CalibrationMetrics,
    Metric,
    Range,
)
from twoarm.resampling.model_spread import (
    ModelSpread,
    model_spread,
    replicates_needed,
    variance_between_models,
)
from twoarm.resampling.nested_cv import CrossValidated, nested_cv
from twoarm.resampling.optimism import HEADLINE, ResampledScores
from twoarm.resampling.performance import Performance, performance
from twoarm.resampling.scores import SCORES, score, score_all
from twoarm.resampling.store import ArraySpec, FitFailure, RunStore, StoredReplicate
from twoarm.resampling.validate import Validation, validate

__all__ = [
    "HEADLINE",
    "LARGEST_MISSING_SHARE",
    "SCORES",
    "ArraySpec",
    "CalibrationMetrics",
    "CrossValidated",
    "FitFailure",
    "Gate",
    "Metric",
    "ModelSpread",
    "Performance",
    "Range",
    "ResampledScores",
    "RunStore",
    "StoredReplicate",
    "Validation",
    "delong",
    "draw_counts",
    "gate",
    "harrell_2025",
    "infinitesimal_jackknife",
    "location_shifted",
    "logit_normal",
    "model_spread",
    "nested_cv",
    "performance",
    "replicates_needed",
    "score",
    "score_all",
    "validate",
    "variance_between_models",
]
