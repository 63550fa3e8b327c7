"""Every interval that could stand about a headline AUC, for `coverage` and `headline`."""

from __future__ import annotations

import numpy as np

from twoarm.metrics import Interval, auc_interval, auc_variance
from twoarm.resampling import Validation, delong, logit_normal


def headlines(found: Validation) -> dict[str, float]:
    """Give the estimates that an interval may be centred on."""
    values = {"d632plus": found.auc.d632plus, "nested_cv": found.auc.nested_cv}
    if None not in values.values():
        values["d632plus_cv"] = 0.5 * sum(values.values())
    return {name: value for name, value in values.items() if value is not None}


def candidates(found: Validation, centre: float) -> dict[str, Interval]:
    """Give every candidate; those that are not centred on the headline say so in their name."""
    metric, risks = found.auc, found.cv.risk[found.cv.complete]
    found_intervals = {
        "hanley_mcneil": auc_interval(centre, found.events, found.n - found.events),
    }
    if len(risks):
        logits = np.log(np.clip(risks, 1e-6, None) / np.clip(1 - risks, 1e-6, None))
        mean_risk = 1 / (1 + np.exp(-logits.mean(axis=0)))
        variance = auc_variance(found.outcome, mean_risk)
        if 0 < centre < 1 and np.isfinite(variance):
            found_intervals["delong_of_cv"] = logit_normal("delong_of_cv", centre, variance)
    for each in metric.intervals:
        shift = centre - metric.harrell
        moved = Interval(each.method, each.low + shift, each.high + shift)
        found_intervals |= {f"{each.method}, about Harrell": each, each.method: moved}
    apparent = delong(found.outcome, found.risk)
    if apparent is not None:
        found_intervals["delong, apparent"] = apparent
    return found_intervals


def limits(found: Validation, centre: float) -> dict[str, list[float]]:
    """Give the limits of every candidate by its name."""
    return {name: [each.low, each.high] for name, each in candidates(found, centre).items()}


def widened(interval: list[float], factor: float) -> list[float]:
    """Give limits whose half-width on the logit scale is `factor` times as large."""
    low, high = interval
    if not 0 < low <= high < 1:
        return [low, high]
    logits = np.log([low / (1 - low), high / (1 - high)])
    middle, half = logits.mean(), factor * np.diff(logits)[0] / 2
    return [float(1 / (1 + np.exp(-(middle + side * half)))) for side in (-1, 1)]


def judged(intervals: list[list[float]], truth: np.ndarray, oracle: float) -> dict[str, float]:
    """Give coverage with its error, misses on each side, and width, also in oracle widths."""
    low, high = np.array(intervals).T
    covered = float(((low <= truth) & (truth <= high)).mean())
    return {
        "cohorts": len(intervals),
        "coverage": covered,
        "mcse": float(np.sqrt(covered * (1 - covered) / len(intervals))),
        "truth_below": float((truth < low).mean()),
        "truth_above": float((truth > high).mean()),
        "width": float((high - low).mean()),
        "width_by_oracle": float((high - low).mean() / oracle),
    }
