"""True risks of patients above and below a threshold, and how cross-over dilutes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from twoarm.design.checks import check_shares_of_all
from twoarm.design.predicted import Parted
from twoarm.design.prior import Truths
from twoarm.errors import ArgumentError

__all__ = ["POSSIBLE", "CrossOver", "Risks", "after_cross_over", "risks_of"]

Floats = NDArray[np.float64]

#: A linear risk may leave 0 to 1; a trial cannot.
POSSIBLE: Final = (0.001, 0.999)


@dataclass(frozen=True, slots=True)
class CrossOver:
    """Shares of patients who do not get what they were assigned to.

    Attributes
    ----------
    to_treatment : float
        Of the control arm, those who get the treatment all the same.
    to_control : float
        Of the treated arm, those who do not get it.
    """

    to_treatment: float = 0.0
    to_control: float = 0.0

    def __post_init__(self) -> None:
        check_shares_of_all(to_treatment=self.to_treatment, to_control=self.to_control)
        if self.to_treatment + self.to_control >= 1.0:
            raise ArgumentError(
                "With as many crossing over, the arms are the same or reversed: to_treatment and "
                f"to_control must add up to less than 1; found {self.to_treatment} and "
                f"{self.to_control}."
            )


@dataclass(frozen=True, slots=True)
class Risks:
    """Risk of the outcome by assigned arm, above and below the threshold; each of shape () or (k,).

    Attributes
    ----------
    share : float
        Of patients above.
    above, below : pair of ndarray
        Assigned to control, and to treatment.
    """

    share: float
    above: tuple[Floats, Floats]
    below: tuple[Floats, Floats]

    @property
    def everybody(self) -> tuple[Floats, Floats]:
        """Of all patients, by assigned arm."""
        first, second = (
            _mixed(self.share, over, under)
            for over, under in zip(self.above, self.below, strict=True)
        )
        return first, second


def _mixed(share: float, above: Floats, below: Floats) -> Floats:
    """Give the mean over both parts, of which one may be nobody's."""
    if share in (0.0, 1.0):
        return above if share else below
    return share * above + (1.0 - share) * below


def risks_of(
    parted: Parted,
    mean: float,
    truths: Truths,
    *,
    desirable: bool = True,
    crossing: CrossOver | None = None,
) -> Risks:
    """Give the true risks of both parts of the patients.

    Parameters
    ----------
    parted : Parted
        Share and mean predicted benefit above and below the threshold.
    mean : float
        Mean predicted benefit of all.
    truths : Truths
        Benefit and control risk are linear in predicted benefit, by these slopes.
    desirable : bool
        Whether the outcome is one to hope for.
    crossing : CrossOver, optional
        Then the risks are those by assigned arm.

    Examples
    --------
    >>> from twoarm.design import NormalBenefit, Prior
    >>> model, known = NormalBenefit(0.08, 0.12), Prior(0.08, 0.25, 0.25)
    >>> found = risks_of(model.parted(0.15), model.mean, known.expected)
    >>> round(float(found.above[1] - found.above[0]), 3)
    0.116
    """
    above, below = (
        _pair(truths, predicted - mean, desirable) for predicted in (parted.above, parted.below)
    )
    if crossing is not None:
        above, below = (after_cross_over(*pair, crossing) for pair in (above, below))
    return Risks(parted.share, above, below)


def _pair(truths: Truths, beyond: float, desirable: bool) -> tuple[Floats, Floats]:
    benefit = truths.average + truths.slope * beyond
    control = truths.control_risk + truths.control_slope * beyond
    treated = control + benefit if desirable else control - benefit
    return _possible(control), _possible(treated)


def _possible(risk: Floats) -> Floats:
    return np.clip(risk, *POSSIBLE)


def after_cross_over(
    control_risk: Floats | float, treated_risk: Floats | float, crossing: CrossOver
) -> tuple[Floats, Floats]:
    """Give the risks by assigned arm.

    Notes
    -----
    Those who cross over are taken to be like the others of their arm.

    Examples
    --------
    >>> [float(each.round(3)) for each in after_cross_over(0.25, 0.40, CrossOver(0.1, 0.05))]
    [0.265, 0.392]
    """
    p0, p1 = np.asarray(control_risk, np.float64), np.asarray(treated_risk, np.float64)
    to, back = crossing.to_treatment, crossing.to_control
    return (1.0 - to) * p0 + to * p1, (1.0 - back) * p1 + back * p0
