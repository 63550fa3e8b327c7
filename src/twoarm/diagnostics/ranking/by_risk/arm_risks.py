"""Risks of an undesirable outcome in either arm, and what follows: benefit, odds ratio, share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.metrics import Estimate, wald
from twoarm.metrics.normal import Z

__all__ = ["ArmRisks", "observed_risks", "odds_ratio_of", "scored_risks", "share_of_total", "woolf"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ArmRisks:
    """Risk of an undesirable outcome without and with treatment, each an average of patients.

    Attributes
    ----------
    risk : ndarray, shape (2,)
        Estimates by scores can lie outside 0-1.
    covariance : ndarray, shape (2, 2)
        NaN where the risks are predictions without an error.
    """

    risk: Floats
    covariance: Floats

    @property
    def benefit(self) -> Estimate:
        """By how much the treatment lowers the risk."""
        return wald(float(self.risk[0] - self.risk[1]), self._se(np.ones(2)))

    @property
    def odds_ratio(self) -> Estimate | None:
        """Odds with treatment over odds without, by the delta method; None for a risk outside."""
        if not ((self.risk > 0.0) & (self.risk < 1.0)).all():
            return None
        without, treated = np.log(self.risk / (1.0 - self.risk)).tolist()
        return odds_ratio_of(treated - without, self._se(1.0 / (self.risk * (1.0 - self.risk))))

    def arm(self, arm: int) -> Estimate:
        """Give one arm's risk."""
        return wald(float(self.risk[arm]), math.sqrt(self.covariance[arm, arm]))

    def _se(self, slope: Floats) -> float:
        change = slope * (1.0, -1.0)
        return float(np.sqrt(np.maximum(0.0, change @ self.covariance @ change)))


def scored_risks(phi0: Floats, phi1: Floats) -> ArmRisks:
    """Give the means of doubly robust scores of either arm (`arm_scores`) of 2 patients or more."""
    phi = np.stack([phi0, phi1])
    return ArmRisks(phi.mean(axis=1), np.cov(phi) / phi.shape[1])


def observed_risks(event: Floats, arm: NDArray[np.bool_]) -> ArmRisks:
    """Give the share with the event among 2 controls or more, and 2 treated or more."""
    arms = event[~arm], event[arm]
    variance = [float(each.var(ddof=1)) / each.size for each in arms]
    return ArmRisks(np.array([each.mean() for each in arms]), np.diag(variance))


def woolf(event: Floats, arm: NDArray[np.bool_]) -> Estimate:
    """Give the odds ratio of a table without an empty cell, with Woolf's interval.

    Woolf B. Ann Hum Genet 1955;19:251-253, doi 10.1111/j.1469-1809.1955.tb01348.x.

    Examples
    --------
    >>> event, arm = np.array([1.0, 0, 0, 1, 1, 0]), np.repeat([False, True], 3)
    >>> round(woolf(event, arm).estimate, 6)
    4.0
    """
    cells = np.array([[event[arm].sum(), (1.0 - event[arm]).sum()],
                      [event[~arm].sum(), (1.0 - event[~arm]).sum()]])  # fmt: skip
    log = np.log(cells)
    difference = float(log[0, 0] - log[0, 1] - log[1, 0] + log[1, 1])
    return odds_ratio_of(difference, math.sqrt(float((1.0 / cells).sum())))


def odds_ratio_of(log: float, se: float) -> Estimate:
    """Give an odds ratio from its logarithm; `se` stays that of the logarithm."""
    return Estimate(math.exp(log), se, math.exp(log - Z * se), math.exp(log + Z * se))


def share_of_total(
    part: float, part_variance: float, total: float, total_variance: float
) -> Estimate | None:
    """Give a part's share of a total, which is the sum of this part and an independent rest.

    The interval is Fieller's: all shares for which ``part - share * total`` is not told from 0. It
    is one piece where the total's own interval excludes 0, and there is no estimate elsewhere.

    Fieller EC. J R Stat Soc B 1954;16:175-185, doi 10.1111/j.2517-6161.1954.tb00159.x.

    Examples
    --------
    >>> found = share_of_total(0.03, 1e-5, 0.05, 2e-5)
    >>> [round(each, 3) for each in (found.low, found.estimate, found.high)]
    [0.512, 0.6, 0.694]
    """
    clear = total**2 - Z**2 * total_variance
    if clear <= 0.0:
        return None
    share = part / total
    middle = (part * total - Z**2 * part_variance) / clear
    spread = middle**2 - (part**2 - Z**2 * part_variance) / clear
    half = math.sqrt(max(0.0, spread))
    rest = total_variance - part_variance
    se = math.sqrt(part_variance * (1.0 - share) ** 2 + rest * share**2) / abs(total)
    return Estimate(share, se, middle - half, middle + half)
