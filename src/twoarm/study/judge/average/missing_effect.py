"""What missing values do to the average effect: four ways of dealing with them, side by side.

The models of the run impute without outcome and arm, as at the bedside; an average effect may use
both. All four rest on the same simple models (ridge regressions, cross-fitted for AIPW), so that
only the handling of missing values differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.load import Study
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import (
    Absent,
    Finding,
    Identified,
    attempt,
    average_effect,
    identified,
    imputed,
    observation_weighted_effect,
    over_imputations,
    present,
    required,
)
from twoarm.diagnostics.comparability.nuisances import fit_propensity
from twoarm.diagnostics.comparability.population import over
from twoarm.diagnostics.finding import Verdict, is_randomised, says
from twoarm.diagnostics.harm import amount
from twoarm.errors import NotEstimable
from twoarm.execution import run_tasks
from twoarm.metrics import Estimate
from twoarm.seeds import Stream, generator, integer
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.large import effort_of
from twoarm.study.judge.plain import plain_estimate
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import (
    COUNT,
    ESTIMATE,
    NUMBER,
    NUMBER_OR_NULL,
    SPREAD_OR_NULL,
    maybe,
    record,
)
from twoarm.study.plan.plan import Plan
from twoarm.study.plan.propensity import TreatmentModel, treatment_model

__all__ = [
    "MISSING_EFFECT",
    "WAYS",
    "MissingEffect",
    "Track",
    "finding",
    "missing_effect",
]

Floats = NDArray[np.float64]
_Pair = tuple[Estimate | Absent, Estimate | Absent]
"""By AIPW and by the g-formula."""

WAYS = ("imputed_once", "complete_cases", "multiply_imputed", "outcome_weighted")
_FOLDS = 5
_FOLDS_ARE_DRAWN = 20
"""Step of the seed's path: beyond the numbers of the imputations, however many there are."""


@dataclass(frozen=True, slots=True)
class Track:
    """Average benefit of an outcome under one way of dealing with missing values.

    Attributes
    ----------
    patients : int
        Whom the average is taken over.
    aipw, g_formula : Estimate, Estimate or None
        In benefit direction: doubly robust, and standardised from a logistic model in each arm.
    """

    patients: int
    aipw: Estimate
    g_formula: Estimate | None


@dataclass(frozen=True, slots=True)
class MissingEffect:
    """An outcome's average benefit under each way.

    Attributes
    ----------
    imputed_once : Track or Absent
        Missing values filled as for prediction: without outcome and arm.
    complete_cases : Track or Absent
        Patients with nothing missing (`Cohort.complete`).
    multiply_imputed : Track or Absent
        Imputations with outcomes and arm, pooled by Rubin's rules; absent if one of them gives no
        average.
    outcome_weighted : Track or Absent
        As `imputed_once`, over everybody: known outcomes weighted by the inverse probability of
        being known.
    imputations : int
        How many of them.
    """

    imputed_once: Track | Absent
    complete_cases: Track | Absent
    multiply_imputed: Track | Absent
    outcome_weighted: Track | Absent
    imputations: int = 20

    @property
    def titles(self) -> dict[str, str]:
        """Each way in words."""
        return {
            "imputed_once": "imputed as for prediction",
            "complete_cases": "complete cases",
            "multiply_imputed": f"{self.imputations} imputations with outcome and arm",
            "outcome_weighted": "unknown outcomes weighted for",
        }

    def tracks(self) -> dict[str, Track]:
        """Give what could be computed, by way."""
        found = {name: getattr(self, name) for name in WAYS}
        return {name: track for name, track in found.items() if isinstance(track, Track)}


def missing_effect(plan: Plan) -> dict[str, MissingEffect]:
    """Estimate every outcome's average benefit in the four ways.

    Raises
    ------
    NotEstimable
        If nothing is missing: all ways would be the same.
    """
    model = _model(plan.cohort, plan)
    if not model.missing.any() and all(
        np.isfinite(plan.outcome(each.name)).all() for each in plan.outcomes
    ):
        raise NotEstimable("nothing is missing")
    pooled = attempt(lambda: _multiply_imputed(plan, model))
    return {spec.name: _one(plan, spec, model, pooled) for spec in plan.outcomes}


def _model(cohort: Cohort, plan: Plan) -> TreatmentModel:
    return treatment_model(cohort, by_lot=is_randomised(plan.study))


def _one(
    plan: Plan, spec: OutcomeSpec, model: TreatmentModel, pooled: dict[str, Track | Absent] | Absent
) -> MissingEffect:
    y, arm, seed = _good(plan, spec), plan.cohort.treatment, _seed(plan)
    population = plan.file.target_trial.population

    def single() -> Track:
        return _track(plan, model, y, arm)

    def complete() -> Track:
        whole = plan.cohort.complete
        if whole.all():
            raise NotEstimable("no predictor is missing")
        if not whole.any():
            raise NotEstimable("every patient lacks a value: nobody is complete")
        return _track(plan, _model(plan.cohort.subset(whole), plan), y[whole], arm[whole])

    def weighted() -> Track:
        X, score = model.predictors, model.propensity.score
        found = observation_weighted_effect(
            X,
            y,
            arm,
            score,
            population=population,
            judged=_judged(plan, model, model.X, score, arm),
            cross_fit=_FOLDS,
            seed=seed,
        )
        return Track(y.size, found, None)

    return MissingEffect(
        imputed_once=attempt(single),
        complete_cases=attempt(complete),
        multiply_imputed=pooled if isinstance(pooled, Absent) else pooled[spec.name],
        outcome_weighted=attempt(weighted),
        imputations=effort_of(plan).imputations,
    )


def _judged(
    plan: Plan, model: TreatmentModel, X: Floats, score: Floats, arm: NDArray[np.int64]
) -> Identified:
    """Judge the overlap with X, the model's columns, filled in one way or another."""
    return identified(score, arm, X, names=model.names, known=is_randomised(plan.study))


def _good(plan: Plan, spec: OutcomeSpec) -> Floats:
    """Give the outcome coded so that 1 is the better result: its difference is the benefit."""
    y = plan.outcome(spec.name)
    return y if spec.desirable else 1.0 - y


def _seed(plan: Plan) -> int:
    return integer(plan.seed, Stream.IMPUTATION, _FOLDS_ARE_DRAWN)


def _track(plan: Plan, model: TreatmentModel, y: Floats, arm: NDArray[np.int64]) -> Track:
    score = model.propensity.score
    judged = _judged(plan, model, model.X, score, arm)
    resamples = effort_of(plan).resamples
    aipw, g_formula = _estimates(plan, model.predictors, y, arm, score, judged, resamples)
    return Track(int(np.isfinite(y).sum()), required(aipw), present(g_formula))


def _estimates(
    plan: Plan,
    X: Floats,
    y: Floats,
    arm: NDArray[np.int64],
    score: Floats,
    judged: Identified,
    resamples: int,
) -> _Pair:
    """Give AIPW by cross-fitted models, and the g-formula by models of all with known outcome."""
    known, population = np.isfinite(y), plan.file.target_trial.population
    shared = partial(
        average_effect,
        X[known],
        y[known],
        arm[known],
        propensity=score[known],
        population=population,
        judged=judged,
        seed=_seed(plan),
    )
    return (
        attempt(lambda: required(shared(cross_fit=_FOLDS, replicates=0).aipw)),
        attempt(lambda: required(shared(replicates=resamples).g_formula)),
    )


@dataclass(frozen=True)
class _Imputation:
    """Complete the cohort once and estimate every outcome's benefit in it."""

    plan: Plan
    model: TreatmentModel

    def __call__(self, number: int) -> list[_Pair]:
        """Give both estimates of every outcome."""
        plan, model, arm = self.plan, self.model, self.plan.cohort.treatment
        holed = np.where(model.missing, np.nan, model.X)
        outcomes = np.column_stack([plan.outcome(each.name) for each in plan.outcomes])
        rng = generator(plan.seed, Stream.IMPUTATION, number)
        X = imputed(holed, arm, outcomes, rng=rng, sources=model.sources)
        score = model.propensity.score
        if not is_randomised(plan.study):
            everybody = np.full(arm.size, -1, dtype=np.int64)
            score = fit_propensity(np.column_stack([X, model.centres]), arm, everybody)
        judged = _judged(plan, model, X, score, arm)
        own = X[:, : model.predictors.shape[1]]
        resamples = effort_of(plan).resamples_of_an_imputation
        return [
            _estimates(plan, own, _good(plan, spec), arm, score, judged, resamples)
            for spec in plan.outcomes
        ]


def _multiply_imputed(plan: Plan, model: TreatmentModel) -> dict[str, Track | Absent]:
    """Pool over imputations."""
    if not model.missing.any():
        raise NotEstimable("no predictor is missing")
    task = _Imputation(plan, model)
    found = list(run_tasks(task, range(effort_of(plan).imputations), **plan.run_by))
    return {
        spec.name: attempt(partial(_pooled, plan, spec, [each[position] for each in found]))
        for position, spec in enumerate(plan.outcomes)
    }


def _pooled(plan: Plan, spec: OutcomeSpec, found: Sequence[_Pair]) -> Track:
    aipw = over_imputations([each[0] for each in found])
    g_formula = attempt(lambda: over_imputations([each[1] for each in found]))
    return Track(int(np.isfinite(plan.outcome(spec.name)).sum()), aipw, present(g_formula))


@says("missing data and the average effect")
def finding(value: MissingEffect, study: Study) -> Finding:
    """Say whether the average benefit of the primary outcome depends on the handling.

    `questions` if one way is more than one of its standard errors away from that of the run's own
    imputation, or if the intervals of some exclude 0 and those of others do not.
    """
    tracks = value.tracks()
    estimates = {name: track.aipw for name, track in tracks.items()}
    own = estimates.get("imputed_once")
    apart = own is not None and any(
        abs(each.estimate - own.estimate) > each.se for each in estimates.values()
    )
    split = len({each.excludes_zero for each in estimates.values()}) > 1
    verdict: Verdict = "questions" if apart or split else "cannot tell"
    shown = "; ".join(
        f"{value.titles[name]} {amount(each.estimate)} (n = {tracks[name].patients})"
        for name, each in estimates.items()
    )
    title = study.file.primary.title
    text = f"{title}: average{over(study)} by doubly robust estimate: "
    text += f"{shown or 'not estimable'}. "
    text += (
        "The ways disagree."
        if verdict == "questions"
        else "That they agree does not show that values are missing for recorded reasons alone."
    )
    return Finding("missing data and the average effect", verdict, text)


_PATH = "outcomes.{outcome}.missing_effect"


def _ask(evidence: Evidence) -> Mapping[str, MissingEffect | Absent]:
    return missing_effect(evidence.plan)


def _block(value: MissingEffect, _: Study) -> dict[str, Any]:
    return {_PATH: {name: _plain(getattr(value, name)) for name in WAYS}}


def _plain(track: Track | Absent) -> Any:
    if isinstance(track, Absent):
        return track
    few = "too few resamples had events and others"
    return {
        "patients": track.patients,
        "aipw": plain_estimate(track.aipw, few),
        "g_formula": Absent(f"not defined, or {few}")
        if track.g_formula is None
        else plain_estimate(track.g_formula, few),
    }


_AIPW = record(estimate=NUMBER, se=SPREAD_OR_NULL, low=NUMBER_OR_NULL, high=NUMBER_OR_NULL)
_TRACK = maybe(record(patients=COUNT, aipw=_AIPW, g_formula=ESTIMATE))

MISSING_EFFECT = Question(
    name="missing data and the average effect",
    scope=Scope.OUTCOMES,
    line=Line.CAUSAL,
    doubt="what missing values do to the average",
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(Key(_PATH, maybe(record(**dict.fromkeys(WAYS, _TRACK)))),),
)
