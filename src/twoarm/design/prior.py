"""What is known before the trial: average effect, calibration slope and control risk."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twoarm.design.checks import check_share
from twoarm.errors import ArgumentError

__all__ = ["Prior", "Truths"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Truths:
    """One or many values of what a trial will meet, each of shape () or (k,).

    Attributes
    ----------
    average : ndarray
        True mean benefit of all patients, positive where treatment helps.
    slope : ndarray
        True benefit that comes with a point of predicted benefit.
    control_risk : ndarray
        Risk of the outcome without the treatment, over all patients.
    control_slope : ndarray
        Change of that risk that comes with a point of predicted benefit.
    """

    average: Floats
    slope: Floats
    control_risk: Floats
    control_slope: Floats

    def lowered(self, haircut: float) -> Truths:
        """Give the same with the average benefit lowered by what hidden confounding may make."""
        return replace(self, average=self.average - haircut)


@dataclass(frozen=True, slots=True)
class Prior:
    """Estimates with their joint uncertainty.

    Attributes
    ----------
    average, slope, control_risk, control_slope : float
        See `Truths`; the slope is that of shrinking, between 0 and 1.
    covariance : tuple of 4 tuples of 4 floats, optional
        Of the four, in this order; None where nothing is known of it.

    Examples
    --------
    >>> known = Prior(average=0.08, slope=0.25, control_risk=0.25)
    >>> float(known.expected.average)
    0.08
    """

    average: float
    slope: float
    control_risk: float
    control_slope: float = 0.0
    covariance: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        check_share(control_risk=self.control_risk)
        if not -1.0 < self.average < 1.0:
            raise ArgumentError(f"An average benefit lies between -1 and 1; found {self.average}.")
        if not 0.0 <= self.slope <= 1.0:
            raise ArgumentError(
                f"A shrinkage slope lies between 0 and 1; found {self.slope}. 1 trusts every "
                "predicted point, 0 none."
            )
        if self.covariance is not None:
            _check_covariance(np.asarray(self.covariance, dtype=np.float64))

    @property
    def expected(self) -> Truths:
        """The estimates themselves, each of shape ()."""
        return Truths(*(np.asarray(each, dtype=np.float64) for each in self._centre))

    @property
    def _centre(self) -> tuple[float, float, float, float]:
        return self.average, self.slope, self.control_risk, self.control_slope

    def draws(self, number: int, rng: np.random.Generator) -> Truths:
        """Draw values from the normal distribution about the estimates.

        A slope below 0, by which the model ranks patients the wrong way round, is not cut off.
        """
        if self.covariance is None:
            raise ArgumentError("Nothing is known of how uncertain the estimates are.")
        spread = np.asarray(self.covariance, dtype=np.float64)
        drawn = rng.multivariate_normal(self._centre, spread, size=number, method="eigh")
        return Truths(*drawn.T)


def _check_covariance(spread: Floats) -> None:
    fits = spread.shape == (4, 4) and bool(np.isfinite(spread).all())
    if not fits or not np.allclose(spread, spread.T):
        raise ArgumentError(
            "The covariance of average, slope, control risk and control slope must be a symmetric "
            f"table of 4 by 4 numbers; found shape {spread.shape}."
        )
    least = float(np.linalg.eigvalsh(spread).min())
    if least < -1e-8 * max(1.0, float(np.trace(spread))):
        raise ArgumentError(f"The covariance has a negative variance, {least:.3g}.")
