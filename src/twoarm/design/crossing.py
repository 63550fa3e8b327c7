"""Chances of crossing group-sequential boundaries, by recursive numerical integration.

Armitage P, McPherson CK, Rowe BC. JRSS A 1969;132:235-244. The statistic of look k is
Z_k = score_k / sqrt(I_k), with independent increments of the score; information is counted in
shares of the largest, so that a drift is the mean of the last Z.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

__all__ = ["Walk"]

Floats = NDArray[np.float64]

_REACH: Final = 9.0  # standard deviations about the mean; beyond is less than 1e-18
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(160)  # 80 give the same 10 digits


@dataclass(frozen=True, slots=True)
class Walk:
    """The statistic before a look, among trials that go on.

    Attributes
    ----------
    drift : float
        Mean of the statistic when all information is in.
    reached : float
        Information so far, as a share; 0 before the first look.
    z, mass : ndarray
        Nodes of the last look's statistic, and the mass at each.
    """

    drift: float
    reached: float
    z: Floats
    mass: Floats

    @classmethod
    def start(cls, drift: float) -> Walk:
        """Give the trial before its first look."""
        return cls(drift, 0.0, np.zeros(1), np.ones(1))

    def above(self, information: float, limit: float) -> float:
        """Give the chance to be above the limit at the next look."""
        return float(self.mass @ ndtr(-self._standardised(information, limit)))

    def below(self, information: float, limit: float) -> float:
        """Give the chance to be below the limit at the next look."""
        return float(self.mass @ ndtr(self._standardised(information, limit)))

    def _standardised(self, information: float, limit: float | Floats) -> Floats:
        """Give the limit in standard deviations of the increment from every node."""
        gain = information - self.reached
        scores = np.asarray(limit)[..., None] * np.sqrt(information)
        moved = scores - self.z * np.sqrt(self.reached)
        found: Floats = (moved - self.drift * gain) / np.sqrt(gain)
        return found

    def between(self, information: float, low: float, high: float) -> Walk:
        """Go on with the trials that are between the limits at the next look."""
        mean = self.drift * np.sqrt(information)
        low, high = max(low, mean - _REACH), min(high, mean + _REACH)
        half = max(high - low, 0.0) / 2.0
        z = low + half * (_NODES + 1.0)
        steps = self._standardised(information, z)
        density = np.exp(-0.5 * steps**2) / np.sqrt(2.0 * np.pi) @ self.mass
        scale = np.sqrt(information / (information - self.reached))
        return Walk(self.drift, information, z, half * _WEIGHTS * density * scale)
