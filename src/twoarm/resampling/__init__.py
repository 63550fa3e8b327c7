"""Replicates, what they say about optimism, and where they are kept."""

from twoarm.resampling.draws import draw_counts
from twoarm.resampling.metric import Gate, Metric
from twoarm.resampling.optimism import ResampledScores, corrected_auc, corrected_brier
from twoarm.resampling.scores import SCORES, score
from twoarm.resampling.store import RunStore
from twoarm.resampling.validate import Validation, validate

__all__ = [
    "SCORES",
    "Gate",
    "Metric",
    "ResampledScores",
    "RunStore",
    "Validation",
    "corrected_auc",
    "corrected_brier",
    "draw_counts",
    "score",
    "validate",
]
