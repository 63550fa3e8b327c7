"""How long recruiting takes while sites open one after the other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from twoarm.design.checks import positive
from twoarm.errors import ArgumentError

__all__ = ["Recruitment"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recruitment:
    """Sites, and what they recruit.

    Attributes
    ----------
    rate : float
        Patients whom one open site can screen in a month.
    sites : int
        Sites in the end, at least 1.
    opening_months : float
        Over how many months they open, evenly; the first opens at once.

    Examples
    --------
    >>> plan = Recruitment(rate=0.5, sites=20, opening_months=12)
    >>> float(plan.months(300).round(1)), float(plan.screened(36).round(1))
    (36.0, 300.0)
    """

    rate: float
    sites: int
    opening_months: float = 0.0

    def __post_init__(self) -> None:
        positive(rate=self.rate, sites=self.sites)
        if self.sites != int(self.sites):
            raise ArgumentError(f"sites must be a whole number; found {self.sites}.")
        if not (math.isfinite(self.opening_months) and self.opening_months >= 0.0):
            raise ArgumentError(f"opening_months must be 0 or more; found {self.opening_months}.")

    @property
    def _openings(self) -> Floats:
        return np.linspace(0.0, self.opening_months, int(self.sites))

    def screened(self, months: ArrayLike) -> Floats:
        """Give the patients expected to be screened by then."""
        open_for = np.asarray(months, np.float64)[..., None] - self._openings
        found: Floats = self.rate * np.maximum(open_for, 0.0).sum(axis=-1)
        return found

    def months(self, screened: ArrayLike) -> Floats:
        """Give the months in which so many are expected to be screened."""
        wanted, openings = np.maximum(np.asarray(screened, np.float64), 0.0), self._openings
        ready = self.screened(openings)  # patients when the next site opens
        last = np.searchsorted(ready, wanted, side="right") - 1
        found: Floats = openings[last] + (wanted - ready[last]) / (self.rate * (last + 1))
        return found

    def months_within(self, randomised: float, share: float, chance: float) -> float:
        """Give the months within which so many are randomised with this chance.

        Patients come at random (Poisson), and a share of those screened is randomised.

        Examples
        --------
        >>> plan = Recruitment(rate=0.5, sites=20, opening_months=12)
        >>> [round(plan.months_within(150, 0.5, each), 1) for each in (0.1, 0.5, 0.9)]
        [32.9, 35.9, 39.2]
        """
        waited = float(gammaincinv(randomised, chance))  # patients arrive as a unit Poisson process
        return float(self.months(waited / share))
