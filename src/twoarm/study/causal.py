"""Can the difference be causal, and is the ranking real? The diagnostics of a run, put together."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.encoding import EncodingSpec
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import (
    Absent,
    AverageEffect,
    Balance,
    Estimate,
    Finding,
    Heterogeneity,
    Overlap,
    Propensity,
    PublishedBenchmark,
    RankingTest,
    Refits,
    Support,
    agreement,
    average_effect,
    balance,
    heterogeneity,
    learn_support,
    overlap,
    ranking_test,
    target_trial,
)
from twoarm.diagnostics.agreement import finding as agreement_finding
from twoarm.diagnostics.average_effect import finding as average_effect_finding
from twoarm.diagnostics.balance import finding as balance_finding
from twoarm.diagnostics.finding import is_randomised
from twoarm.diagnostics.heterogeneity import finding as heterogeneity_finding
from twoarm.diagnostics.heterogeneity_ranking import finding as ranking_finding
from twoarm.diagnostics.overlap import finding as overlap_finding
from twoarm.diagnostics.propensity import finding as propensity_finding
from twoarm.diagnostics.published_benchmark import finding as published_finding
from twoarm.diagnostics.support import finding as support_finding
from twoarm.diagnostics.target_trial import finding as target_trial_finding
from twoarm.learners import Logistic
from twoarm.metalearners import PenalizedInteraction, TLearner, dr_scores, recommended_learner
from twoarm.seeds import Stream, integer
from twoarm.study.attempt import attempt
from twoarm.study.hidden import Hidden, hidden
from twoarm.study.missing_effect import MissingEffect, missing_effect
from twoarm.study.missing_effect import finding as missing_effect_finding
from twoarm.study.plan import Plan
from twoarm.study.propensity import TreatmentModel, treatment_model, treatment_predictors
from twoarm.study.published import benchmarks

__all__ = [
    "Causal",
    "causal",
    "effect_of",
    "in_benefit_direction",
    "ranking_of",
    "refits_of",
]

_MOST_REPEATS = 20
_MOST_FOLDS = 5  # as in the synthetic worlds in which the errors of the shares were measured


@dataclass(frozen=True)
class Causal:
    """What the run says beyond its models.

    Attributes
    ----------
    propensity : Propensity
        Of treatment given predictors, the columns listed for it, and centre.
    overlap : Overlap
        Of the arms' propensities.
    balance : Balance
        Of predictors and columns of the propensity, before and after weighting by it.
    support : Support
        Which patients have their like in both arms; the others get no individual number.
    effects : dict of str to AverageEffect
        Average benefit of each outcome, positive where the treatment helps; from cross-fitted
        outcome models and the propensity of everybody. An outcome without complete cross-fitted
        predictions is missing.
    heterogeneity : Heterogeneity or None
        The share above the threshold in all versions; primary outcome.
    ranking : RankingTest or None
        The one test of the ranking that is declared in advance, and what describes it; primary
        outcome.
    findings : tuple of Finding
    errors : dict of str to str
        What could not be computed, and why.
    missing : dict of str to MissingEffect
        Average benefit of each outcome under four ways of dealing with missing values; empty if
        nothing is missing.
    published : dict of str to PublishedBenchmark
        Average benefit of each outcome that the study's benchmark file has rows for.
    hidden : Hidden or None
        Hidden confounding of the primary outcome; None where treatment was assigned at random.
    """

    propensity: Propensity
    overlap: Overlap
    balance: Balance
    support: Support
    effects: dict[str, AverageEffect]
    heterogeneity: Heterogeneity | None
    ranking: RankingTest | None
    findings: tuple[Finding, ...]
    errors: dict[str, str]
    missing: dict[str, MissingEffect]
    published: dict[str, PublishedBenchmark]
    hidden: Hidden | None


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
    measured = treatment_model(plan.cohort)
    treated = measured.propensity
    arms = _arms(plan, measured)
    X = encoding.encode(plan.cohort.predictors)
    effects = {
        spec.name: effect_of(plan, spec, X, mu[position], treated.score)
        for position, spec in enumerate(plan.outcomes)
        if np.isfinite(mu[position]).all()
    }
    errors: dict[str, str] = {}
    primary = plan.file.primary.name
    unseen: Hidden | None = None
    on_average: list[Finding] = []
    if primary in effects:
        own = mu[plan.outcomes.index(plan.file.primary)]
        on_average += _on_average(plan, effects[primary], own, treated.score)
        if not is_randomised(plan.study):
            unseen = hidden(plan, measured.X, measured.names, own, treated.score)
            on_average += unseen.findings
    missing = attempt("missing_effect", errors, lambda: missing_effect(plan)) or {}
    published = benchmarks(plan, mu, treated.score)
    spread = attempt("heterogeneity", errors, lambda: _heterogeneity(plan, in_sample))
    ranking = attempt("ranking", errors, lambda: ranking_of(plan))
    found = (
        *_on_arms(plan, treated, *arms),
        *on_average,
        missing_effect_finding(missing[primary], plan.study) if primary in missing else None,
        published_finding(published[primary], plan.study) if primary in published else None,
        None if spread is None else heterogeneity_finding(spread, plan.study),
        None if ranking is None else ranking_finding(ranking, plan.study),
    )
    return Causal(
        treated,
        *arms,
        effects=effects,
        heterogeneity=spread,
        ranking=ranking,
        findings=tuple(each for each in found if each is not None),
        errors=errors,
        missing=missing,
        published=published,
        hidden=unseen,
    )


def _arms(plan: Plan, measured: TreatmentModel) -> tuple[Overlap, Balance, Support]:
    """Compare the arms in what was measured."""
    score, treatment = measured.propensity.score, plan.cohort.treatment
    return (
        overlap(score, treatment),
        balance(measured.X, treatment, score, names=measured.names),
        learn_support(measured.X, treatment, score, categories=measured.categories),
    )


def _on_arms(
    plan: Plan, treated: Propensity, shared: Overlap, alike: Balance, within: Support
) -> list[Finding]:
    study = plan.study
    return [
        target_trial_finding(target_trial(study), study),
        propensity_finding(treated, study),
        overlap_finding(shared, study),
        balance_finding(alike, study),
        support_finding(within, study),
    ]


def _on_average(
    plan: Plan, effect: AverageEffect, mu: NDArray[np.float64], score: NDArray[np.float64]
) -> list[Finding]:
    raw = effect if plan.file.primary.desirable else _flipped(effect)
    return [average_effect_finding(raw, plan.study), _agreement(plan, mu, score)]


def effect_of(
    plan: Plan,
    spec: OutcomeSpec,
    X: NDArray[np.float64],
    mu: NDArray[np.float64],
    score: NDArray[np.float64],
) -> AverageEffect:
    """Estimate an outcome's average benefit from cross-fitted risks `mu` and the propensity."""
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
    def turned(one: Estimate | Absent) -> Estimate | Absent:
        return one if isinstance(one, Absent) else in_benefit_direction(one)

    turned_round: dict[str, Any] = {
        each.name: turned(getattr(found, each.name)) for each in fields(found)
    }
    return AverageEffect(**turned_round)


def in_benefit_direction(estimate: Estimate) -> Estimate:
    """Turn a difference of an outcome to be avoided into a benefit."""
    low = None if estimate.high is None else -estimate.high
    high = None if estimate.low is None else -estimate.low
    return replace(estimate, estimate=-estimate.estimate, low=low, high=high)


def _agreement(plan: Plan, mu: NDArray[np.float64], score: NDArray[np.float64]) -> Finding:
    """Ask whether the learner reproduces its own average: primary outcome."""
    spec = plan.file.primary
    y = plan.outcome(spec.name)
    known = np.isfinite(y)
    parts = y[known], plan.cohort.treatment[known], mu[0, known], mu[1, known], score[known]
    sign = 1.0 if spec.desirable else -1.0
    agreed = agreement(sign * dr_scores(*parts), sign * (parts[3] - parts[2]))
    return agreement_finding(agreed, plan.study)


def refits_of(plan: Plan) -> Refits:
    """Give the primary outcome's learner, ready to be fitted to other arms and outcomes."""
    spec = plan.file.primary
    return _refits(plan, TLearner(plan.stacks_of(spec.name), desirable=spec.desirable))


def _refits(plan: Plan, learner: TLearner | PenalizedInteraction) -> Refits:
    cohort = plan.cohort
    return Refits(
        learner,
        plan.predictors,
        plan.outcome(plan.file.primary.name),
        cohort.treatment,
        Logistic(),
        treatment_predictors(cohort),
    )


def _heterogeneity(plan: Plan, in_sample: NDArray[np.float64]) -> Heterogeneity:
    threshold = plan.file.primary.threshold
    assert threshold is not None  # the primary outcome has one
    section = plan.file.validation
    draws = max(2, min(section.heterogeneity_draws, plan.replicates))
    return heterogeneity(
        refits_of(plan),
        threshold=threshold,
        folds=min(_MOST_FOLDS, section.cross_fit_folds),
        repeats=min(_MOST_REPEATS, draws),
        half_samples=draws,
        draws=draws,
        seed=integer(plan.seed, Stream.HETEROGENEITY),
        in_sample=in_sample,
        **plan.run_by,
    )


def ranking_of(plan: Plan) -> RankingTest:
    """Make the one test of the ranking: primary outcome, recommended learner, sequential folds."""
    refits = _refits(plan, recommended_learner(desirable=plan.file.primary.desirable))
    return ranking_test(refits, seed=integer(plan.seed, Stream.HETEROGENEITY), **plan.run_by)
