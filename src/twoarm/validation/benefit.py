"""Do patients gain as much as a model said, where both arms are at hand?

Nothing is fitted to the patients but the calibration itself. Where treatment was drawn by lot the
numbers speak of effects; elsewhere they compare the arms as they were treated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import NotEstimable
from twoarm.metalearners.scores import dr_scores
from twoarm.metrics import (
    BenefitSlope,
    Estimate,
    LogitCalibration,
    NetBenefit,
    Rate,
    as_benefit,
    benefit_slope,
    logit_calibration,
    net_benefit,
    rate,
    wald,
)
from twoarm.metrics.benefit_arrays import arms, outcomes, probabilities, same_length

__all__ = ["ExternalBenefit", "external_benefit", "residual_difference", "two_arm_scores"]

Floats = NDArray[np.float64]

_FEWEST = 10  # patients in an arm below which a slope or a ranking is chance


@dataclass(frozen=True, slots=True, eq=False)
class ExternalBenefit:
    """Predicted benefit against both arms of new patients; all in the direction of benefit.

    Attributes
    ----------
    observed : Estimate
        Difference between the arms in the share with the event.
    predicted : float
        Mean predicted benefit of all patients.
    difference : Estimate
        Observed minus expected in the treated, less the same in the controls: by how much the
        benefit is larger than predicted. 0 if the model's benefit is right on average.
    slope : BenefitSlope
        Of the scores on the predicted benefit; 1 if one more predicted point is one more point.
    logit : LogitCalibration or None
        Calibration of the log odds ratio, ideally 0 and 1; None where it has no finite solution.
    ranking : Rate
        AUTOC of the predicted benefit; above 0 if those ranked first gain more than the average.
    net_benefit : NetBenefit
        Over a range of thresholds.
    """

    observed: Estimate
    predicted: float
    difference: Estimate
    slope: BenefitSlope
    logit: LogitCalibration | None
    ranking: Rate
    net_benefit: NetBenefit


def external_benefit(
    y: ArrayLike,
    mu0: ArrayLike,
    mu1: ArrayLike,
    treatment: ArrayLike,
    *,
    desirable: bool,
    thresholds: ArrayLike,
    priority: ArrayLike | None = None,
    seed: int = 0,
) -> ExternalBenefit:
    """Set predicted benefit against what happened in both arms.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    mu0, mu1 : array_like, shape (n,)
        Probabilities under control and treatment by a model that was not learnt from these
        patients.
    treatment : array_like of 0 and 1, shape (n,)
        Arm. Only if it was drawn by lot with one probability for all do the results speak of
        effects; that cannot be checked here.
    desirable : bool
        Whether the outcome is one to hope for.
    thresholds : array_like, shape (k,)
        Of the net benefit, absolute benefits.
    priority : array_like, shape (n,), optional
        Ranks patients, larger first; by default the predicted benefit.
    seed : int
        Of the half-samples behind the error of the AUTOC.

    Returns
    -------
    ExternalBenefit

    Raises
    ------
    NotEstimable
        With fewer than 10 patients in an arm.

    References
    ----------
    Hoogland J, et al. Stat Med 2024, doi 10.1002/sim.10186 (logit calibration); Yadlowsky S, et
    al. JASA 2025, arXiv 2111.07966 (AUTOC); Vickers AJ, et al. Trials 2007;8:14 (net benefit).

    Examples
    --------
    >>> y = [0, 1, 0, 1, 1, 0, 1, 0, 1, 1] * 4; w = [0] * 20 + [1] * 20
    >>> risk = np.linspace(0.2, 0.8, 40)
    >>> found = external_benefit(y, risk, np.minimum(risk + 0.1, 0.9), w, desirable=True,
    ...                          thresholds=[0.0, 0.15])
    >>> round(found.predicted, 3), round(found.observed.estimate, 3)
    (0.1, 0.0)
    """
    event, risk0, risk1, w = same_length(y=y, mu0=mu0, mu1=mu1, treatment=treatment)
    outcomes(event)
    treated = arms(w)
    probabilities(risk0, risk1)
    fewest = int(min(treated.sum(), (~treated).sum()))
    if fewest < _FEWEST:
        raise NotEstimable(
            f"Benefit needs at least {_FEWEST} patients in each arm; the smaller one has {fewest}."
        )
    gain = np.asarray(as_benefit(risk1 - risk0, desirable=desirable))
    scores = two_arm_scores(event, risk0, risk1, w, desirable=desirable)
    try:
        logit = logit_calibration(event, risk0, risk1, w, desirable=desirable)
    except NotEstimable:
        logit = None
    return ExternalBenefit(
        observed=_difference(event, treated).as_benefit(desirable=desirable),
        predicted=float(gain.mean()),
        difference=residual_difference(event, risk0, risk1, w, desirable=desirable),
        slope=benefit_slope(scores, gain),
        logit=logit,
        ranking=rate(
            scores, gain if priority is None else priority,
            priorities_out_of_sample=True, seed=seed,
        ),
        net_benefit=net_benefit(scores, gain, thresholds),
    )  # fmt: skip


def two_arm_scores(
    y: ArrayLike, mu0: ArrayLike, mu1: ArrayLike, treatment: ArrayLike, *, desirable: bool
) -> Floats:
    """Give each patient's score of the benefit, one probability of treatment for all.

    The predicted benefit plus the patient's weighted residual. The mean is the predicted benefit
    plus `residual_difference`, whatever the model says.

    Examples
    --------
    >>> two_arm_scores([0, 1], [0.5, 0.5], [0.5, 0.5], [0, 1], desirable=True).tolist()
    [1.0, 1.0]
    """
    w = np.asarray(treatment, dtype=np.float64)
    share = np.full(w.shape, w.mean())
    return np.asarray(as_benefit(dr_scores(y, w, mu0, mu1, share), desirable=desirable))


def residual_difference(
    y: ArrayLike, mu0: ArrayLike, mu1: ArrayLike, treatment: ArrayLike, *, desirable: bool
) -> Estimate:
    """Give observed minus expected in the treated, less the same in the controls.

    Parameters
    ----------
    y, mu0, mu1, treatment, desirable
        As for `external_benefit`.

    Returns
    -------
    Estimate
        In the direction of benefit; its error takes the predictions as given.

    Examples
    --------
    >>> found = residual_difference([0, 1, 1, 1], [0.4, 0.6, 0.5, 0.5], [0.5, 0.5, 0.8, 0.8],
    ...                             [0, 0, 1, 1], desirable=True)
    >>> round(found.estimate, 3)
    0.2
    """
    event, risk0, risk1, w = same_length(y=y, mu0=mu0, mu1=mu1, treatment=treatment)
    treated = arms(w)
    return _difference(event - np.where(treated, risk1, risk0), treated).as_benefit(
        desirable=desirable
    )


def _difference(values: Floats, treated: NDArray[np.bool_]) -> Estimate:
    """Give the difference of two means, treated minus control, errors of unequal variances."""
    one, two = values[treated], values[~treated]
    variance = sum(
        float(each.var(ddof=1)) / each.size if each.size > 1 else np.nan for each in (one, two)
    )
    return wald(float(one.mean() - two.mean()), float(np.sqrt(variance)))
