"""Do patients gain as much as predicted? Regressions of what was seen on predicted benefit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit
from scipy.stats import t as student

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics.benefit_arrays import arms, outcomes, probabilities, same_length
from twoarm.metrics.direction import as_benefit
from twoarm.metrics.estimate import Estimate, wald
from twoarm.metrics.least_squares import least_squares_hc3

__all__ = [
    "BenefitSlope",
    "BestLinearPredictor",
    "LogitCalibration",
    "benefit_slope",
    "best_linear_predictor",
    "centred_in_folds",
    "logit_calibration",
    "slope_is_told",
]

_MOST_UNCERTAIN = 2.0
_CLIP = 0.001  # so that a probability of 0 or 1 has a logit
_STEPS = 100
_SINGULAR = 1e14  # condition number from which an information matrix has no inverse


@dataclass(frozen=True, slots=True)
class LogitCalibration:
    """Calibration of benefit on the logit scale; ideal: intercept 0, slope 1."""

    intercept: Estimate
    slope: Estimate


def logit_calibration(
    y: ArrayLike,
    mu0: ArrayLike,
    mu1: ArrayLike,
    treatment: ArrayLike,
    *,
    desirable: bool,
    updated: tuple[ArrayLike, ArrayLike] | None = None,
) -> LogitCalibration:
    """Regress the outcome on the predicted log odds ratio, both arms together.

    A treated patient starts from his logit under control and moves by ``b0 + b1 d``; a control
    patient starts from his logit under treatment and moves back by as much. d is the difference of
    the predicted logits.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    mu0, mu1 : array_like, shape (n,)
        Predicted probabilities under control and treatment, from data without these patients; kept
        within 0.001 and 0.999.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    desirable : bool
        Fixes the sign of the intercept: above 0 means more benefit than predicted.
    updated : pair of array_like, shape (n,), optional
        Probabilities under control and treatment that stand for the truth, in place of y and as the
        starting points.

    Returns
    -------
    LogitCalibration
        Model-based standard errors; they take the starting points as known.

    Raises
    ------
    ArgumentError
        If the arrays do not fit, or the regression has no finite solution.

    References
    ----------
    Hoogland J, et al. Stat Med 2024, doi 10.1002/sim.10186.

    Examples
    --------
    >>> import numpy as np
    >>> mu0, mu1 = np.full(8, 0.25), np.tile([0.5, 0.75], 4)
    >>> y = np.array([0, 1, 0, 0, 1, 1, 0, 1]); w = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> round(logit_calibration(y, mu0, mu1, w, desirable=True).slope.estimate, 2)
    0.43
    """
    event, risk0, risk1, w = same_length(y=y, mu0=mu0, mu1=mu1, treatment=treatment)
    outcomes(event)
    treated = arms(w)
    start0, start1 = risk0, risk1
    if updated is not None:
        start0, start1, _ = same_length(updated_mu0=updated[0], updated_mu1=updated[1], y=event)
        event = np.where(treated, start1, start0)
    probabilities(risk0, risk1, start0, start1)
    direction = np.where(treated, 1.0, -1.0)
    design = np.stack([direction, direction * (_logit(risk1) - _logit(risk0))], axis=1)
    offset = np.where(treated, _logit(start0), _logit(start1))
    coefficient, se = _logistic(design, event, offset)
    intercept = as_benefit(float(coefficient[0]), desirable=desirable)
    return LogitCalibration(wald(intercept, se[0]), wald(coefficient[1], se[1]))


def _logit(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(logit(np.clip(p, _CLIP, 1.0 - _CLIP)))


def _logistic(
    design: NDArray[np.float64], y: NDArray[np.float64], offset: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit by Newton's method with halved steps; y may be any share between 0 and 1."""
    if np.linalg.matrix_rank(design) < design.shape[1]:
        nothing = np.full(design.shape[1], np.nan)
        return nothing, nothing
    b = np.zeros(design.shape[1])
    deviance = _deviance(offset, y)
    for _ in range(_STEPS):
        p = expit(offset + design @ b)
        information = (design * (p * (1.0 - p))[:, None]).T @ design
        if np.linalg.cond(information) > _SINGULAR:
            break
        step = np.linalg.solve(information, design.T @ (y - p))
        while (tried := _deviance(offset + design @ (b + step), y)) > deviance + 1e-12 * deviance:
            step = step / 2.0
        b, deviance = b + step, tried
        if np.abs(step).max() < 1e-9 * (1.0 + np.abs(b).max()):
            return b, np.sqrt(np.diag(np.linalg.inv(information)))
    raise NotEstimable(
        "Calibration on the logit scale has no finite solution: the predicted benefit separates "
        "events from others, or there are too few events or too few others."
    )


def _deviance(lp: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    return float((np.logaddexp(0.0, lp) - y * lp).sum())


@dataclass(frozen=True, slots=True)
class BenefitSlope:
    """Regression of doubly robust scores on predicted benefit.

    Attributes
    ----------
    mean : Estimate
        The average benefit: AIPW.
    slope : Estimate
        What an additional point of predicted benefit is worth: 1 is ideal, below 1 the predictions
        are spread too far, 0 they rank nobody. NaN if everybody is predicted the same.
    """

    mean: Estimate
    slope: Estimate


def benefit_slope(
    scores: ArrayLike, benefit: ArrayLike, *, fold: ArrayLike | None = None
) -> BenefitSlope:
    """Regress scores on cross-fitted benefit by least squares, standard errors HC3.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Doubly robust scores in the direction of benefit, from the same folds.
    benefit : array_like, shape (n,)
        Predicted benefit by models that have not seen the patient. Never in-sample.
    fold : array_like, shape (n,), optional
        Fold of each patient: the benefit is then centred within folds, because models of different
        folds differ in level.

    Returns
    -------
    BenefitSlope

    References
    ----------
    Chernozhukov V, Demirer M, Duflo E, Fernandez-Val I. NBER 24678 (best linear predictor); with
    scores as the outcome: Semenova V, Chernozhukov V. Econom J 2021;24:264-289.

    Examples
    --------
    >>> round(benefit_slope([0.1, 0.3, 0.2, 0.6], [0.0, 0.1, 0.2, 0.3]).slope.estimate, 2)
    1.4
    """
    phi, t = same_length(scores=scores, benefit=benefit)
    centred = t - t.mean() if fold is None else centred_in_folds(t, fold)
    design = np.stack([np.ones(t.size), centred], axis=1)
    fit = least_squares_hc3(design, phi)
    if not np.isfinite(fit.coefficient[0]):
        mean_only = least_squares_hc3(design[:, :1], phi)
        return BenefitSlope(wald(mean_only.coefficient[0], mean_only.se[0]), wald(np.nan))
    return BenefitSlope(*map(wald, fit.coefficient.tolist(), fit.se.tolist()))


def slope_is_told(slope: Estimate) -> bool:
    """Say whether a calibration slope is known well enough to be shown as a number.

    1 is ideal and 0 worthless. With a standard error above 2 the interval is eight times as wide as
    that is apart: the predictions differ too little, or the patients are too few.

    Examples
    --------
    >>> slope_is_told(wald(-1.7, 0.7)), slope_is_told(wald(-1579.0, 810.0))
    (True, False)
    """
    return bool(slope.se <= _MOST_UNCERTAIN)


def centred_in_folds(benefit: ArrayLike, fold: ArrayLike) -> NDArray[np.float64]:
    """Subtract from each predicted benefit the mean of its fold; both of shape (n,).

    Examples
    --------
    >>> centred_in_folds([1.0, 3.0, 10.0], [0, 0, 1]).tolist()
    [-1.0, 1.0, 0.0]
    """
    (t,) = same_length(benefit=benefit)
    numbers = np.asarray(fold)
    if numbers.shape != t.shape:
        raise ArgumentError(
            f"Expected a fold for each of {t.size} patients; found {numbers.shape}."
        )
    label = np.unique(numbers, return_inverse=True)[1]
    mean = np.bincount(label, weights=t) / np.bincount(label)
    return np.asarray(t - mean[label], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class BestLinearPredictor:
    """Best linear predictor of the benefit from a predicted benefit; both ideally 1.

    Attributes
    ----------
    mean, differential : Estimate
        Of the mean prediction, and of each patient's difference from it.
    p_differential : float
        One-sided p-value for `differential` over 0: is there any ranking at all?
    """

    mean: Estimate
    differential: Estimate
    p_differential: float


def best_linear_predictor(
    y: ArrayLike,
    treatment: ArrayLike,
    expected: ArrayLike,
    propensity: ArrayLike,
    benefit: ArrayLike,
    *,
    desirable: bool,
) -> BestLinearPredictor:
    """Test the calibration of a predicted benefit as `test_calibration` of R's grf does.

    Least squares of ``y - expected`` on ``(w - e) mean(t)`` and ``(w - e)(t - mean(t))`` without
    intercept, standard errors HC3, in the direction of benefit.

    Parameters
    ----------
    y : array_like, shape (n,)
        Outcome.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    expected, propensity : array_like, shape (n,)
        Cross-fitted probability of the outcome, whatever the arm, and of treatment.
    benefit : array_like, shape (n,)
        Cross-fitted predicted benefit t.
    desirable : bool
        Whether the outcome is one to hope for.

    Returns
    -------
    BestLinearPredictor
        NaN throughout if everybody is predicted the same benefit.

    References
    ----------
    Athey S, Wager S. Observational Studies 2019;5:37-51, section 4; NBER 24678.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.tile([0, 1], 20); t = np.repeat([0.1, 0.3], 20)
    >>> blp = best_linear_predictor(t * w, w, t / 2, np.full(40, 0.5), t, desirable=True)
    >>> round(blp.mean.estimate, 6), round(blp.differential.estimate, 6)
    (1.0, 1.0)
    """
    event, w, m, e, t = same_length(
        y=y, treatment=treatment, expected=expected, propensity=propensity, benefit=benefit
    )
    arms(w)
    probabilities(e)
    centre = t.mean()
    design = np.stack([(w - e) * centre, (w - e) * (t - centre)], axis=1)
    fit = least_squares_hc3(design, as_benefit(event - m, desirable=desirable))
    mean, differential = map(wald, fit.coefficient.tolist(), fit.se.tolist())
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.divide(differential.estimate, differential.se)
    return BestLinearPredictor(mean, differential, float(student.sf(ratio, t.size - 2)))
