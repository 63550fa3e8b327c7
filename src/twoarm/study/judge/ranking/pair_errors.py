"""Errors of predicted benefit in matched pairs, averaged over matchings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.metrics import brier_for_benefit, e_for_benefit, log_loss_for_benefit, match_pairs
from twoarm.seeds import generator

__all__ = ["PairErrors", "pair_errors"]


@dataclass(frozen=True, slots=True)
class PairErrors:
    """Means over the matchings.

    Attributes
    ----------
    in_the_large : float
        Observed minus predicted benefit.
    average, median, p90 : float
        Eavg, E50 and E90 for benefit.
    log_loss, brier : float
        For benefit.
    matchings : int
    """

    in_the_large: float
    average: float
    median: float
    p90: float
    log_loss: float
    brier: float
    matchings: int


def pair_errors(
    outcome: NDArray[np.float64],
    mu0: NDArray[np.float64],
    mu1: NDArray[np.float64],
    treatment: NDArray[np.int64],
    *,
    desirable: bool,
    matchings: int,
    seed: int,
) -> PairErrors:
    """Match treated and control patients on predicted benefit, again and again, and average.

    Parameters
    ----------
    outcome, mu0, mu1, treatment : ndarray, shape (n,)
        See `twoarm.metrics.match_pairs`; the subsamples are those of `c_for_benefit` with the same
        seed.
    desirable : bool
    matchings : int
        Random subsamples of the larger arm, at least 1.
    seed : int

    Raises
    ------
    ArgumentError
        If the pairs are too few or too tied to be smoothed.
    """
    rows = np.empty((matchings, 6))
    for number in range(matchings):
        pairs = match_pairs(
            outcome, mu0, mu1, treatment, desirable=desirable, rng=generator(seed, number)
        )
        errors = e_for_benefit(pairs)
        rows[number] = (
            errors.in_the_large,
            errors.average,
            errors.median,
            errors.p90,
            log_loss_for_benefit(pairs),
            brier_for_benefit(pairs),
        )
    large, average, median, p90, loss, brier = rows.mean(axis=0).tolist()
    return PairErrors(large, average, median, p90, loss, brier, matchings)
