"""Can the difference be causal, and is the ranking real? The diagnostics of a run, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Level, Predictor
from twoarm.cohort.encoding import EncodingSpec
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import (
    AverageEffect,
    Balance,
    Estimate,
    Finding,
    Heterogeneity,
    Propensity,
    Refits,
    agreement,
    average_effect,
    balance,
    benefit_e_value,
    heterogeneity,
    marginal_sensitivity,
    overlap,
    propensity,
    ranking_test,
)
from twoarm.diagnostics.agreement import finding as agreement_finding
from twoarm.diagnostics.balance import finding as balance_finding
from twoarm.diagnostics.benefit_e_value import finding as e_value_finding
from twoarm.diagnostics.heterogeneity import finding as heterogeneity_finding
from twoarm.diagnostics.heterogeneity_ranking import finding as ranking_finding
from twoarm.diagnostics.marginal_sensitivity import finding as sensitivity_finding
from twoarm.diagnostics.overlap import finding as overlap_finding
from twoarm.diagnostics.propensity import finding as propensity_finding
from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Logistic
from twoarm.metalearners import Predictors, TLearner, dr_scores
from twoarm.metrics import Rate
from twoarm.seeds import Stream, integer
from twoarm.study.plan import Plan

__all__ = ["Causal", "causal", "in_benefit_direction", "pooled_centres"]

_MOST_REPEATS = 20
_FEWEST_IN_ARM = 10
"""A centre with fewer patients in an arm has no say of its own in the model of treatment: in a
fold it may have treated all, and its patients' weights would be without bounds."""

Part = TypeVar("Part")


@dataclass(frozen=True)
class Causal:
    """What the run says beyond its models.

    Attributes
    ----------
    propensity : Propensity
        Of treatment given predictors and centre.
    balance : Balance
        Of the model's columns, before and after weighting by it.
    effects : dict of str to AverageEffect
        Average benefit of each outcome, positive where the treatment helps; from cross-fitted
        outcome models and the propensity of everybody. An outcome without complete cross-fitted
        predictions is missing.
    heterogeneity : Heterogeneity or None
        The share above the threshold in all versions; primary outcome.
    ranking : Rate or None
        The one test of the ranking that is declared in advance; primary outcome.
    findings : tuple of Finding
    errors : dict of str to str
        What could not be computed, and why.
    """

    propensity: Propensity
    balance: Balance
    effects: dict[str, AverageEffect]
    heterogeneity: Heterogeneity | None
    ranking: Rate | None
    findings: tuple[Finding, ...]
    errors: dict[str, str]


def causal(
    plan: Plan,
    encoding: EncodingSpec,
    mu: NDArray[np.float64],
    in_sample: NDArray[np.float64],
) -> Causal:
    """Compute the diagnostics.

    Parameters
    ----------
    plan : Plan
    encoding : EncodingSpec
        Of everybody.
    mu : ndarray, shape (outcomes, 2, patients)
        Cross-fitted probabilities, mean over the repeats; NaN where cross-fitting failed.
    in_sample : ndarray, shape (patients,)
        Benefit of the primary outcome by the full fit.
    """
    cohort = plan.cohort
    X = encoding.encode(cohort.predictors)
    centre = pooled_centres(cohort.centre, cohort.treatment)
    treated = propensity(X, cohort.treatment, centre=centre)
    effects = {
        spec.name: _effect(plan, spec, X, mu[position], treated.score)
        for position, spec in enumerate(plan.outcomes)
        if np.isfinite(mu[position]).all()
    }
    errors: dict[str, str] = {}
    primary = plan.file.primary
    alike = balance(X, cohort.treatment, treated.score, names=encoding.names)
    findings = [
        propensity_finding(treated, plan.study),
        overlap_finding(overlap(treated.score, cohort.treatment), plan.study),
        balance_finding(alike, plan.study),
    ]
    if primary.name in effects:
        findings += _hidden(plan, mu[plan.outcomes.index(primary)], treated.score)
    spread = _tried("heterogeneity", errors, lambda: _heterogeneity(plan, in_sample))
    if spread is not None:
        findings.append(heterogeneity_finding(spread, plan.study))
    ranking = _tried("ranking", errors, lambda: _ranking(plan))
    if ranking is not None:
        findings.append(ranking_finding(ranking, plan.study))
    return Causal(treated, alike, effects, spread, ranking, tuple(findings), errors)


def _tried(name: str, errors: dict[str, str], compute: Callable[[], Part]) -> Part | None:
    """Compute a part that few events can make impossible; note why it is missing."""
    try:
        return compute()
    except (ArgumentError, FitError) as error:
        errors[name] = str(error)
        return None


def _effect(
    plan: Plan,
    spec: OutcomeSpec,
    X: NDArray[np.float64],
    mu: NDArray[np.float64],
    score: NDArray[np.float64],
) -> AverageEffect:
    known = np.isfinite(plan.outcome(spec.name))
    found = average_effect(
        X[known],
        plan.outcome(spec.name)[known],
        plan.cohort.treatment[known],
        mu=(mu[0, known], mu[1, known]),
        propensity=score[known],
    )
    return found if spec.desirable else _flipped(found)


def _flipped(found: AverageEffect) -> AverageEffect:
    return AverageEffect(
        **{each.name: in_benefit_direction(getattr(found, each.name)) for each in fields(found)}
    )


def in_benefit_direction(estimate: Estimate) -> Estimate:
    """Turn a difference of an outcome to be avoided into a benefit."""
    low = None if estimate.high is None else -estimate.high
    high = None if estimate.low is None else -estimate.low
    return replace(estimate, estimate=-estimate.estimate, low=low, high=high)


def _hidden(plan: Plan, mu: NDArray[np.float64], score: NDArray[np.float64]) -> list[Finding]:
    """Ask what it would take: primary outcome."""
    spec, study = plan.file.primary, plan.study
    y = plan.outcome(spec.name)
    known = np.isfinite(y)
    parts = y[known], plan.cohort.treatment[known], mu[0, known], mu[1, known], score[known]
    sign = 1.0 if spec.desirable else -1.0
    agreed = agreement(sign * dr_scores(*parts), sign * (parts[3] - parts[2]))
    hidden = benefit_e_value(*parts, desirable=spec.desirable, threshold=spec.threshold)
    bounds = marginal_sensitivity(parts[0], parts[1], parts[4])
    return [
        agreement_finding(agreed, study),
        e_value_finding(hidden, study),
        sensitivity_finding(bounds, study),
    ]


def _refits(plan: Plan) -> Refits:
    """Give the primary outcome's learner, ready to be fitted to other arms and outcomes."""
    cohort, spec = plan.cohort, plan.file.primary
    learner = TLearner(plan.learner, desirable=spec.desirable)
    return Refits(
        learner,
        plan.predictors,
        plan.outcome(spec.name),
        cohort.treatment,
        Logistic(),
        _with_centre(plan),
    )


def _with_centre(plan: Plan) -> Predictors:
    """Add the centre to what the model of treatment sees."""
    centre = pooled_centres(plan.cohort.centre, plan.cohort.treatment)
    if centre is None:
        return plan.predictors
    levels = tuple(Level(code=number) for number in range(int(centre.max()) + 1))
    added = Predictor(column=plan.file.study.centre, type="nominal", levels=levels)
    return Predictors(
        (*plan.predictors.codebook, added), np.column_stack([plan.predictors.coded, centre])
    )


def pooled_centres(
    centre: NDArray[np.str_] | None, treatment: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Give each patient's centre a number from 0; those with few in an arm are one together.

    None if there are no centres, or none to tell apart.

    Examples
    --------
    >>> centre = np.array(["A"] * 20 + ["B"] * 20 + ["C", "D"])
    >>> numbers = pooled_centres(centre, np.tile([0, 1], 21))
    >>> numbers[[0, 20, 40, 41]].tolist()
    [0, 1, 2, 2]
    """
    if centre is None:
        return None
    names, number = np.unique(centre, return_inverse=True)
    in_arm = [np.bincount(number[treatment == arm], minlength=names.size) for arm in (0, 1)]
    smaller = np.minimum(*in_arm)
    kept = smaller >= _FEWEST_IN_ARM
    own = np.where(kept, np.cumsum(kept) - 1, kept.sum())[number]
    return own if np.unique(own).size > 1 else None


def _heterogeneity(plan: Plan, in_sample: NDArray[np.float64]) -> Heterogeneity:
    threshold = plan.file.primary.threshold
    assert threshold is not None  # the primary outcome has one
    section = plan.file.validation
    draws = max(2, min(section.heterogeneity_draws, plan.replicates))
    return heterogeneity(
        _refits(plan),
        threshold=threshold,
        folds=section.cross_fit_folds,
        repeats=min(_MOST_REPEATS, draws),
        half_samples=draws,
        draws=draws,
        seed=integer(plan.seed, Stream.HETEROGENEITY),
        in_sample=in_sample,
        **plan.run_by,
    )


def _ranking(plan: Plan) -> Rate:
    return ranking_test(_refits(plan), seed=integer(plan.seed, Stream.HETEROGENEITY), **plan.run_by)
