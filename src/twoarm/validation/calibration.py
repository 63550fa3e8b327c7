"""Does the event happen as often as a model says, in patients it has never seen?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from twoarm.errors import NotEstimable
from twoarm.metrics import Estimate, NullBand, calibration, ici_null, wald
from twoarm.metrics.arrays import checked, linear_predictor
from twoarm.metrics.normal import Z
from twoarm.validation.likelihood import fit_logistic

__all__ = ["ExternalCalibration", "external_calibration", "observed_over_expected"]

_FEWEST = 2  # events, and others: below, nothing here has a meaning


@dataclass(frozen=True, slots=True)
class ExternalCalibration:
    """Calibration of given predictions in new patients.

    Attributes
    ----------
    observed, expected : float
        Share with the event, and mean predicted probability.
    ratio : Estimate
        Observed over expected; above 1 where risks are predicted too low. `se` is that of its
        logarithm, on which the interval is made.
    in_the_large : Estimate
        Intercept with the slope held at 1, log odds; ideally 0.
    intercept, slope : Estimate
        Of the regression on the logit of the predictions; ideally 0 and 1, the slope below 1
        where predictions are too extreme. NaN where it has no finite solution.
    ici : float
        Mean distance of the smoothed share of events from the prediction.
    ici_if_calibrated : NullBand
        What the ICI would be if the predictions were right.
    """

    observed: float
    expected: float
    ratio: Estimate
    in_the_large: Estimate
    intercept: Estimate
    slope: Estimate
    ici: float
    ici_if_calibrated: NullBand


def external_calibration(
    y: ArrayLike, p: ArrayLike, *, draws: int = 200, seed: int = 0
) -> ExternalCalibration:
    """Measure calibration of given predictions, with intervals.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    p : array_like, shape (n,)
        Probability predicted by a model that was not learnt from these patients, 0 to 1.
    draws : int
        Outcomes drawn from p for the band of the ICI.
    seed : int
        Of those draws.

    Raises
    ------
    NotEstimable
        With fewer than 2 events or 2 others.

    References
    ----------
    Cox DR. Biometrika 1958;45:562-565, doi 10.1093/biomet/45.3-4.562; Riley RD, et al. Stat Med
    2021;40:4230-4251, doi 10.1002/sim.9025 (errors of the ratio).

    Examples
    --------
    >>> found = external_calibration([0, 1, 0, 1, 1, 0], [0.1, 0.4, 0.5, 0.6, 0.8, 0.3], draws=50)
    >>> round(found.ratio.estimate, 3), round(found.in_the_large.estimate, 2)
    (1.111, 0.25)
    """
    outcome, risk, _ = checked(y, p, None)
    events, others = int(outcome.sum()), int((1 - outcome).sum())
    if min(events, others) < _FEWEST:
        raise NotEstimable(
            f"Calibration needs at least {_FEWEST} patients with the event and {_FEWEST} without; "
            f"found {events} and {others}."
        )
    event, lp = outcome.astype(np.float64), linear_predictor(risk)
    ones = np.ones((event.size, 1))
    large = fit_logistic(ones, event, lp)
    try:
        line = fit_logistic(np.column_stack([ones, lp]), event, np.zeros(event.size))
        intercept, slope = map(wald, line.coefficient.tolist(), line.se.tolist())
    except NotEstimable:
        intercept = slope = wald(math.nan)
    return ExternalCalibration(
        observed=float(event.mean()),
        expected=float(risk.mean()),
        ratio=observed_over_expected(events, event.size, float(risk.sum())),
        in_the_large=wald(large.coefficient[0], large.se[0]),
        intercept=intercept,
        slope=slope,
        ici=calibration(outcome, risk).ici,
        ici_if_calibrated=ici_null(risk, draws=draws, seed=seed),
    )


def observed_over_expected(events: int, n: int, expected: float) -> Estimate:
    """Give observed over expected events with its 95 % interval, made on the log scale.

    Parameters
    ----------
    events, n : int
        Events among n patients.
    expected : float
        Sum of the predicted probabilities, taken as given.

    Returns
    -------
    Estimate
        `se` is that of the logarithm, sqrt((1 - phi) / (n phi)) with phi the share of events.

    References
    ----------
    Riley RD, et al. Stat Med 2021, doi 10.1002/sim.9025, section 3.1.

    Examples
    --------
    >>> ratio = observed_over_expected(50, 100, 40.0)
    >>> round(ratio.low, 3), ratio.estimate, round(ratio.high, 3)
    (1.028, 1.25, 1.521)
    """
    if not 0 < events <= n or not expected > 0.0:
        raise NotEstimable(
            f"Observed over expected needs events and an expectation above 0; found {events} of "
            f"{n} and {expected:g}."
        )
    ratio, se = events / expected, math.sqrt((1.0 - events / n) / events)
    return Estimate(ratio, se, ratio * math.exp(-Z * se), ratio * math.exp(Z * se))
