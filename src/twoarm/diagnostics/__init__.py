"""Can it be causal? One question, one file, one finding."""

from twoarm.diagnostics.average_effect import AverageEffect, Estimate, average_effect

__all__ = ["AverageEffect", "Estimate", "average_effect"]
