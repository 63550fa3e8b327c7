"""Every measure of every replicate in one pass over its predictions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twoarm.kernels.assign import overwrite
from twoarm.kernels.jit import kernel
from twoarm.kernels.lowess import calibration_errors
from twoarm.kernels.ranks import concordance
from twoarm.kernels.recalibration import (
    gini_mean_difference,
    in_the_large,
    null_loss,
    recalibrate,
)

__all__ = ["LOGIT_LIMIT", "LOG_LOSS_LIMIT", "MEASURES", "score_replicates"]

LOGIT_LIMIT = 1e-6
"""Probabilities nearer to 0 or 1 have the linear predictor of this one."""

LOG_LOSS_LIMIT = 0.001
"""Probabilities nearer to 0 or 1 have the log-loss of this one."""

MEASURES = (
    "auc",
    "brier",
    "log_loss",
    "r2",
    "g",
    "gp",
    "intercept",
    "slope",
    "in_the_large",
    "ici",
    "e50",
    "e90",
    "emax",
)
"""The measures, in the order of the table's rows."""

_N_MEASURES = len(MEASURES)


@kernel
def score_replicates(
    risk: NDArray[np.float64], outcome: NDArray[np.int64], counts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Measure replicates: risk and counts have shape (replicates, n), the table (.., measures, 3).

    Columns: the resample, all n rows, the rows not drawn. Measures that need a regression are made
    for the first two alone, calibration in the large and those that need a smoother for the second;
    NaN elsewhere, and where a prediction is not finite.
    """
    n_replicates, n = risk.shape
    table = np.full((n_replicates, _N_MEASURES, 3), np.nan)
    sets = np.empty((3, n))
    for b in range(n_replicates):
        if not np.isfinite(risk[b]).all():
            continue
        order = np.argsort(risk[b])
        for i in range(n):
            drawn = counts[b, order[i]]
            sets[0, i] = drawn
            sets[1, i] = 1.0
            sets[2, i] = 1.0 if drawn == 0 else 0.0
        _score(risk[b][order], outcome[order], sets, table[b])
    return table


@kernel
def _score(
    risk: NDArray[np.float64],
    outcome: NDArray[np.int64],
    sets: NDArray[np.float64],
    table: NDArray[np.float64],
) -> None:
    overwrite(table[0], concordance(risk, outcome, sets))
    lp = np.empty(risk.shape[0])
    squared, loss, total = np.zeros(3), np.zeros(3), np.zeros(3)
    for i in range(risk.shape[0]):
        logit_risk = min(max(risk[i], LOGIT_LIMIT), 1.0 - LOGIT_LIMIT)
        lp[i] = np.log(logit_risk / (1.0 - logit_risk))
        distance = (outcome[i] - risk[i]) ** 2
        trimmed = min(max(risk[i], LOG_LOSS_LIMIT), 1.0 - LOG_LOSS_LIMIT)
        surprise = -np.log(trimmed if outcome[i] == 1 else 1.0 - trimmed)
        for s in range(3):
            squared[s] += sets[s, i] * distance
            loss[s] += sets[s, i] * surprise
            total[s] += sets[s, i]
    for s in range(3):
        if total[s] > 0.0:
            table[1, s] = squared[s] / total[s]
            table[2, s] = loss[s] / total[s]
    for s in range(2):
        _recalibrated(lp, outcome, sets[s], total[s], table[:, s])
    table[8, 1] = in_the_large(lp, outcome, sets[1])
    table[9, 1], table[10, 1], table[11, 1], table[12, 1] = calibration_errors(
        risk, outcome.astype(np.float64)
    )


@kernel
def _recalibrated(
    lp: NDArray[np.float64],
    outcome: NDArray[np.int64],
    weight: NDArray[np.float64],
    total: float,
    column: NDArray[np.float64],
) -> None:
    intercept, slope, loss = recalibrate(lp, outcome, weight)
    column[6], column[7] = intercept, slope
    if np.isnan(loss):
        return
    without = null_loss(outcome, weight)
    gained = 1.0 - np.exp(2.0 * (loss - without) / total)
    column[3] = gained / (1.0 - np.exp(-2.0 * without / total))
    if np.isnan(slope):  # the same prediction for everybody
        column[3], column[4], column[5] = 0.0, 0.0, 0.0
        return
    column[4] = abs(slope) * gini_mean_difference(lp, weight)
    column[5] = gini_mean_difference(1.0 / (1.0 + np.exp(-(intercept + slope * lp))), weight)
