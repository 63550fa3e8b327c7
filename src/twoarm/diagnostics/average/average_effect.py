"""The average effect, estimated in several ways that should agree."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.absent import Absent, attempt
from twoarm.diagnostics.average.possible import bounded, possible
from twoarm.diagnostics.average.standardisation import by_resampling, resampled
from twoarm.diagnostics.average.tmle import targeted
from twoarm.diagnostics.comparability.doubly_robust import doubly_robust_effect
from twoarm.diagnostics.comparability.identified import Identified, identified
from twoarm.diagnostics.comparability.nuisances import cross_fit_folds, fit_outcomes, fit_propensity
from twoarm.diagnostics.comparability.population import OVER, Population, over, target_weights
from twoarm.diagnostics.comparability.weighting import (
    overlap_weights,
    population_weights,
    weighted_difference,
)
from twoarm.diagnostics.finding import Finding, Verdict, is_randomised, says
from twoarm.diagnostics.harm import estimated, excluded, welfare
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metalearners.scores import arm_scores
from twoarm.metrics import Estimate, wald

__all__ = ["AverageEffect", "average_effect", "crude_difference", "finding"]

Parts = tuple[
    NDArray[np.float64],
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
]
"""Outcome, treatment, mu0, mu1 and propensity."""

_ADJUSTED = ("g_formula", "iptw", "overlap", "aipw", "tmle")


@dataclass(frozen=True, slots=True)
class AverageEffect:
    """Average effects in one population, on the scale of the outcome.

    All have 95 % intervals. The population is everybody (ATE) unless another was asked for. Where
    the arms do not overlap enough for it, or an estimate leaves the range of the outcome, there is
    a reason instead of a number.

    Attributes
    ----------
    crude : Estimate
        Difference of the arms' means, nothing adjusted for.
    g_formula : Estimate or Absent
        Mean over the population of the difference of both arms' predictions (standardisation). Its
        error comes from refitting in resampled patients; none where there was nothing to refit.
    iptw : Estimate or Absent
        Difference of means weighted so that either arm stands for the population (Hajek), weights
        taken as known: for everybody by the inverse probability of the treatment received.
    overlap : Estimate or Absent
        By overlap weights, in the overlap population (ATO), where treatment was most open: whatever
        the population of the other estimates.
    aipw : Estimate or Absent
        Mean of the doubly robust scores.
    tmle : Estimate or Absent
        Targeted maximum likelihood.
    """

    crude: Estimate
    g_formula: Estimate | Absent
    iptw: Estimate | Absent
    overlap: Estimate | Absent
    aipw: Estimate | Absent
    tmle: Estimate | Absent

    def as_benefit(self, *, desirable: bool) -> AverageEffect:
        """Turn every estimate of mu1 - mu0 into one of the benefit."""

        def turned(one: Estimate | Absent) -> Any:
            return one if isinstance(one, Absent) else one.as_benefit(desirable=desirable)

        return AverageEffect(
            **{each.name: turned(getattr(self, each.name)) for each in fields(self)}
        )


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
    return bounded(wald(difference, math.sqrt(variance)), y)


def average_effect(
    X: ArrayLike,
    y: ArrayLike,
    treatment: ArrayLike,
    *,
    outcome_model: Any = None,
    propensity_model: Any = None,
    mu: tuple[ArrayLike, ArrayLike] | None = None,
    propensity: ArrayLike | None = None,
    population: Population = "all",
    judged: Identified | None = None,
    cross_fit: int = 0,
    seed: int = 0,
    replicates: int = 50,
) -> AverageEffect:
    """Estimate the average effect of a treatment in a population, in six ways.

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
    population : {"all", "treated", "overlap"}
        Everybody in the data (ATE), the treated (ATT), or the overlap population with weights
        e (1 - e), e the propensity (ATO).
    judged : Identified, optional
        Which averages these patients can tell, where that was judged by more than X and the
        propensity used here; by default `identified(propensity, treatment, X)`.
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
        If the arrays do not fit together, a propensity is not strictly between 0 and 1, or the
        population has no such name.

    Notes
    -----
    Only the crude difference in a randomised trial needs no assumption. The others are causal if X
    holds all that decided on treatment and bears on the outcome, and if every patient could have
    been in either arm. Extreme propensities are not cut off, which would answer for other patients:
    where they are many, or few patients would carry the average, none is given (`identified`).
    Standardisation would extrapolate there, and is not given either. Elsewhere intervals hold what
    they say (``benchmarks/overlap_coverage.py``), that of the g-formula if its models are right.

    In a few hundred patients, outcome models fitted on everybody make the errors of `aipw` and
    `tmle` too small, and a cross-fitted propensity makes them needlessly large: cross-fit, and give
    `propensity` from a penalized model of everybody (``benchmarks/average_effect_coverage.py``).

    References
    ----------
    Hernan MA, Robins JM. Causal Inference: What If (2020), chapters 12 and 13 (weighting,
    standardisation); see `population_scores`, `overlap_weights` and `targeted` for the others.

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
    else:
        mu0, mu1 = (np.asarray(each, dtype=np.float64) for each in mu)
    if mu0.shape != outcome.shape or mu1.shape != outcome.shape:
        raise ArgumentError(
            f"`mu` must hold two predictions a patient; found shapes {mu0.shape} and {mu1.shape}."
        )
    parts = outcome, arm, mu0, mu1, score
    arm_scores(*parts)  # refuses what does not fit
    target = target_weights(population, arm, score)
    told = identified(score, arm, matrix) if judged is None else judged
    crude, overlapping = crude_difference(outcome, arm), attempt(lambda: _overlapping(parts, told))
    if population in told.reasons:
        absent = Absent(told.reasons[population])
        return AverageEffect(crude, absent, absent, overlapping, absent, absent)
    fits: list[float] = []
    if mu is None:
        fits = resampled(matrix, outcome, arm, target, folds, outcome_model, replicates, seed)
    standardised = float(np.average(mu1 - mu0, weights=target))
    return AverageEffect(
        crude=crude,
        g_formula=attempt(lambda: possible(by_resampling(standardised, fits, replicates), outcome)),
        overlap=overlapping,
        **_by_propensity(parts, population),
    )


def _overlapping(parts: Parts, told: Identified) -> Estimate:
    """Give the difference by overlap weights."""
    told.require("overlap")
    outcome, arm, _, _, score = parts
    return possible(weighted_difference(outcome, arm, overlap_weights(arm, score)), outcome)


def _by_propensity(parts: Parts, population: Population) -> dict[str, Estimate | Absent]:
    """Give the estimates that use the propensity."""
    outcome, arm, _, _, score = parts
    weights = population_weights(population, arm, score)
    effect, moved0, moved1 = targeted(*parts, population)
    moved = outcome, arm, moved0, moved1, score
    found = {
        "iptw": weighted_difference(outcome, arm, weights),
        "aipw": doubly_robust_effect(*parts, population),
        "tmle": doubly_robust_effect(*moved, population, effect=effect),
    }
    return {name: attempt(partial(possible, each, outcome)) for name, each in found.items()}


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


@says("average effect")
def finding(value: AverageEffect, study: Study) -> Finding:
    """Say what the estimates of the primary outcome's average effect agree on.

    `value` is of the study's population and in benefit direction (`as_benefit`). In a randomised
    trial an interval that excludes 0 supports an effect, harm as well as benefit. In an
    observational study no agreement of estimates supports a causal reading: the verdict is
    `questions` where adjustment for measured factors alone takes away the crude effect or the
    estimates disagree, or where there is no average at all, else `cannot tell`.
    """
    aipw = value.aipw
    if isinstance(aipw, Absent):
        return _not_told(value, aipw, study)
    adjusted = [getattr(value, name) for name in _ADJUSTED]
    signs = {math.copysign(1.0, one.estimate) for one in adjusted if isinstance(one, Estimate)}
    found = aipw.excludes_zero
    verdict: Verdict = "cannot tell"
    if is_randomised(study):
        verdict = "supports" if found else verdict
    else:
        explained = value.crude.excludes_zero and not found
        verdict = "questions" if explained or (found and len(signs) > 1) else verdict
    text = (
        f"{study.file.primary.title}: as the arms are, {welfare(value.crude.estimate)}. The "
        f"doubly robust estimate{over(study)} is {estimated(aipw)}; {excluded(aipw)}."
    )
    if not is_randomised(study):
        text += " Neither speaks about factors that were not measured."
    return Finding("average effect", verdict, text)


def _not_told(value: AverageEffect, absent: Absent, study: Study) -> Finding:
    """Say that there is no such average, and what stands in its place."""
    population = study.file.target_trial.population
    text = (
        f"{study.file.primary.title}: the average effect {OVER[population]} cannot be told from "
        f"these patients: {absent.reason}. "
    )
    if population != "overlap" and isinstance(value.overlap, Estimate):
        text += (
            "Among patients whose treatment was open (overlap weights) it is "
            f"{estimated(value.overlap)}; that is another question. "
        )
    text += f"As the arms are, {welfare(value.crude.estimate)}; that answers none."
    return Finding("average effect", "questions", text)
