"""The chance that a trial shows less benefit than the model predicts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from twoarm.design.assurance import Drawn
from twoarm.design.interaction import interaction_se
from twoarm.design.kinds import Kind, benefit_compared, compared
from twoarm.design.predicted import Parted
from twoarm.design.risks import Risks

__all__ = ["chance_of_refuting", "predicted_benefit"]


def predicted_benefit(kind: Kind, parted: Parted, mean: float) -> float:
    """Give the benefit that the model predicts for what the design estimates, not shrunk.

    Examples
    --------
    >>> round(predicted_benefit(Kind.STRATEGY_NONE, Parted(0.5, 0.3, -0.1), 0.1), 3)
    0.15
    """
    if kind is Kind.ALL_COMERS:
        return mean
    if kind is Kind.ENRICHED:
        return parted.above
    if kind is Kind.STRATIFIED:
        return parted.above - parted.below
    if kind is Kind.STRATEGY_NONE:
        return parted.share * parted.above
    return 0.0 if parted.share == 1.0 else -(1.0 - parted.share) * parted.below


def chance_of_refuting(
    kind: Kind, patients: float, drawn: Drawn, predicted: float, *, alpha: float = 0.05
) -> float:
    """Give the chance that the whole interval of the trial's effect lies below the prediction.

    Parameters
    ----------
    kind : Kind
    patients : float
        In each arm, with an outcome.
    drawn : Drawn
        Draws of the truth; their average is taken.
    predicted : float
        What the model predicts (`predicted_benefit`).
    alpha : float
        The interval has the level 1 - `alpha`.

    Examples
    --------
    >>> from twoarm.design import NormalBenefit, Prior
    >>> model, known = NormalBenefit(0.08, 0.12), Prior(0.08, 0.25, 0.25)
    >>> parted = model.parted(0.15)
    >>> drawn = Drawn(known.expected, parted, model.mean)
    >>> round(chance_of_refuting(Kind.ENRICHED, 248, drawn, parted.above), 2)
    0.75
    """
    risks = drawn.risks()
    benefit = benefit_compared(kind, risks, desirable=drawn.desirable)
    limit = ndtri(1.0 - alpha / 2.0)
    return float(np.mean(ndtr((predicted - benefit) / _se(kind, patients, risks) - limit)))


def _se(kind: Kind, patients: float, risks: Risks) -> NDArray[np.float64]:
    if kind is Kind.STRATIFIED:
        return interaction_se(patients, risks.share, risks.above, risks.below)
    reference, other = compared(kind, risks)
    spread = reference * (1.0 - reference) + other * (1.0 - other)
    return np.sqrt(spread) / math.sqrt(patients)
