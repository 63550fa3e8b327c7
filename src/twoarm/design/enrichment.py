"""Enrichment at a threshold of predicted benefit: who is left, what they gain, whom it takes.

Simon R, Maitournam A. Clin Cancer Res 2004;10:6759-6763, doi 10.1158/1078-0432.CCR-04-0496.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from twoarm.design.framed import Framed
from twoarm.design.kinds import Kind, effect_among_randomised, kind_power, size
from twoarm.design.predicted import Parted, PredictedBenefit
from twoarm.design.prior import Prior
from twoarm.design.proportions import patients_per_arm
from twoarm.design.risks import POSSIBLE, risks_of
from twoarm.errors import NotEstimable

__all__ = ["Enrichment", "Overpromised", "enrichment", "planned_on_predictions"]


@dataclass(frozen=True, slots=True)
class Enrichment(Framed):
    """A trial in those above a threshold.

    Attributes
    ----------
    threshold : float
        Of predicted benefit.
    share : float
        Of patients who reach it.
    predicted : float
        Mean benefit that the model predicts for them.
    expected : float
        The same after shrinking: average + slope (mean predicted above - mean of all).
    control_risk : float
        Their risk without the treatment.
    patients : int
        In each arm.
    screened : int
        Patients to be seen so that as many are above the threshold.
    """

    threshold: float
    share: float
    predicted: float
    expected: float
    control_risk: float
    patients: int
    screened: int


def enrichment(
    model: PredictedBenefit,
    prior: Prior,
    threshold: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    desirable: bool = True,
) -> Enrichment:
    """Plan a trial in those above a threshold, on shrunk benefit.

    Parameters
    ----------
    model : PredictedBenefit
        Cross-fitted predicted benefit, not shrunk: `NormalBenefit` or `ObservedBenefit`.
    prior : Prior
        Average benefit, shrinkage slope, control risk.
    threshold : float
        Of predicted benefit.
    power, alpha : float
        See `patients_per_arm`.
    desirable : bool
        Whether the outcome is one to hope for.

    Raises
    ------
    NotEstimable
        If nobody reaches the threshold, or those who do are not expected to gain.

    Examples
    --------
    >>> from twoarm.design import NormalBenefit
    >>> found = enrichment(NormalBenefit(0.08, 0.12), Prior(0.08, 0.25, 0.25), 0.15)
    >>> round(found.predicted, 3), round(found.expected, 3), found.patients, found.screened
    (0.224, 0.116, 248, 1773)
    """
    parted = model.parted(threshold)
    if parted.share == 0.0:
        raise NotEstimable(f"nobody is predicted to gain {100 * threshold:g} points")
    risks = risks_of(parted, model.mean, prior.expected, desirable=desirable)
    patients = size(Kind.ENRICHED, risks, power=power, alpha=alpha, desirable=desirable)
    return Enrichment(
        threshold=threshold,
        share=parted.share,
        predicted=parted.above,
        expected=float(effect_among_randomised(Kind.ENRICHED, risks, desirable=desirable)),
        control_risk=float(risks.above[0]),
        patients=patients,
        screened=math.ceil(2 * patients / parted.share - 1e-9),
    )


@dataclass(frozen=True, slots=True)
class Overpromised(Framed):
    """A trial planned on predicted benefit as if it were true.

    Attributes
    ----------
    threshold : float
    promised : float
        Benefit that it is planned on.
    expected : float
        Benefit to expect after shrinking.
    patients : int
        In each arm.
    true_power : float
        With the benefit to expect.
    """

    threshold: float
    promised: float
    expected: float
    patients: int
    true_power: float


def planned_on_predictions(
    raw: Parted,
    model: PredictedBenefit,
    prior: Prior,
    threshold: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    desirable: bool = True,
) -> Overpromised:
    """Say what planning on predicted benefit as it stands would cost.

    Parameters
    ----------
    raw : Parted
        Of the predictions that the naive planner looks at, for example in-sample ones.
    model, prior, threshold, power, alpha, desirable
        See `enrichment`; they give the truth to expect.

    Examples
    --------
    >>> from twoarm.design import NormalBenefit
    >>> model, known = NormalBenefit(0.08, 0.12), Prior(0.08, 0.25, 0.25)
    >>> found = planned_on_predictions(model.parted(0.15), model, known, 0.15)
    >>> found.patients, round(found.true_power, 2)
    (71, 0.32)
    """
    parted = model.parted(threshold)
    if raw.share == 0.0 or parted.share == 0.0:
        raise NotEstimable(f"nobody is predicted to gain {100 * threshold:g} points")
    if raw.above <= 0.0:
        raise NotEstimable("those above the threshold are not even predicted to gain")
    risks = risks_of(parted, model.mean, prior.expected, desirable=desirable)
    control = float(risks.above[0])
    believed = np.clip(control + (raw.above if desirable else -raw.above), *POSSIBLE)
    patients = patients_per_arm(control, float(believed), power=power, alpha=alpha)
    true_power = kind_power(Kind.ENRICHED, patients, risks, alpha=alpha, desirable=desirable)
    return Overpromised(
        threshold=threshold,
        promised=raw.above,
        expected=float(effect_among_randomised(Kind.ENRICHED, risks, desirable=desirable)),
        patients=patients,
        true_power=float(true_power),
    )
