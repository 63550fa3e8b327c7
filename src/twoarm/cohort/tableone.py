"""Table 1: the two arms at baseline, with standardized differences."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.cohort import Cohort

__all__ = ["LevelRow", "NumberRow", "TableOne", "row_of", "table_one"]

_NEGLIGIBLE = 1e-10
"""Differences of shares, and spreads relative to the mean, that are rounding errors."""


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number: summaries for control and treated, in the predictor's unit."""

    predictor: Predictor
    mean: tuple[float, float]
    sd: tuple[float, float]
    median: tuple[float, float]
    quartiles: tuple[tuple[float, float], tuple[float, float]]
    missing: tuple[int, int]
    smd: float


@dataclass(frozen=True, slots=True)
class LevelRow:
    """Levels: patients at each level, for control and treated."""

    predictor: Predictor
    counts: tuple[tuple[int, ...], tuple[int, ...]]
    missing: tuple[int, int]
    smd: float

    @property
    def percentages(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The same in percent of the patients in whom it is not missing; 0 if there are none."""
        control, treated = (
            tuple(100 * count / max(1, sum(counts)) for count in counts) for counts in self.counts
        )
        return control, treated


@dataclass(frozen=True, slots=True)
class TableOne:
    """Baseline characteristics of both arms.

    Attributes
    ----------
    n : tuple of int
        Patients in control and treated.
    rows : tuple of NumberRow or LevelRow
        One a predictor, then one a column of the propensity. `smd` is treated minus control in
        pooled standard deviations (Austin 2009, doi 10.1002/sim.3697); for several levels the
        Mahalanobis distance of the shares (Yang and Dalton 2012), which has no sign. NaN where it
        is not defined.
    """

    n: tuple[int, int]
    rows: tuple[NumberRow | LevelRow, ...]


def table_one(cohort: Cohort) -> TableOne:
    """Summarise what was measured in both arms; missing values are counted and left out."""
    arms = [cohort.treatment == arm for arm in (0, 1)]
    rows = [
        row_of(predictor, values[arms[0]], values[arms[1]])
        for predictor, values in cohort.measured()
    ]
    return TableOne((int(arms[0].sum()), int(arms[1].sum())), tuple(rows))


def row_of(
    predictor: Predictor, control: NDArray[np.float64], treated: NDArray[np.float64]
) -> NumberRow | LevelRow:
    """Summarise one variable in two groups, each of shape (patients,), coded as in a cohort.

    The groups need not be arms: `smd` is the second minus the first.
    """
    missing = (int(np.isnan(control).sum()), int(np.isnan(treated).sum()))
    control, treated = (column[np.isfinite(column)] for column in (control, treated))
    if predictor.is_number:
        return _number_row(predictor, control, treated, missing)
    return _level_row(predictor, control, treated, missing)


def _number_row(
    predictor: Predictor,
    control: NDArray[np.float64],
    treated: NDArray[np.float64],
    missing: tuple[int, int],
) -> NumberRow:
    both = (control, treated)
    means = tuple(float(x.mean()) if x.size else math.nan for x in both)
    sds = tuple(float(x.std(ddof=1)) if x.size > 1 else math.nan for x in both)
    quartiles = [np.quantile(x, [0.25, 0.5, 0.75]) if x.size else np.full(3, np.nan) for x in both]
    pooled = math.sqrt((sds[0] ** 2 + sds[1] ** 2) / 2)
    spread = pooled > _NEGLIGIBLE * abs(means[0])
    return NumberRow(
        predictor,
        (means[0], means[1]),
        (sds[0], sds[1]),
        (float(quartiles[0][1]), float(quartiles[1][1])),
        (
            (float(quartiles[0][0]), float(quartiles[0][2])),
            (float(quartiles[1][0]), float(quartiles[1][2])),
        ),
        missing,
        (means[1] - means[0]) / pooled if spread else math.nan,
    )


def _level_row(
    predictor: Predictor,
    control: NDArray[np.float64],
    treated: NDArray[np.float64],
    missing: tuple[int, int],
) -> LevelRow:
    n_levels = len(predictor.all_levels)
    counts = [np.bincount(x.astype(np.intp), minlength=n_levels) for x in (control, treated)]
    smd = math.nan
    if control.size and treated.size:
        shares = [count / count.sum() for count in counts]
        smd = _smd_of_shares(shares[0], shares[1])
    return LevelRow(
        predictor,
        (tuple(int(c) for c in counts[0]), tuple(int(c) for c in counts[1])),
        missing,
        smd,
    )


def _smd_of_shares(control: NDArray[np.float64], treated: NDArray[np.float64]) -> float:
    difference = (treated - control)[1:]
    covariance = np.zeros((difference.size, difference.size))
    for shares in (control[1:], treated[1:]):
        covariance += (np.diag(shares) - np.outer(shares, shares)) / 2
    if difference.size == 1:
        variance = float(covariance[0, 0])
        return float(difference[0]) / math.sqrt(variance) if variance > 0 else math.nan
    inverse = np.linalg.pinv(covariance, rcond=_NEGLIGIBLE, hermitian=True)
    spread = covariance @ inverse @ difference  # the part of the difference that has a variance
    if not covariance.any() or np.abs(spread - difference).max() > _NEGLIGIBLE:
        return math.nan
    return math.sqrt(max(float(difference @ inverse @ difference), 0.0))
