"""Outcomes that treatment cannot change, analysed as the primary outcome is.

Each has a run of its own, without the predictors that are the outcome itself or stand for it: one
cross-fit, the average effect, the ranking test, and the share above the threshold beside that with
treatment permuted. They are no outcomes of the study and take no part in its bootstrap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.codebook import Predictor
from twoarm.cohort.cohort import Cohort
from twoarm.cohort.load import Study
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import (
    Absent,
    Finding,
    NegativeControl,
    Refits,
    attempt,
    negative_control,
    required,
)
from twoarm.diagnostics.finding import is_randomised
from twoarm.diagnostics.hidden.negative_control import finding
from twoarm.diagnostics.ranking.heterogeneity_nulls import NoEffectTask, propensity_strata
from twoarm.diagnostics.ranking.heterogeneity_summary import Band, band
from twoarm.errors import FitError, NotEstimable
from twoarm.execution import run_tasks
from twoarm.learners import over_folds
from twoarm.metalearners import Predictors
from twoarm.metrics import Rate, share_at_threshold
from twoarm.seeds import Stream, integer
from twoarm.study.fit.refits import refits_of
from twoarm.study.fit.tasks import CrossFitTask, cross_fit_folds
from twoarm.study.judge.average.effects import effect_of
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.large import LARGE, effort_of
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.ranking.ranking_test import ranking_of
from twoarm.study.judge.schema import (
    COUNT,
    NUMBER,
    POSITIVE,
    PROBABILITY,
    SPREAD,
    TEXT,
    maybe,
    record,
    rows,
)
from twoarm.study.plan.plan import Plan
from twoarm.study.plan.propensity import treatment_model

__all__ = [
    "NEGATIVE_CONTROL",
    "ControlRun",
    "ControlShare",
    "negative_controls",
    "plan_of_control",
]

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
    """The run on one negative control.

    Attributes
    ----------
    spec : OutcomeSpec
        The outcome. `desirable` fixes the sign of what follows: positive where the treated fare
        better.
    removed : tuple of str
        Columns that no model of this run saw.
    n, events : int, tuple of int
        Patients whose outcome is known; events in control and treated.
    effect : NegativeControl or Absent
        Doubly robust average effect, in benefit direction, and its test.
    ranking : Rate or Absent
        The ranking test.
    share : ControlShare or Absent
    """

    spec: OutcomeSpec
    removed: tuple[str, ...]
    n: int
    events: tuple[int, int]
    effect: NegativeControl | Absent
    ranking: Rate | Absent
    share: ControlShare | Absent


def negative_controls(plan: Plan) -> dict[str, ControlRun]:
    """Run the study on each of its negative controls, in the order of the study file."""
    return {
        spec.name: _run(plan, spec, integer(plan.seed, Stream.NEGATIVE_CONTROL, position))
        for position, spec in enumerate(plan.file.negative_controls)
    }


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
    measured = [each.column for each, _ in plan.cohort.measured()]
    return ControlRun(
        spec=spec,
        removed=tuple(name for name in measured if name in {spec.column, *spec.remove}),
        n=int(np.isfinite(y).sum()),
        events=(int((y[arm == 0] == 1).sum()), int((y[arm == 1] == 1).sum())),
        effect=attempt(lambda: _effect(own, spec)),
        ranking=attempt(lambda: ranking_of(own).rate),
        share=attempt(lambda: _share(own, refits)),
    )


def _effect(own: Plan, spec: OutcomeSpec) -> NegativeControl:
    measured = treatment_model(own.cohort, by_lot=is_randomised(own.study))
    found = effect_of(
        own,
        spec,
        measured.X,
        _cross_fitted(own),
        measured.propensity.score,
        own.file.target_trial.population,
    )
    return negative_control(spec.name, required(found.aipw))


def _cross_fitted(own: Plan) -> NDArray[np.float64]:
    """Give both arms' cross-fitted risks, shape (2, patients)."""
    mu = np.full((2, len(own.cohort)), np.nan)
    for split, fold in over_folds(cross_fit_folds(own, 0), CrossFitTask(own), **own.run_by):
        if fold.errors:
            raise FitError(f"cross-fitting failed ({fold.errors[0].fit}): {fold.errors[0].error}")
        mu[:, split.held] = fold.mu[0]
    return mu


def _share(own: Plan, refits: Refits) -> ControlShare:
    if effort_of(own).is_large:
        raise NotEstimable(
            f"not computed from {LARGE} patients on: it takes {_DRAWS} fits to permuted treatment"
        )
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


_PATH = "negative_controls.{outcome}"


def _ask(evidence: Evidence) -> Mapping[str, ControlRun]:
    return negative_controls(evidence.plan)


def _finding(value: ControlRun, study: Study) -> Finding | None:
    return None if isinstance(value.effect, Absent) else finding(value.effect, study)


def _block(value: ControlRun, _: Study) -> dict[str, Any]:
    return {
        _PATH: {
            "n": value.n,
            "events": {"control": value.events[0], "treated": value.events[1]},
            "removed": list(value.removed),
            "effect": _plain_effect(value.effect),
            "ranking": _plain_ranking(value.ranking),
            "share_at_threshold": _plain_share(value.share),
        }
    }


def _plain_effect(found: NegativeControl | Absent) -> Any:
    if isinstance(found, Absent):
        return found
    return {**asdict(found.effect), "p": found.p, "detectable": found.detectable}


def _plain_ranking(rate: Rate | Absent) -> Any:
    if isinstance(rate, Absent):
        return rate
    return {
        "autoc": rate.estimate,
        **{name: getattr(rate, name) for name in ("se", "low", "high", "p")},
    }


def _plain_share(share: ControlShare | Absent) -> Any:
    if isinstance(share, Absent):
        return share
    failed, band_found = Absent("too many permutations failed"), share.permuted
    return {
        "raw": share.raw,
        "permuted": failed
        if band_found.mean is None
        else {"mean": band_found.mean, "low": band_found.low, "high": band_found.high},
        "p": failed if share.p is None else share.p,
    }


_EFFECT = record(
    estimate=NUMBER, se=POSITIVE, low=NUMBER, high=NUMBER, p=PROBABILITY, detectable=POSITIVE
)
_BAND = record(mean=PROBABILITY, low=PROBABILITY, high=PROBABILITY)

NEGATIVE_CONTROL = Question(
    name="negative control",
    scope=Scope.CONTROLS,
    line=Line.CAUSAL,
    doubt="a difference between the arms where treatment cannot make one",
    ask=_ask,
    finding=_finding,
    block=_block,
    keys=(
        Key(
            _PATH,
            record(
                n=COUNT,
                events=record(control=COUNT, treated=COUNT),
                removed=rows(TEXT),
                effect=maybe(_EFFECT),
                ranking=maybe(
                    record(autoc=NUMBER, se=SPREAD, low=NUMBER, high=NUMBER, p=PROBABILITY)
                ),
                share_at_threshold=maybe(
                    record(raw=PROBABILITY, permuted=maybe(_BAND), p=maybe(PROBABILITY))
                ),
            ),
        ),
    ),
)
