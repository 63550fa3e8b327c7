"""Outcomes that treatment cannot change, analysed as the primary outcome is.

Each has a run of its own, without the predictors that are the outcome itself or stand for it: one
cross-fit, the average effect, the ranking test, and the share above the threshold beside that with
treatment permuted. They are no outcomes of the study and take no part in its bootstrap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.cohort import Cohort
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import Absent, Finding, NegativeControl, Refits, negative_control
from twoarm.diagnostics.heterogeneity_nulls import NoEffectTask, propensity_strata
from twoarm.diagnostics.heterogeneity_summary import Band, band
from twoarm.diagnostics.negative_control import finding
from twoarm.errors import ArgumentError, FitError
from twoarm.execution import run_tasks
from twoarm.metalearners import Predictors
from twoarm.metrics import Rate, share_at_threshold
from twoarm.seeds import Stream, integer
from twoarm.study.attempt import attempt
from twoarm.study.causal import effect_of, ranking_of, refits_of
from twoarm.study.plan import Plan
from twoarm.study.propensity import treatment_model
from twoarm.study.tasks import CrossFitTask

__all__ = ["ControlRun", "ControlShare", "negative_controls", "plan_of_control"]

_DRAWS = 19
"""Permutations: with none of them as high, the one-sided p-value is 5 %."""


@dataclass(frozen=True, slots=True)
class ControlShare:
    """Share of patients predicted to reach the threshold, by models of everybody.

    Attributes
    ----------
    raw : float
        As the patients were treated.
    permuted : Band
        With treatment permuted within fifths of the propensity: what the learner's noise gives.
    p : float or None
        One-sided: share of the permutations, the data among them, with a share as high. None if
        too many permutations failed.
    """

    raw: float
    permuted: Band
    p: float | None


@dataclass(frozen=True, slots=True)
class ControlRun:
    """The run on one negative control; a part is None where it has an error.

    Attributes
    ----------
    spec : OutcomeSpec
        The outcome. `desirable` fixes the sign of what follows: positive where the treated fare
        better.
    removed : tuple of str
        Columns that no model of this run saw.
    n, events : int, tuple of int
        Patients whose outcome is known; events in control and treated.
    effect : NegativeControl or None
        Doubly robust average effect, in benefit direction, and its test.
    ranking : Rate or None
        The ranking test.
    share : ControlShare or None
    findings : tuple of Finding
        None if there is no effect.
    errors : dict of str to str
        What could not be computed, and why.
    """

    spec: OutcomeSpec
    removed: tuple[str, ...]
    n: int
    events: tuple[int, int]
    effect: NegativeControl | None
    ranking: Rate | None
    share: ControlShare | None
    findings: tuple[Finding, ...]
    errors: dict[str, str]


def negative_controls(plan: Plan) -> tuple[ControlRun, ...]:
    """Run the study on each of its negative controls, in the order of the study file."""
    return tuple(
        _run(plan, spec, integer(plan.seed, Stream.NEGATIVE_CONTROL, position))
        for position, spec in enumerate(plan.file.negative_controls)
    )


def plan_of_control(plan: Plan, spec: OutcomeSpec, seed: int) -> Plan:
    """Give the plan whose one outcome is the negative control, with the primary's threshold.

    Its own column, and those that it names, are neither predictors nor columns of the propensity.
    """
    removed = {spec.column, *spec.remove}
    cohort = _without(plan.cohort, removed)
    own = spec.model_copy(
        update={"role": "outcome", "primary": True, "threshold": plan.file.primary.threshold}
    )
    section = plan.file.validation.model_copy(update={"cross_fit_repeats": 1})
    file = plan.file.model_copy(update={"outcomes": (own,), "validation": section})
    return replace(
        plan,
        study=replace(plan.study, file=file),
        cohort=cohort,
        predictors=Predictors(cohort.codebook, cohort.predictors),
        seed=seed,
    )


def _without(cohort: Cohort, removed: set[str]) -> Cohort:
    codebook, predictors = _kept(cohort.codebook, cohort.predictors, removed)
    treatment_codebook, columns = _kept(
        cohort.propensity_codebook, cohort.propensity_columns, removed
    )
    return replace(
        cohort,
        codebook=codebook,
        predictors=predictors,
        propensity_codebook=treatment_codebook,
        propensity_columns=columns,
    )


def _kept(
    codebook: tuple[Predictor, ...], columns: NDArray[np.float64], removed: set[str]
) -> tuple[tuple[Predictor, ...], NDArray[np.float64]]:
    kept = [k for k, each in enumerate(codebook) if each.column not in removed]
    return tuple(codebook[k] for k in kept), columns[:, kept]


def _run(plan: Plan, spec: OutcomeSpec, seed: int) -> ControlRun:
    own = plan_of_control(plan, spec, seed)
    refits = refits_of(own)
    y, arm = own.outcome(spec.name), own.cohort.treatment
    errors: dict[str, str] = {}
    effect = attempt("effect", errors, lambda: _effect(own, spec))
    ranking = attempt("ranking", errors, lambda: ranking_of(own).rate)
    share = attempt("share_at_threshold", errors, lambda: _share(own, refits))
    measured = [each.column for each, _ in plan.cohort.measured()]
    return ControlRun(
        spec=spec,
        removed=tuple(name for name in measured if name in {spec.column, *spec.remove}),
        n=int(np.isfinite(y).sum()),
        events=(int((y[arm == 0] == 1).sum()), int((y[arm == 1] == 1).sum())),
        effect=effect,
        ranking=ranking,
        share=share,
        findings=() if effect is None else (finding(effect, plan.study),),
        errors=errors,
    )


def _effect(own: Plan, spec: OutcomeSpec) -> NegativeControl:
    measured = treatment_model(own.cohort)
    found = effect_of(own, spec, measured.X, _cross_fitted(own), measured.propensity.score)
    if isinstance(found.aipw, Absent):
        raise ArgumentError(found.aipw.reason)
    return negative_control(spec.name, found.aipw)


def _cross_fitted(own: Plan) -> NDArray[np.float64]:
    """Give both arms' cross-fitted risks, shape (2, patients)."""
    mu = np.full((2, len(own.cohort)), np.nan)
    items = [(0, fold) for fold in range(own.file.validation.cross_fit_folds)]
    for fold in run_tasks(CrossFitTask(own), items, **own.run_by):
        if fold.errors:
            raise FitError(f"cross-fitting failed ({fold.errors[0].fit}): {fold.errors[0].error}")
        mu[:, fold.inside] = fold.mu[0]
    return mu


def _share(own: Plan, refits: Refits) -> ControlShare:
    threshold = own.file.primary.threshold
    assert threshold is not None  # it is the primary's
    known, seed = refits.known, integer(own.seed, Stream.HETEROGENEITY)
    fitted = refits.effects(known, known, seed=integer(own.seed, Stream.FULL_FIT))
    raw = share_at_threshold(fitted.benefit[known], threshold)
    task = NoEffectTask(refits, propensity_strata(refits, seed), seed)
    draws = min(_DRAWS, own.replicates)
    drawn = list(run_tasks(task, range(draws), **own.run_by))
    permuted = band(drawn, threshold)
    if permuted.mean is None:
        return ControlShare(raw, permuted, None)
    shares = [share_at_threshold(each, threshold) for each in drawn if each is not None]
    return ControlShare(
        raw, permuted, float((1 + np.sum(np.array(shares) >= raw)) / (1 + len(shares)))
    )
