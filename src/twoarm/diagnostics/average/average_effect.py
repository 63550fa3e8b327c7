"""The average effect, estimated in several ways that should agree."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.average.tmle import targeted_effect
from twoarm.diagnostics.comparability.nuisances import cross_fit_folds, fit_outcomes, fit_propensity
from twoarm.diagnostics.comparability.weighting import (
    inverse_weights,
    overlap_weights,
    weighted_difference,
)
from twoarm.diagnostics.finding import Finding, Verdict, is_randomised, says
from twoarm.diagnostics.harm import estimated, excluded, welfare
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metalearners.scores import dr_scores
from twoarm.metrics import Estimate, mean_estimate, wald
from twoarm.seeds import Stream, generator

__all__ = ["AverageEffect", "average_effect", "crude_difference", "finding"]

_ADJUSTED = ("g_formula", "iptw", "overlap", "aipw", "tmle")
_UNDEFINED_SHARE = 0.20
"""No standard error if the models could not be fitted in more of the resamples."""


@dataclass(frozen=True, slots=True)
class AverageEffect:
    """Average effects on the scale of the outcome, with 95 % intervals.

    Attributes
    ----------
    crude : Estimate
        Difference of the arms' means, nothing adjusted for.
    g_formula : Estimate
        Mean over all patients of the difference of both arms' predictions (standardisation). Its
        error comes from refitting in resampled patients; none where there was nothing to refit.
    iptw : Estimate
        Difference of means weighted by the inverse probability of the treatment received (Hajek),
        weights taken as known.
    overlap : Estimate
        Effect in the overlap population (ATO), where treatment was most open: another population
        than that of all other estimates.
    aipw : Estimate
        Mean of the doubly robust scores.
    tmle : Estimate
        Targeted maximum likelihood.
    """

    crude: Estimate
    g_formula: Estimate
    iptw: Estimate
    overlap: Estimate
    aipw: Estimate
    tmle: Estimate

    def as_benefit(self, *, desirable: bool) -> AverageEffect:
        """Turn every estimate of mu1 - mu0 into one of the benefit."""
        turned = {
            each.name: getattr(self, each.name).as_benefit(desirable=desirable)
            for each in fields(self)
        }
        return AverageEffect(**turned)


def crude_difference(y: NDArray[np.float64], treatment: NDArray[np.int64]) -> Estimate:
    """Give the difference of means with Wald's interval, variances of the arms unequal.

    Examples
    --------
    >>> import numpy as np
    >>> crude_difference(np.array([0., 1., 1., 1.]), np.array([0, 0, 1, 1])).estimate
    0.5
    """
    control, treated = y[treatment == 0], y[treatment == 1]
    difference = float(treated.mean() - control.mean())
    variance = sum(float(arm.var(ddof=1)) / arm.size for arm in (control, treated) if arm.size > 1)
    return wald(difference, math.sqrt(variance))


def average_effect(
    X: ArrayLike,
    y: ArrayLike,
    treatment: ArrayLike,
    *,
    outcome_model: Any = None,
    propensity_model: Any = None,
    mu: tuple[ArrayLike, ArrayLike] | None = None,
    propensity: ArrayLike | None = None,
    cross_fit: int = 0,
    seed: int = 0,
    replicates: int = 50,
) -> AverageEffect:
    """Estimate the average effect of a treatment on everybody in the data, in six ways.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Predictors, complete.
    y : array_like, shape (n,)
        Outcome, complete: 0 and 1, or numbers.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    outcome_model : classifier or regressor, optional
        Copied and fitted in each arm; by default `Logistic()`, for numbers scikit-learn's
        `LinearRegression()`.
    propensity_model : classifier, optional
        Copied and fitted on everybody; by default `Logistic()`, a ridge regression.
    mu : pair of array_like, shape (n,), optional
        Predictions under control and under treatment, made elsewhere; no outcome model is fitted.
    propensity : array_like, shape (n,), optional
        Probability of treatment, made elsewhere, strictly between 0 and 1.
    cross_fit : int
        Number of folds: each patient's predictions come from models that have not seen the fold
        (Chernozhukov et al. 2018, doi 10.1111/ectj.12097). 0: models fitted on everybody, which is
        fair for simple regressions only.
    seed : int
        Seed of the folds and the resamples.
    replicates : int
        Resamples of patients, within arms, for the standard error of the g-formula; the outcome
        models are fitted again in each. 50 give the error to about 10 %; 0: no error.

    Returns
    -------
    AverageEffect
        As mu1 - mu0, whatever the outcome's direction.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together, or a propensity is not strictly between 0 and 1.

    Notes
    -----
    Only the crude difference in a randomised trial needs no assumption. The others are causal if X
    holds all that decided on treatment and bears on the outcome, and if every patient could have
    been in either arm. Extreme propensities are not cut off: look at overlap first.

    In a few hundred patients, outcome models fitted on everybody make the errors of `aipw` and
    `tmle` too small, and a cross-fitted propensity makes them needlessly large: cross-fit, and give
    `propensity` from a penalized model of everybody (``benchmarks/average_effect_coverage.py``).

    References
    ----------
    Hernan MA, Robins JM. Causal Inference: What If (2020), chapters 12 and 13 (weighting,
    standardisation); see `dr_scores`, `overlap_weights` and `targeted_effect` for the others.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [0.0], [1.0], [1.0]] * 10); w = np.array([0, 1, 0, 1] * 10)
    >>> average_effect(X, w * X[:, 0], w, mu=(np.zeros(40), X[:, 0])).g_formula.estimate
    0.5
    """
    matrix, outcome, arm = _arrays(X, y, treatment)
    folds = cross_fit_folds(outcome, arm, cross_fit, seed)
    if propensity is None:
        score = fit_propensity(matrix, arm, folds, propensity_model)
    else:
        score = np.asarray(propensity, dtype=np.float64)
    if mu is None:
        mu0, mu1 = fit_outcomes(matrix, outcome, arm, folds, outcome_model)
        g_error = _resampled_error(matrix, outcome, arm, folds, outcome_model, replicates, seed)
    else:
        mu0, mu1 = (np.asarray(each, dtype=np.float64) for each in mu)
        g_error = math.nan
    if mu0.shape != outcome.shape or mu1.shape != outcome.shape:
        raise ArgumentError(
            f"`mu` must hold two predictions a patient; found shapes {mu0.shape} and {mu1.shape}."
        )
    phi = dr_scores(outcome, arm, mu0, mu1, score)
    return AverageEffect(
        crude=crude_difference(outcome, arm),
        g_formula=wald(float((mu1 - mu0).mean()), g_error),
        iptw=weighted_difference(outcome, arm, inverse_weights(arm, score)),
        overlap=weighted_difference(outcome, arm, overlap_weights(arm, score)),
        aipw=mean_estimate(phi),
        tmle=targeted_effect(outcome, arm, mu0, mu1, score),
    )


def _arrays(
    X: ArrayLike, y: ArrayLike, treatment: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    matrix, outcome = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    arm = np.asarray(treatment)
    if matrix.ndim != 2 or outcome.shape != matrix.shape[:1] or arm.shape != outcome.shape:
        raise ArgumentError(
            "X, y and treatment must have the same number of rows; found shapes "
            f"{matrix.shape}, {outcome.shape} and {arm.shape}."
        )
    if not np.array_equal(np.unique(arm), (0, 1)):
        raise NotEstimable(
            "Treatment must be 0 or 1, with patients in both arms; found "
            f"{np.unique(arm).tolist()[:5]}."
        )
    if not (np.isfinite(matrix).all() and np.isfinite(outcome).all()):
        raise ArgumentError("X and y must be complete: impute X, and leave out unknown outcomes.")
    return matrix, outcome, arm.astype(np.int64)


def _resampled_error(
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    arm: NDArray[np.int64],
    folds: NDArray[np.int64],
    model: Any,
    replicates: int,
    seed: int,
) -> float:
    """Give the spread of the g-formula over resamples; a patient's copies share the fold.

    NaN where too few can be fitted. A resample with a single outcome value in an arm, or in the
    patients learnt from, cannot be fitted and is left out.
    """
    arms = [np.flatnonzero(arm == each) for each in (0, 1)]
    estimates = []
    for index in range(replicates):
        rng = generator(seed, Stream.REPLICATE, index)
        rows = np.concatenate([rng.choice(each, each.size) for each in arms])
        if not _is_fittable(y[rows], arm[rows], folds[rows]):
            continue
        mu0, mu1 = fit_outcomes(X[rows], y[rows], arm[rows], folds[rows], model)
        estimates.append(float((mu1 - mu0).mean()))
    if len(estimates) < max(2.0, (1.0 - _UNDEFINED_SHARE) * replicates):
        return math.nan
    return float(np.std(estimates, ddof=1))


def _is_fittable(y: NDArray[np.float64], arm: NDArray[np.int64], folds: NDArray[np.int64]) -> bool:
    """Whether each arm has two outcome values outside of every fold."""
    return all(
        np.unique(y[(arm == each) & ((folds != fold) | (folds < 0))]).size > 1
        for each in (0, 1)
        for fold in np.unique(folds)
    )


@says("average effect")
def finding(value: AverageEffect, study: Study) -> Finding:
    """Say what the estimates of the primary outcome's average effect agree on.

    `value` is in benefit direction (`as_benefit`). In a randomised trial an interval that excludes
    0 supports an effect, harm as well as benefit. In an observational study no agreement of
    estimates supports a causal reading: the verdict is `questions` where adjustment for measured
    factors alone takes away the crude effect or the estimates disagree, else `cannot tell`.
    """
    aipw = value.aipw
    signs = {math.copysign(1.0, getattr(value, name).estimate) for name in _ADJUSTED}
    found = aipw.excludes_zero
    verdict: Verdict = "cannot tell"
    if is_randomised(study):
        verdict = "supports" if found else verdict
    else:
        explained = value.crude.excludes_zero and not found
        verdict = "questions" if explained or (found and len(signs) > 1) else verdict
    text = (
        f"{study.file.primary.title}: as the arms are, {welfare(value.crude.estimate)}. The "
        f"doubly robust estimate is {estimated(aipw)}; {excluded(aipw)}."
    )
    if not is_randomised(study):
        text += " Neither speaks about factors that were not measured."
    return Finding("average effect", verdict, text)
