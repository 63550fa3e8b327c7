"""Measures of predictions: arrays in, value out."""

from twoarm.metrics.discrimination import Interval, auc, auc_interval
from twoarm.metrics.overall import brier, brier_no_information

__all__ = ["Interval", "auc", "auc_interval", "brier", "brier_no_information"]
