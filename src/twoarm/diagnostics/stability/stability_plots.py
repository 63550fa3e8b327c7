"""What an instability plot draws, as arrays; drawing them is the report's job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.diagnostics.stability.stability import Stability
from twoarm.errors import ArgumentError
from twoarm.kernels.lowess import lowess
from twoarm.metrics import calibration_curve

__all__ = [
    "CalibrationInstability",
    "InstabilityPlot",
    "calibration_instability",
    "instability_plot",
]

Floats = NDArray[np.float64]

_SHOWN: Final = 200  # replicates, as the paper advises; more make a plot black


@dataclass(frozen=True, slots=True)
class InstabilityPlot:
    """Prediction instability: predictions of the replicates over those of the full fit.

    Attributes
    ----------
    full : ndarray, shape (n,)
        Predictions of the full fit, ascending: the horizontal axis of every panel.
    low, high : ndarray, shape (n,)
        Limits of the stability intervals, smoothed over `full`: the two lines.
    mape : ndarray, shape (n,)
        Of each patient: the MAPE panel.
    instability_index : ndarray, shape (n,), or None
        Of each patient: the classification panel.
    replicates : ndarray, shape (at most 200, n)
        The points: the first replicates' predictions.
    """

    full: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mape: NDArray[np.float64]
    instability_index: NDArray[np.float64] | None
    replicates: NDArray[np.float64]

    @property
    def middle_half(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Quartiles of the shown replicates' predictions, smoothed like the limits."""
        seen = np.isfinite(self.replicates).any(axis=0)
        low, high = np.full(self.full.size, np.nan), np.full(self.full.size, np.nan)
        if seen.any():
            quartiles = np.ascontiguousarray(
                np.nanquantile(self.replicates[:, seen], (0.25, 0.75), axis=0)
            )
            low[seen], high[seen] = (lowess(self.full[seen], each) for each in quartiles)
        return low, high


def instability_plot(
    value: Stability, predictions: NDArray[np.floating], *, shown: int = _SHOWN
) -> InstabilityPlot:
    """Arrange a `Stability` for plotting.

    Parameters
    ----------
    value : Stability
        Of these predictions. Patients without a replicate are left out.
    predictions : ndarray or memory map, shape (B, n)
        The predictions it was made from; only the first `shown` replicates are read.
    shown : int
        Replicates whose points are drawn, at least 1.

    Raises
    ------
    ArgumentError
        If the predictions are of other patients, or `shown` is below 1.

    Examples
    --------
    >>> import numpy as np
    >>> from twoarm.diagnostics.stability.stability import stability
    >>> drawn = np.array([[0.4, 0.1], [0.6, 0.3]])
    >>> instability_plot(stability(drawn, [0.5, 0.2]), drawn).full
    array([0.2, 0.5])
    """
    if predictions.ndim != 2 or predictions.shape[1] != value.full.size or shown < 1:
        raise ArgumentError(
            f"Expected predictions of {value.full.size} patients and at least 1 replicate to show; "
            f"found shape {predictions.shape} and {shown}."
        )
    order = np.argsort(value.full, kind="stable")
    order = order[value.replicates[order] > 0]
    full = value.full[order]
    index = value.instability_index
    return InstabilityPlot(
        full=full,
        low=lowess(full, value.low[order]),
        high=lowess(full, value.high[order]),
        mape=value.mape[order],
        instability_index=None if index is None else index[order],
        replicates=np.array(predictions[:shown], dtype=np.float64)[:, order],
    )


@dataclass(frozen=True, slots=True)
class CalibrationInstability:
    """Calibration instability: the curve of every shown replicate in the cohort.

    Attributes
    ----------
    grid : ndarray, shape (points,)
        Predicted probabilities.
    curves : ndarray, shape (at most 200, points)
        Smoothed share of events; NaN outside the range of a replicate's predictions, and for a
        replicate that failed.
    """

    grid: NDArray[np.float64]
    curves: NDArray[np.float64]

    def bands(self, shares: Sequence[float] = (0.025, 0.25, 0.5, 0.75, 0.975)) -> Floats:
        """Give quantiles over the replicates at each point, shape (shares, points).

        NaN where fewer than half of the replicates that succeeded predict such probabilities.
        """
        done = np.isfinite(self.curves).any(axis=1)
        curves = self.curves[done]
        seen = np.isfinite(curves).sum(axis=0) >= max(1, curves.shape[0] / 2)
        found = np.full((len(shares), self.grid.size), np.nan)
        if curves.size and seen.any():
            found[:, seen] = np.nanquantile(curves[:, seen], shares, axis=0)
        return found


def calibration_instability(
    y: ArrayLike, predictions: NDArray[np.floating], *, shown: int = _SHOWN, points: int = 101
) -> CalibrationInstability:
    """Give the calibration curves of the first replicates' models in the original cohort.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome of the patients whose arm the models are for.
    predictions : ndarray or memory map, shape (B, n)
        Each replicate's predictions of these patients, 0 to 1.
    shown : int
        Replicates to show, at least 1.
    points : int
        Points of the grid from 0 to 1, at least 2.

    Raises
    ------
    ArgumentError
        If the arrays do not fit, or a number is too small.

    References
    ----------
    Riley RD, Collins GS. Biom J 2023, doi 10.1002/bimj.202200302, section 4.3.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = np.array([[0.1, 0.2, 0.3, 0.4]])
    >>> calibration_instability([0, 0, 1, 1], drawn, points=11).curves.shape
    (1, 11)
    """
    outcome = np.asarray(y)
    if predictions.ndim != 2 or predictions.shape[1:] != outcome.shape or shown < 1 or points < 2:
        raise ArgumentError(
            "Expected one column of predictions an outcome, at least 1 replicate and 2 points; "
            f"found shapes {predictions.shape} and {outcome.shape}, {shown} and {points}."
        )
    grid = np.linspace(0.0, 1.0, points)
    drawn = np.array(predictions[:shown], dtype=np.float64)
    curves = np.full((drawn.shape[0], points), np.nan)
    for row, risk in zip(curves, drawn, strict=True):
        if np.isfinite(risk).all():
            at, first = np.unique(risk, return_index=True)
            curve = calibration_curve(outcome, risk)[first]
            row[:] = np.interp(grid, at, curve, left=np.nan, right=np.nan)
    return CalibrationInstability(grid, curves)
