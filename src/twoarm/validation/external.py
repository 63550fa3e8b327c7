"""A released model in another place: what holds there, beside what was to be expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.studyfile import OutcomeSpec
from twoarm.diagnostics import Absent, attempt
from twoarm.diagnostics.finding import is_randomised
from twoarm.errors import NotEstimable
from twoarm.metrics import CalibrationGroups, Interval, auc, calibration_groups
from twoarm.metrics.calibration import calibration_curve
from twoarm.modelfile import Model
from twoarm.validation.benefit import ExternalBenefit, external_benefit
from twoarm.validation.calibration import external_calibration
from twoarm.validation.case_mix import (
    effective_sample_size,
    matching_weights,
    moment_differences,
)
from twoarm.validation.decision import ARMS, ArmAsks, arm_asks, common_test, decide
from twoarm.validation.discrimination import external_discrimination
from twoarm.validation.expected import between_places, expected_auc, expected_brier
from twoarm.validation.limits import cannot
from twoarm.validation.linear_predictors import LinearPredictors
from twoarm.validation.membership import membership
from twoarm.validation.power import external_precision, sample_size_external
from twoarm.validation.result import (
    LEARNERS,
    ArmValidation,
    CaseMix,
    Expected,
    ExternalValidation,
    LearnerValidation,
    Matched,
    MembershipFound,
    OutcomeValidation,
)
from twoarm.validation.site import Site

__all__ = ["Development", "validate_model"]

Floats = NDArray[np.float64]

_FEWEST_FOR_A_CURVE = 20
_THRESHOLDS = np.linspace(0.0, 0.30, 31)
_NO_RUN = "it needs the patients of the development: give its run"


@dataclass(frozen=True, eq=False)
class Development:
    """The run that a model came from, where it is at hand.

    Attributes
    ----------
    name : str
        Its folder.
    cohort : Cohort
        Its patients.
    between : mapping of (str, str) to Interval
        By outcome and arm: the prediction interval of the AUC between its centres.
    """

    name: str
    cohort: Cohort
    between: Mapping[tuple[str, str], Interval]


def validate_model(
    model: Model, site: Site, *, development: Development | None = None, seed: int = 0
) -> ExternalValidation:
    """Validate a released model in patients of another place.

    Parameters
    ----------
    model : Model
        From `twoarm.modelfile.load_model`.
    site : Site
        From `read_site`.
    development : Development, optional
        The run that the model came from; only with it can the two cohorts be told apart patient by
        patient, and the spread between its own centres be used.
    seed : int
        Of the draws behind bands and half-samples.

    Returns
    -------
    ExternalValidation

    Notes
    -----
    The code cannot check that these are other patients than those of the development, that
    predictors were measured alike, or, where treatment was not drawn by lot, that the arms would
    have fared alike.
    """
    X = model.encoding.encode(site.coded)
    mix = _case_mix(model, X, development, seed)
    risks = {
        "recommended": model.recommended_risks(site.coded),
        "study": {name: model.risks(site.coded, name) for name in model.outcomes},
    }
    outcomes = {}
    for spec in site.outcomes:
        learners: dict[str, LearnerValidation] = {}
        for learner in LEARNERS:
            if spec.name in risks[learner]:
                asked = _Asked(model, site, spec, learner, risks[learner][spec.name], X, mix)
                learners[learner] = _learner(asked, development, seed)
        outcomes[spec.name] = OutcomeValidation(spec, learners)
    randomised = is_randomised(site.study)
    return ExternalValidation(
        model,
        site,
        randomised,
        mix,
        outcomes,
        cannot(model, site, randomised=randomised, development=development is not None),
        "" if development is None else development.name,
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    """One outcome by one learner, in patients with numbers: `risks` has shape (2, n)."""

    model: Model
    site: Site
    spec: OutcomeSpec
    learner: str
    risks: Floats
    X: Floats
    mix: CaseMix


def _case_mix(model: Model, X: Floats, development: Development | None, seed: int) -> CaseMix:
    joint = model.content["joint_support"]
    mean, sd = np.asarray(joint["centre"]), np.asarray(joint["scale"])
    weights = attempt(lambda: matching_weights(X, mean, sd))
    matched = not isinstance(weights, Absent)
    found: MembershipFound | Absent = Absent(_NO_RUN)
    if development is not None:
        there = model.encoding.encode(development.cohort.predictors)

        def told_apart() -> MembershipFound:
            each = membership(X, there, seed=seed)
            return MembershipFound(each.auc, each.effective)

        found = attempt(told_apart)
    return CaseMix(
        columns=model.encoding.names,
        here=X.mean(axis=0),
        there=mean,
        difference=moment_differences(X, mean, sd)
        if X.shape[0] > 1
        else np.full(mean.size, np.nan),
        effective=weights.effective if not isinstance(weights, Absent) else None,
        largest=weights.largest if not isinstance(weights, Absent) else None,
        weight=weights.weight if not isinstance(weights, Absent) else weights,
        squares=matched and not isinstance(weights, Absent) and weights.squares,
        membership=found,
    )


def _learner(asked: _Asked, development: Development | None, seed: int) -> LearnerValidation:
    values, treatment = asked.site.outcome(asked.spec.name), asked.site.treatment
    known = np.isfinite(values)
    arms = {
        ARMS[arm]: _arm(asked, arm, known & (treatment == arm), development, seed)
        for arm in asked.site.arms
    }
    y, w = values[known], treatment[known]
    risks, X = asked.risks[:, known], asked.X[known]
    both = len(arms) == len(ARMS)
    common = attempt(lambda: common_test(y, risks, w, X)) if both else Absent("it needs both arms")
    asks = {arm: ArmAsks(each.n, each.test, each.needed) for arm, each in arms.items()}
    return LearnerValidation(
        arms=arms,
        common=common,
        benefit=attempt(lambda: _benefit(asked.spec, y, risks, w, seed)),
        decision=decide(y, risks, w, X, asks, common),
    )


def _benefit(
    spec: OutcomeSpec, y: Floats, risks: Floats, treatment: NDArray[np.int64], seed: int
) -> ExternalBenefit:
    return external_benefit(
        y,
        risks[0],
        risks[1],
        treatment,
        desirable=spec.desirable,
        thresholds=_THRESHOLDS,
        seed=seed,
    )


def _arm(
    asked: _Asked,
    arm: int,
    rows: NDArray[np.bool_],
    development: Development | None,
    seed: int,
) -> ArmValidation:
    """Measure one arm's risk; what cannot be had is absent with its reason."""
    y, p = asked.site.outcome(asked.spec.name)[rows], asked.risks[arm, rows]
    n = int(rows.sum())
    if n == 0:
        return _nobody()
    lp = LinearPredictors.of(p)
    events = int(y.sum())
    curve = np.zeros((2, 0))
    if min(events, n - events) >= _FEWEST_FOR_A_CURVE:
        order = np.argsort(p, kind="stable")
        curve = np.stack([p[order], calibration_curve(y, p)[order]])
    asks = arm_asks(y, p, asked.X[rows])
    return ArmValidation(
        n=n,
        events=events,
        discrimination=attempt(lambda: external_discrimination(y, p)),
        calibration=attempt(lambda: external_calibration(y, p, seed=seed)),
        expected=_expected(asked, ARMS[arm], p, development),
        matched=attempt(lambda: _matched(asked, y, p, rows)),
        test=asks.test,
        precision=attempt(lambda: external_precision(n, lp)),
        asked=attempt(lambda: sample_size_external(lp)),
        needed=asks.needed,
        groups=attempt(lambda: _groups(y, p)),
        curve=curve,
    )


def _groups(y: Floats, p: Floats) -> CalibrationGroups:
    if not 0.0 < y.sum() < y.size:
        raise NotEstimable("everybody, or nobody, has the event")
    return calibration_groups(y, p)


def _nobody() -> ArmValidation:
    none = Absent("no patient of this arm has a known outcome")
    return ArmValidation(
        n=0,
        events=0,
        discrimination=none,
        calibration=none,
        expected=none,
        matched=none,
        test=none,
        precision=none,
        asked=none,
        needed=none,
        groups=none,
        curve=np.zeros((2, 0)),
    )


def _expected(asked: _Asked, arm: str, p: Floats, development: Development | None) -> Expected:
    headline = None
    if asked.learner == "study":
        headline = asked.model.content["performance"][asked.spec.name][arm]["auc_headline"]
    between, where = None, ""
    own = None if development is None else development.between.get((asked.spec.name, arm))
    if own is not None and asked.learner == "study":
        between, where = own, "between the centres of the development"
    elif headline is not None:
        between, where = between_places(headline, 0.0), "as over many other models"
    return Expected(expected_auc(p), expected_brier(p), headline, between, where)


def _matched(asked: _Asked, y: Floats, p: Floats, rows: NDArray[np.bool_]) -> Matched:
    """Measure the arm's patients weighted to the development's case mix."""
    weight = asked.mix.weight
    if isinstance(weight, Absent):
        raise NotEstimable(weight.reason)
    w = weight[rows]
    if not 0.0 < y.sum() < y.size:
        raise NotEstimable("everybody, or nobody, has the event")
    return Matched(auc(y, p, weight=w), float((w @ y) / (w @ p)), effective_sample_size(w))
