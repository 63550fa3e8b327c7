"""Every measure of one learner's cross-fitted benefit.

All of it rests on the arms being comparable given what
was measured; measures of matched pairs and of observed outcomes adjust for nothing but the
prediction they match on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import Absent, attempt
from twoarm.errors import NotEstimable
from twoarm.metalearners import Effects
from twoarm.metrics import (
    BenefitCurve,
    BenefitSlope,
    BestLinearPredictor,
    CForBenefit,
    Estimate,
    GroupEffects,
    LogitCalibration,
    NetBenefit,
    NumberNeeded,
    PolicyValue,
    TargetingCurve,
    benefit_curve,
    benefit_slope,
    best_linear_predictor,
    c_for_benefit,
    group_effects,
    isotonic_benefit,
    logit_calibration,
    model_based_c_for_benefit,
    needed_for,
    net_benefit,
    policy_value,
    targeting_curve,
)
from twoarm.metrics.arrays import linear_predictor, recalibrated
from twoarm.metrics.c_for_benefit import Prediction
from twoarm.metrics.matched_pairs import MatchOn
from twoarm.study.judge.ranking.pair_errors import PairErrors, pair_errors

__all__ = [
    "CURVE_THRESHOLDS",
    "OTHER_THRESHOLDS",
    "EvidenceTask",
    "ModelEvidence",
    "Patients",
]

CURVE_THRESHOLDS = np.round(np.arange(0.0, 0.301, 0.01), 2)
"""Smallest benefits worth treating for, from 0 to 30 points."""

OTHER_THRESHOLDS = (0.05, 0.10, 0.15, 0.20, 0.25)
"""Beside the study's own: different people set it differently."""

_BY_RANK: tuple[tuple[MatchOn, Prediction], ...] = (
    ("benefit", "mean_benefit"),
    ("benefit", "arm_difference"),
    ("mu0", "arm_difference"),
)
_GROUPS = 4
_MOST_DISTANCES = 1_000_000  # matching on covariates takes cubic time

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Patients:
    """The patients whose outcome is known, and what measures of benefit need of them.

    Attributes
    ----------
    outcome, propensity : ndarray, shape (n,)
    treatment, fold : ndarray of int64, shape (n,)
    X : ndarray, shape (n, p)
        Encoded predictors, to match on.
    mu0, mu1 : ndarray, shape (n,)
        Cross-fitted risks by the study's learner, behind the scores.
    phi0, phi1 : ndarray, shape (n,)
        Doubly robust scores of both arms, on the scale of the outcome.
    desirable : bool
    threshold : float
    """

    outcome: Floats
    treatment: NDArray[np.int64]
    propensity: Floats
    fold: NDArray[np.int64]
    X: Floats
    mu0: Floats
    mu1: Floats
    phi0: Floats
    phi1: Floats
    desirable: bool
    threshold: float

    @property
    def scores(self) -> Floats:
        """Doubly robust scores in the direction of benefit."""
        return self.phi1 - self.phi0 if self.desirable else self.phi0 - self.phi1

    @property
    def expected(self) -> Floats:
        """Risk whatever the arm."""
        return (1.0 - self.propensity) * self.mu0 + self.propensity * self.mu1


@dataclass(frozen=True, slots=True)
class ModelEvidence:
    """Every measure of one learner's benefit.

    Attributes
    ----------
    concordance : tuple of CForBenefit
        By variant: matched on benefit with the mean of the members' benefits; on benefit, and on
        the risk under control, with the treated member's mu1 against the control's mu0; on
        covariates, in cohorts that are not too large.
    model_based : float or Absent
        Model-based c-for-benefit against risks recalibrated, arm by arm, in these patients.
    dispersion : float
        The same against the learner's own risks: how spread out they are, which validates nothing.
    pairs : PairErrors or Absent
    logit : LogitCalibration or Absent
        Both arms as they are; not adjusted for what decided on treatment.
    slope : BenefitSlope
        Scores on benefit centred within folds.
    linear : BestLinearPredictor
    groups : GroupEffects or Absent
        Average scores in quarters of predicted benefit, from one cross-fit.
    curve : BenefitCurve or Absent
    isotonic : ndarray or Absent
        Isotonic regression of the scores at the places of the curve.
    targeting : TargetingCurve
        Descriptive: priorities of ordinary cross-fitting give no valid test.
    policy : PolicyValue
        Of treating whoever is predicted to reach the threshold.
    reaching : Estimate or Absent
        Average score of those patients; absent if they are fewer than 2.
    net_benefit : NetBenefit
        At `CURVE_THRESHOLDS`.
    at_threshold : NetBenefit
        At the study's threshold alone.
    around_threshold : NetBenefit
        At that and at `OTHER_THRESHOLDS`, sorted.
    """

    concordance: tuple[CForBenefit, ...]
    model_based: float | Absent
    dispersion: float
    pairs: PairErrors | Absent
    logit: LogitCalibration | Absent
    slope: BenefitSlope
    linear: BestLinearPredictor
    groups: GroupEffects | Absent
    curve: BenefitCurve | Absent
    isotonic: Floats | Absent
    targeting: TargetingCurve
    policy: PolicyValue
    reaching: Estimate | Absent
    net_benefit: NetBenefit
    at_threshold: NetBenefit
    around_threshold: NetBenefit

    @property
    def needed(self) -> NumberNeeded | None:
        """Number needed to treat among those predicted to reach the threshold."""
        return None if isinstance(self.reaching, Absent) else needed_for(self.reaching)

    @property
    def autoc(self) -> float:
        """Area under the targeting curve: mean gain over the shares treated."""
        return float(self.targeting.gain.mean())

    @property
    def qini(self) -> float:
        """The same with each share as its weight."""
        return float((self.targeting.share * self.targeting.gain).mean())


@dataclass(frozen=True)
class EvidenceTask:
    """Measure one learner's benefit.

    Attributes
    ----------
    patients : Patients
    effects : dict of str to Effects
    matchings, seed : int
        Of pairs; learners are matched with the same seed.
    """

    patients: Patients
    effects: dict[str, Effects]
    matchings: int
    seed: int

    def __call__(self, name: str) -> ModelEvidence:
        """Compute every measure of this learner."""
        patients, found = self.patients, self.effects[name]
        benefit, scores = found.benefit, patients.scores
        advised = benefit >= patients.threshold
        curve = attempt(lambda: benefit_curve(scores, benefit))
        return ModelEvidence(
            concordance=_concordance(patients, found, self.matchings, self.seed),
            model_based=attempt(lambda: _model_based(patients, found)),
            dispersion=model_based_c_for_benefit(found.mu0, found.mu1),
            pairs=attempt(lambda: self._pair_errors(found)),
            logit=attempt(lambda: _logit(patients, found)),
            slope=benefit_slope(scores, benefit, fold=patients.fold),
            linear=_linear(patients, benefit),
            groups=attempt(lambda: _groups_of(scores, benefit)),
            curve=curve,
            isotonic=curve
            if isinstance(curve, Absent)
            else isotonic_benefit(scores, benefit)(curve.predicted),
            targeting=targeting_curve(scores, benefit),
            policy=policy_value(
                patients.phi0,
                patients.phi1,
                advised.astype(np.float64),
                desirable=patients.desirable,
            ),
            reaching=attempt(lambda: _mean_of(scores[advised])),
            net_benefit=net_benefit(scores, benefit, CURVE_THRESHOLDS),
            at_threshold=net_benefit(scores, benefit, [patients.threshold]),
            around_threshold=net_benefit(scores, benefit, _around(patients.threshold)),
        )

    def _pair_errors(self, found: Effects) -> PairErrors:
        patients = self.patients
        return pair_errors(
            patients.outcome,
            found.mu0,
            found.mu1,
            patients.treatment,
            desirable=patients.desirable,
            matchings=self.matchings,
            seed=self.seed,
        )


def _around(threshold: float) -> list[float]:
    return sorted({*OTHER_THRESHOLDS, round(threshold, 10)})


def _concordance(
    patients: Patients, found: Effects, matchings: int, seed: int
) -> tuple[CForBenefit, ...]:
    """Give C-for-benefit in every variant; matching on covariates where it can be afforded."""
    parts = patients.outcome, found.mu0, found.mu1, patients.treatment
    by_rank = tuple(
        c_for_benefit(
            *parts,
            desirable=patients.desirable,
            match_on=match_on,
            prediction=prediction,
            matchings=matchings,
            seed=seed,
        )
        for match_on, prediction in _BY_RANK
    )
    treated = int(patients.treatment.sum())
    if treated * (patients.treatment.size - treated) > _MOST_DISTANCES:
        return by_rank
    matched = c_for_benefit(
        *parts, desirable=patients.desirable, match_on="covariates", covariates=patients.X
    )
    return (*by_rank, matched)


def _model_based(patients: Patients, found: Effects) -> float:
    """Rank by the learner's risks; what is true is their recalibration in these patients."""
    updated = []
    for arm, risk in enumerate((found.mu0, found.mu1)):
        own = patients.treatment == arm
        fit = recalibrated(patients.outcome[own], risk[own], None)
        if not (np.isfinite(fit.intercept) and np.isfinite(fit.slope)):
            raise NotEstimable(
                "The risks cannot be recalibrated: they are all the same in an arm, or separate "
                "events from others."
            )
        log_odds = fit.intercept + fit.slope * linear_predictor(risk)
        updated.append(1.0 / (1.0 + np.exp(-log_odds)))
    return model_based_c_for_benefit(found.mu0, found.mu1, updated=(updated[0], updated[1]))


def _logit(patients: Patients, found: Effects) -> LogitCalibration:
    return logit_calibration(
        patients.outcome, found.mu0, found.mu1, patients.treatment, desirable=patients.desirable
    )


def _linear(patients: Patients, benefit: Floats) -> BestLinearPredictor:
    return best_linear_predictor(
        patients.outcome,
        patients.treatment,
        patients.expected,
        patients.propensity,
        benefit,
        desirable=patients.desirable,
    )


def _mean_of(scores: Floats) -> Estimate:
    if scores.size < 2:
        raise NotEstimable("Fewer than 2 patients are predicted to reach the threshold.")
    found = benefit_slope(scores, np.zeros(scores.size)).mean
    _require_possible(np.array([found.estimate]))
    return found


def _groups_of(scores: Floats, benefit: Floats) -> GroupEffects:
    found = group_effects(scores, benefit, groups=_GROUPS)
    _require_possible(found.estimate)
    return found


def _require_possible(estimates: Floats) -> None:
    """Refuse averages of scores beyond a difference of probabilities: so few patients tell none."""
    beyond = estimates[np.abs(estimates) > 1.0]
    if beyond.size:
        raise NotEstimable(
            f"an average of {beyond[0]:.3g} lies beyond what is possible, -1 to 1: too few patients"
        )
