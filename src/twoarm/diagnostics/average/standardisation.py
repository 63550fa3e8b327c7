"""Standardised average effects (the g-formula), with an error from refitting in resamples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from twoarm.diagnostics.comparability.nuisances import fit_outcomes
from twoarm.metrics import Estimate, wald
from twoarm.seeds import Stream, generator

__all__ = ["by_resampling", "resampled"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_UNDEFINED_SHARE = 0.20
"""No standard error if the models could not be fitted in more of the resamples."""


def resampled(
    X: Floats,
    y: Floats,
    arm: Ints,
    target: Floats,
    folds: Ints,
    model: Any,
    replicates: int,
    seed: int,
) -> list[float]:
    """Give the g-formula in resamples of patients, within arms; copies share the fold.

    A resample with a single outcome value in an arm, or in the patients learnt from, cannot be
    fitted and is left out.
    """
    arms = [np.flatnonzero(arm == each) for each in (0, 1)]
    estimates = []
    for index in range(replicates):
        rng = generator(seed, Stream.REPLICATE, index)
        rows = np.concatenate([rng.choice(each, each.size) for each in arms])
        if not _is_fittable(y[rows], arm[rows], folds[rows]):
            continue
        mu0, mu1 = fit_outcomes(X[rows], y[rows], arm[rows], folds[rows], model)
        estimates.append(float(np.average(mu1 - mu0, weights=target[rows])))
    return estimates


def by_resampling(estimate: float, refitted: list[float], replicates: int) -> Estimate:
    """Give an estimate with the interval that its spread over resamples says.

    t with one degree of freedom less than resamples: few of them tell the spread roughly. No
    interval if fewer than 80 % of the `replicates` could be fitted.

    Examples
    --------
    >>> by_resampling(0.1, [0.0, 0.2], 2).se.__round__(4)
    0.1414
    >>> by_resampling(0.1, [], 50).se
    nan
    """
    if len(refitted) < max(2.0, (1.0 - _UNDEFINED_SHARE) * replicates):
        return wald(estimate)
    se = float(np.std(refitted, ddof=1))
    half = float(student.ppf(0.975, len(refitted) - 1)) * se
    return Estimate(estimate, se, estimate - half, estimate + half)


def _is_fittable(y: Floats, arm: Ints, folds: Ints) -> bool:
    """Whether each arm has two outcome values outside of every fold."""
    return all(
        np.unique(y[(arm == each) & ((folds != fold) | (folds < 0))]).size > 1
        for each in (0, 1)
        for fold in np.unique(folds)
    )
