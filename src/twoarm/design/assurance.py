"""Power averaged over what is not known, and the haircut at which a trial becomes futile.

O'Hagan A, Stevens JW, Campbell MJ. Pharm Stat 2005;4:187-201, doi 10.1002/pst.175.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.optimize import brentq

from twoarm.design.kinds import Kind, effect_among_randomised, kind_power
from twoarm.design.predicted import Parted
from twoarm.design.prior import Truths
from twoarm.design.risks import CrossOver, Risks, risks_of

__all__ = ["FUTILE", "Drawn", "assurance", "chance_of_no_benefit", "futile_haircut"]

#: Assurance below which a trial is called futile.
FUTILE: Final = 0.30


class Drawn:
    """Draws of the truth, and what they come to in patients parted by a threshold.

    Parameters
    ----------
    truths : Truths
        Draws, each of shape (k,).
    parted, mean, desirable, crossing
        See `risks_of`.
    """

    def __init__(
        self,
        truths: Truths,
        parted: Parted,
        mean: float,
        *,
        desirable: bool = True,
        crossing: CrossOver | None = None,
    ):
        self.truths, self.parted, self.mean = truths, parted, mean
        self.desirable, self.crossing = desirable, crossing

    def risks(self, haircut: float = 0.0, *, as_assigned: bool = True) -> Risks:
        """Give the risks by assigned arm of every draw, or by the treatment that was received."""
        return risks_of(
            self.parted,
            self.mean,
            self.truths.lowered(haircut),
            desirable=self.desirable,
            crossing=self.crossing if as_assigned else None,
        )


def assurance(
    kind: Kind, patients: float, drawn: Drawn, *, alpha: float = 0.05, haircut: float = 0.0
) -> float:
    """Give the chance that the trial succeeds: its power, averaged over the draws.

    Parameters
    ----------
    kind : Kind
    patients : float
        In each arm, with an outcome.
    drawn : Drawn
    alpha : float
        Two-sided level.
    haircut : float
        By how much the true average benefit is below the estimate in every draw.

    Examples
    --------
    Without uncertainty it is the power.

    >>> from twoarm.design import NormalBenefit, Prior
    >>> model, known = NormalBenefit(0.08, 0.12), Prior(0.08, 0.25, 0.25)
    >>> drawn = Drawn(known.expected, model.parted(0.15), model.mean)
    >>> round(assurance(Kind.ENRICHED, 71, drawn), 2)
    0.32
    """
    risks = drawn.risks(haircut)
    return float(np.mean(kind_power(kind, patients, risks, alpha=alpha, desirable=drawn.desirable)))


def chance_of_no_benefit(kind: Kind, drawn: Drawn, *, haircut: float = 0.0) -> float:
    """Give the share of draws in which those randomised do not gain on average.

    Such a trial should never have been started.
    """
    risks = drawn.risks(haircut, as_assigned=False)
    return float(np.mean(effect_among_randomised(kind, risks, desirable=drawn.desirable) <= 0.0))


def futile_haircut(chance: Callable[[float], float], *, most: float = 1.0) -> float | None:
    """Give the smallest haircut at which the assurance is under 30 %.

    Parameters
    ----------
    chance : callable
        Assurance as a function of the haircut; it falls.
    most : float
        Largest haircut that is tried.

    Returns
    -------
    float or None
        0 if the assurance is under 30 % already; None if no haircut up to `most` brings it there.

    Examples
    --------
    >>> round(futile_haircut(lambda haircut: 0.8 - 2.0 * haircut), 3)
    0.25
    """
    if chance(0.0) < FUTILE:
        return 0.0
    if chance(most) >= FUTILE:
        return None
    return float(brentq(lambda haircut: chance(haircut) - FUTILE, 0.0, most, xtol=1e-5))
