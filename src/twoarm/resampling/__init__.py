"""Replicates, what they say about optimism, and where they are kept."""

from twoarm.resampling.draws import draw_counts
from twoarm.resampling.metric import Gate, Metric
from twoarm.resampling.optimism import ResampledScores, corrected_auc, corrected_brier, gate
from twoarm.resampling.scores import SCORES, score
from twoarm.resampling.store import ArraySpec, FitFailure, RunStore, StoredReplicate
from twoarm.resampling.validate import Validation, validate

__all__ = [
    "SCORES",
    "ArraySpec",
    "FitFailure",
    "Gate",
    "Metric",
    "ResampledScores",
    "RunStore",
    "StoredReplicate",
    "Validation",
    "corrected_auc",
    "corrected_brier",
    "draw_counts",
    "gate",
    "score",
    "validate",
]
