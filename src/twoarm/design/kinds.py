"""Which trials can ask whether a model of benefit holds, and what each compares."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.design.interaction import interaction_patients_per_arm, interaction_power
from twoarm.design.proportions import patients_per_arm, power_of_trial
from twoarm.design.risks import Risks
from twoarm.errors import NotEstimable

__all__ = ["Kind", "benefit_compared", "compared", "effect_among_randomised", "kind_power", "size"]

Floats = NDArray[np.float64]

#: Patients an arm beyond which a design is none.
LARGEST_ARM: Final = 50_000


class Kind(StrEnum):
    """Designs side by side.

    ``ALL_COMERS`` treatment against control in everybody; ``ENRICHED`` in those above the
    threshold alone; ``STRATIFIED`` in everybody, asking whether the effect differs above and below;
    ``STRATEGY_NONE`` and ``STRATEGY_ALL`` treatment by the model against treating nobody, and
    against treating everybody.
    """

    ALL_COMERS = "all-comers"
    ENRICHED = "enriched"
    STRATIFIED = "stratified"
    STRATEGY_NONE = "strategy against none"
    STRATEGY_ALL = "strategy against all"


def compared(kind: Kind, risks: Risks) -> tuple[Floats, Floats]:
    """Give the risks of the arms that are compared: the reference first.

    Examples
    --------
    >>> risks = Risks(0.5, (np.array(0.2), np.array(0.4)), (np.array(0.3), np.array(0.3)))
    >>> [float(each.round(3)) for each in compared(Kind.STRATEGY_NONE, risks)]
    [0.25, 0.35]
    """
    nobody, everybody = risks.everybody
    if kind is Kind.ENRICHED:
        return risks.above
    if kind is Kind.STRATEGY_NONE:
        return nobody, _strategy(risks)
    if kind is Kind.STRATEGY_ALL:
        return everybody, _strategy(risks)
    return nobody, everybody


def _strategy(risks: Risks) -> Floats:
    """Give the risk if those above are assigned to treatment and the others are not."""
    if risks.share in (0.0, 1.0):
        return risks.above[1] if risks.share else risks.below[0]
    return risks.share * risks.above[1] + (1.0 - risks.share) * risks.below[0]


def benefit_compared(kind: Kind, risks: Risks, *, desirable: bool = True) -> Floats:
    """Give the benefit that the trial estimates; for `STRATIFIED`, how much more of it is above."""
    if kind is Kind.STRATIFIED:
        over, under = risks.above[1] - risks.above[0], risks.below[1] - risks.below[0]
        found = over - under
    else:
        reference, other = compared(kind, risks)
        found = other - reference
    return found if desirable else -found


def effect_among_randomised(kind: Kind, risks: Risks, *, desirable: bool = True) -> Floats:
    """Give the true mean benefit of treatment among those whom the trial randomises."""
    control, treated = risks.above if kind is Kind.ENRICHED else risks.everybody
    return treated - control if desirable else control - treated


def kind_power(
    kind: Kind, patients: ArrayLike, risks: Risks, *, alpha: float = 0.05, desirable: bool = True
) -> Floats:
    """Give the power of a design with so many patients an arm (`power_of_trial`)."""
    if kind is Kind.STRATIFIED:
        return interaction_power(
            patients, risks.share, risks.above, risks.below, alpha=alpha, desirable=desirable
        )
    return power_of_trial(patients, *compared(kind, risks), alpha=alpha, desirable=desirable)


def size(
    kind: Kind,
    risks: Risks,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    desirable: bool = True,
) -> int:
    """Give the patients an arm of a design.

    Raises
    ------
    NotEstimable
        If nobody, or everybody, is above the threshold and the design needs both; or if the
        expected benefit is not above 0, or so small that no trial would find it.
    """
    needs_both = kind not in (Kind.ALL_COMERS, Kind.ENRICHED)
    if kind is not Kind.ALL_COMERS and risks.share == 0.0:
        raise NotEstimable("nobody is predicted to gain the threshold")
    if needs_both and risks.share == 1.0:
        raise NotEstimable("everybody is predicted to gain the threshold, so nobody is below it")
    benefit = float(benefit_compared(kind, risks, desirable=desirable))
    if not math.isfinite(benefit) or benefit <= 1e-9:
        raise NotEstimable(_nothing_to_find(benefit))
    if kind is Kind.STRATIFIED:
        over, under = ((float(a), float(b)) for a, b in (risks.above, risks.below))
        found = interaction_patients_per_arm(risks.share, over, under, power=power, alpha=alpha)
    else:
        reference, other = (float(each) for each in compared(kind, risks))
        found = patients_per_arm(reference, other, power=power, alpha=alpha)
    if found > LARGEST_ARM:
        raise NotEstimable(
            f"the benefit that it looks for is expected to be {100 * benefit:.1f} points, and no "
            f"trial of {LARGEST_ARM} patients an arm would find that"
        )
    return found


def _nothing_to_find(benefit: float) -> str:
    if benefit < -0.0005:
        other_way = f"{-100 * benefit:.1f} points the other way are expected"
        return f"it looks for a benefit, and {other_way}: there is nothing to find"
    return "no benefit is expected: there is nothing to find"
