"""The share of patients at or above the threshold in every version, of gain or of loss.

Who loses is who gains where every benefit is turned round: one computation serves both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics.ranking.heterogeneity_chain import ChainRepeat
from twoarm.diagnostics.ranking.heterogeneity_summary import (
    Band,
    band_of,
    bounded,
    summarise_chain,
)
from twoarm.metrics import Estimate, share_at_threshold, share_losing

__all__ = ["ThresholdShares", "bands", "threshold_shares"]


@dataclass(frozen=True, slots=True)
class ThresholdShares:
    """Shares of patients who reach the threshold; see `Heterogeneity`."""

    raw: float
    crossfit: float
    shrunk: Estimate
    deconvolved: Estimate
    no_effect: Band
    same_effect: Band


def bands(
    drawn: Iterable[NDArray[np.float64] | None], threshold: float, *, whole: bool = False
) -> tuple[Band, Band]:
    """Give the bands of the shares who gain, and who lose, the threshold over draws of a null."""
    shares = [
        (None, None)
        if one is None
        else (share_at_threshold(one, threshold), share_losing(one, threshold))
        for one in drawn
    ]
    gaining, losing = (band_of([pair[side] for pair in shares], whole=whole) for side in (0, 1))
    return gaining, losing


def threshold_shares(
    in_sample: NDArray[np.float64],
    repeats: Sequence[ChainRepeat],
    halves: Sequence[ChainRepeat],
    nulls: Sequence[Band],
    threshold: float,
) -> ThresholdShares:
    """Put the versions together.

    Parameters
    ----------
    in_sample : ndarray, shape (n,)
        Benefit by models of everybody.
    repeats, halves : sequence of ChainRepeat
        Of all patients, and of half of them.
    nulls : sequence of two Bands
        Without an effect, and with the same odds ratio for all.
    threshold : float
        Absolute benefit.
    """
    whole = summarise_chain(repeats, threshold)
    parts = [summarise_chain([one], threshold, always=True) for one in halves]
    shrunk, deconvolved = (
        bounded(getattr(whole, name), [getattr(part, name) for part in parts], (0.0, 1.0))
        for name in ("shrunk", "deconvolved")
    )
    raw = share_at_threshold(in_sample, threshold)
    return ThresholdShares(raw, whole.crossfit, shrunk, deconvolved, *nulls)
