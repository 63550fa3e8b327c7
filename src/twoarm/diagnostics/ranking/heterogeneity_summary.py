"""The repeats of the chain and the draws of the nulls put together into estimates and bands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics.ranking.heterogeneity_chain import ChainRepeat
from twoarm.metrics import (
    Estimate,
    deconvolved_share,
    finite,
    share_at_threshold,
    shrunk_benefit,
    wald,
)

__all__ = [
    "FEWEST_WHOLE",
    "Band",
    "ChainSummary",
    "ShrinkageSlope",
    "band",
    "band_of",
    "bounded",
    "enough",
    "slope_with_interval",
    "summarise_chain",
]

_LARGEST_SE = 0.5
_MOST_FAILURES = 0.2
_FEWEST_DRAWS = 100
FEWEST_WHOLE = 19
"""Draws of which none is as high as the data: a one-sided p-value of 5 %."""


@dataclass(frozen=True, slots=True)
class Band:
    """Mean and middle 95 % of a share over draws of a null.

    None if too many draws failed, or none was made. With `whole`, `low` and `high` are the smallest
    and the largest draw: by chance alone a share is above the largest of 19 in one case of 20.
    """

    mean: float | None
    low: float | None
    high: float | None
    draws: int
    failed: int
    whole: bool = False

    @property
    def is_rough(self) -> bool:
        """Whether so few draws succeeded that its limits decide nothing."""
        return self.draws - self.failed < (FEWEST_WHOLE if self.whole else _FEWEST_DRAWS)


@dataclass(frozen=True, slots=True)
class ShrinkageSlope(Estimate):
    """What an additional point of predicted benefit is worth; NaN if all are predicted the same.

    Estimate (not clipped) and HC3 standard error are medians over the repeats. The interval comes
    from half-samples of the whole chain, which includes learning and folds.

    Attributes
    ----------
    estimable : bool
        Whether `se` is at most 0.5; else nothing is shrunk or deconvolved.
    """

    estimable: bool

    @property
    def reason(self) -> str:
        """Why it is not estimable."""
        if not math.isfinite(self.se):
            return "all patients are predicted the same benefit"
        size = f"{self.se:.2f}" if self.se < 10 else "above 10"
        return f"the calibration slope of the benefit has a standard error of {size}"


@dataclass(frozen=True, slots=True)
class ChainSummary:
    """The chain over its repeats; see `Heterogeneity`. Shares and SDs None if not estimable."""

    slope: float
    se: float
    average: float
    crossfit: float
    sd_crossfit: float
    shrunk: float | None
    deconvolved: float | None
    sd_shrunk: float | None
    sd_deconvolved: float | None

    @property
    def estimable(self) -> bool:
        """Whether the slope is known well enough to shrink by it."""
        return bool(np.isfinite(self.slope) and self.se <= _LARGEST_SE)


def summarise_chain(
    repeats: Sequence[ChainRepeat], threshold: float, *, always: bool = False
) -> ChainSummary:
    """Put the repeats of the chain together.

    Slope, standard error, average and covariance are medians over the repeats; shares and standard
    deviations are means over them, each repeat being shrunk by the one median slope. A repeat that
    predicts the same for everybody has no slope, and nothing to shrink.

    Parameters
    ----------
    repeats : sequence of ChainRepeat
        At least one.
    threshold : float
        Absolute benefit.
    always : bool
        Shrink by any finite slope, however uncertain: for half-samples, whose own standard errors
        are larger.
    """
    slope, se, average, covariance = (
        _median([getattr(one, name) for one in repeats])
        for name in ("slope", "se", "average", "covariance")
    )
    crossfit = float(np.mean([share_at_threshold(one.benefit, threshold) for one in repeats]))
    spread = float(np.mean([one.centred.std(ddof=1) for one in repeats]))
    plain = ChainSummary(slope, se, average, crossfit, spread, None, None, None, None)
    if not (plain.estimable or (always and np.isfinite(slope))):
        return plain
    shrunk = [shrunk_benefit(one.centred, slope, average) for one in repeats]
    return ChainSummary(
        slope,
        se,
        average,
        crossfit,
        spread,
        shrunk=float(np.mean([share_at_threshold(one, threshold) for one in shrunk])),
        deconvolved=deconvolved_share(average, covariance, threshold),
        sd_shrunk=float(np.mean([one.std(ddof=1) for one in shrunk])),
        sd_deconvolved=float(np.sqrt(max(covariance, 0.0))),
    )


def _median(values: list[float]) -> float:
    """Give the median of the values there are; NaN if there is none."""
    defined = [value for value in values if np.isfinite(value)]
    return float(np.median(defined)) if defined else float("nan")


def enough(succeeded: int, asked: int) -> bool:
    """Whether at most a fifth failed, so that the rest can stand for all."""
    return succeeded >= (1.0 - _MOST_FAILURES) * asked


def band(drawn: Iterable[NDArray[np.float64] | None], threshold: float) -> Band:
    """Give the band of the share over draws of a null; None stands for a draw that failed."""
    return band_of([None if one is None else share_at_threshold(one, threshold) for one in drawn])


def band_of(shares: Sequence[float | None], *, whole: bool = False) -> Band:
    """Give the band of shares that were drawn; None stands for a draw that failed."""
    defined = np.array([share for share in shares if share is not None])
    failed = len(shares) - defined.size
    if not defined.size or not enough(defined.size, len(shares)):
        return Band(None, None, None, len(shares), failed, whole)
    low, high = np.quantile(defined, (0.0, 1.0) if whole else (0.025, 0.975))
    return Band(float(defined.mean()), float(low), float(high), len(shares), failed, whole)


def slope_with_interval(whole: ChainSummary, halves: Sequence[ChainSummary]) -> ShrinkageSlope:
    """Give the slope of all patients with its interval from the chain on halves."""
    interval = bounded(whole.slope, [half.slope for half in halves], (-np.inf, np.inf))
    return ShrinkageSlope(
        interval.estimate, whole.se, interval.low, interval.high, estimable=whole.estimable
    )


def _spread(values: Sequence[float | None]) -> float:
    """Give the standard deviation over half-samples; NaN if it is known in too few of them."""
    defined = [value for value in values if finite(value) is not None]
    if len(defined) < 2 or not enough(len(defined), len(values)):
        return math.nan
    return float(np.std(np.array(defined, dtype=np.float64), ddof=1))


def bounded(
    estimate: float | None, halves: Sequence[float | None], limits: tuple[float, float]
) -> Estimate:
    """Give an estimate with 95 % limits from its spread over halves, kept within `limits`."""
    value = finite(estimate)
    if value is None:
        return wald(math.nan)
    found = wald(value, _spread(halves))
    return replace(found, low=max(found.low, limits[0]), high=min(found.high, limits[1]))
