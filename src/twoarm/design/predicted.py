"""Who is above a threshold of predicted benefit, and what the model predicts for them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

from twoarm.design.checks import positive
from twoarm.errors import ArgumentError

__all__ = ["NormalBenefit", "ObservedBenefit", "Parted", "PredictedBenefit"]


@dataclass(frozen=True, slots=True)
class Parted:
    """Patients parted by a threshold of predicted benefit.

    Attributes
    ----------
    share : float
        Of patients who are predicted to gain the threshold or more.
    above, below : float
        Mean predicted benefit of these, and of the others; NaN where there is nobody.
    """

    share: float
    above: float
    below: float


class PredictedBenefit(Protocol):
    """A distribution of predicted benefit, as absolute differences of risk."""

    @property
    def mean(self) -> float:
        """Over all patients."""
        ...

    def parted(self, threshold: float) -> Parted:
        """Part the patients at the threshold."""
        ...


@dataclass(frozen=True, slots=True)
class NormalBenefit:
    """Predicted benefit that is normal, for those who have no run.

    Attributes
    ----------
    mean, sd : float
        Of the predicted benefit; the standard deviation is above 0.

    Examples
    --------
    >>> parted = NormalBenefit(0.08, 0.12).parted(0.15)
    >>> round(parted.share, 4), round(parted.above, 4)
    (0.2798, 0.2243)
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        positive(sd=self.sd)
        if not -1.0 < self.mean < 1.0:
            raise ArgumentError(f"A mean benefit lies between -1 and 1; found {self.mean}.")

    def parted(self, threshold: float) -> Parted:
        """Part the patients at the threshold."""
        z = (threshold - self.mean) / self.sd
        density = -0.5 * z * z - 0.5 * math.log(2.0 * math.pi)
        # Ratios of density and tail are taken as logarithms: tails far out underflow.
        over, under = (math.exp(density - float(log_ndtr(side))) for side in (-z, z))
        return Parted(float(ndtr(-z)), self.mean + self.sd * over, self.mean - self.sd * under)


@dataclass(frozen=True, slots=True, eq=False)
class ObservedBenefit:
    """Predicted benefit of patients at hand, by models that have not seen them.

    Attributes
    ----------
    values : ndarray, shape (n,)

    Examples
    --------
    >>> ObservedBenefit(np.array([0.0, 0.1, 0.2, 0.3])).parted(0.2)
    Parted(share=0.5, above=0.25, below=0.05)
    """

    values: NDArray[np.float64]

    def __post_init__(self) -> None:
        given = np.asarray(self.values, dtype=np.float64)
        if given.ndim != 1 or given.size < 2 or not np.isfinite(given).all():
            raise ArgumentError(
                "Predicted benefits must be a complete vector of two or more patients; found shape "
                f"{given.shape}."
            )

    @property
    def mean(self) -> float:
        """Over all patients."""
        return float(self.values.mean())

    def parted(self, threshold: float) -> Parted:
        """Part the patients at the threshold."""
        over = self.values >= threshold
        means = [float(self.values[who].mean()) if who.any() else math.nan for who in (over, ~over)]
        return Parted(float(over.mean()), *means)
