"""Benefit in groups of patients, by scores, by the arms' difference and by two models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics.ranking.by_risk.arm_risks import (
    ArmRisks,
    observed_risks,
    scored_risks,
    share_of_total,
    woolf,
)
from twoarm.diagnostics.ranking.by_risk.baseline_risk_values import GroupBenefit, RiskGroup
from twoarm.diagnostics.ranking.by_risk.blinded_risk import OneOddsRatio
from twoarm.metrics import Estimate, wald

__all__ = ["Patients", "risk_groups"]

Floats = NDArray[np.float64]
Rows = NDArray[np.bool_]
_FOR_AN_ERROR = 2
"""Patients from whom a variance can be estimated."""

Shares = Mapping[str, Estimate | None]


@dataclass(frozen=True, slots=True, eq=False)
class Patients:
    """What the methods need of n patients, all of the undesirable outcome.

    Attributes
    ----------
    event, mu0, mu1, phi0, phi1, risk : ndarray, shape (n,)
        Outcome; the learner's risks and doubly robust scores of both arms; the blinded risk.
    arm : ndarray of bool, shape (n,)
        Whether treated.
    model : OneOddsRatio or None
    randomised : bool
    """

    event: Floats
    arm: Rows
    mu0: Floats
    mu1: Floats
    phi0: Floats
    phi1: Floats
    risk: Floats
    model: OneOddsRatio | None
    randomised: bool

    def scored(self, rows: Rows) -> ArmRisks:
        """Give both arms' mean risks by scores."""
        return scored_risks(self.phi0[rows], self.phi1[rows])

    def observed(self, rows: Rows) -> ArmRisks:
        """Give both arms' observed risks."""
        return observed_risks(self.event[rows], self.arm[rows])

    def predicted(self, rows: Rows) -> ArmRisks:
        """Give the means of the learner's risks."""
        risk = np.array([self.mu0[rows].mean(), self.mu1[rows].mean()])
        return ArmRisks(risk, np.full((2, 2), np.nan))

    def counts(self, rows: Rows) -> NDArray[np.int64]:
        """Count patients without and with the event, by arm: shape (2, 2), controls first."""
        cell = 2 * self.arm[rows] + self.event[rows].astype(np.int64)
        return np.bincount(cell, minlength=4).reshape(2, 2)


def risk_groups(
    patients: Patients, members: Sequence[Rows]
) -> tuple[RiskGroup, tuple[RiskGroup, ...]]:
    """Describe everybody as one group, and each of the groups that divide them."""
    everybody = _group(patients, np.ones_like(patients.arm), {})
    shares: Sequence[Shares] = [{}] * len(members)
    if _is_clear(everybody.aipw):
        shares = _shares(patients, members, everybody)
    pairs = zip(members, shares, strict=True)
    return everybody, tuple(_group(patients, rows, share) for rows, share in pairs)


def _group(patients: Patients, rows: Rows, shares: Shares) -> RiskGroup:
    counts, risk = patients.counts(rows), patients.risk[rows]
    size, events = counts.sum(axis=1).tolist(), counts[:, 1].tolist()
    estimable, model = bool(counts.min() > 0), patients.model
    scored = patients.scored(rows) if estimable else None
    crude = None
    if estimable and patients.randomised:
        crude = GroupBenefit(
            patients.observed(rows).benefit,
            woolf(patients.event[rows], patients.arm[rows]),
            shares.get("crude"),
        )
    return RiskGroup(
        n=(size[0], size[1]),
        events=(events[0], events[1]),
        lowest_risk=float(risk.min()),
        mean_risk=float(risk.mean()),
        highest_risk=float(risk.max()),
        untreated=None if scored is None else _possible_risk(scored.arm(0)),
        treated=None if scored is None else _possible_risk(scored.arm(1)),
        aipw=None
        if scored is None or abs(scored.benefit.estimate) > 1.0
        else _benefit(scored, shares.get("aipw")),
        crude=crude,
        risk_model=None
        if model is None
        else _benefit(model.arm_risks(rows), shares.get("risk_model")),
        learner=_benefit(patients.predicted(rows), shares.get("learner")),
    )


def _possible_risk(found: Estimate) -> Estimate | None:
    """Give a mean of scores if it can be a risk: in few patients it need not be."""
    return found if 0.0 <= found.estimate <= 1.0 else None


def _benefit(risks: ArmRisks, share: Estimate | None) -> GroupBenefit:
    return GroupBenefit(risks.benefit, risks.odds_ratio, share)


def _is_clear(found: GroupBenefit | None) -> bool:
    return found is not None and found.benefit.excludes_zero


def _shares(
    patients: Patients, members: Sequence[Rows], everybody: RiskGroup
) -> list[dict[str, Estimate | None]]:
    """Give each group's share of the benefit by each method whose average is clear.

    Groups too small for an estimate of their own still count in the total.
    """
    found: dict[str, Sequence[Estimate | None]] = {}
    sizes = np.array([patients.counts(rows).sum(axis=1) for rows in members])
    if sizes.sum(axis=1).min() >= _FOR_AN_ERROR:
        found["aipw"] = _of_estimates(members, [patients.scored(rows) for rows in members])
    if _is_clear(everybody.crude) and sizes.min() >= _FOR_AN_ERROR:
        found["crude"] = _of_estimates(members, [patients.observed(rows) for rows in members])
    if patients.model is not None and _is_clear(everybody.risk_model):
        found["risk_model"] = [patients.model.share(rows) for rows in members]
    total, average = float((patients.mu0 - patients.mu1).sum()), patients.phi0 - patients.phi1
    if total * average.sum() > 0.0:  # else shares of a harm would stand beside those of a benefit
        found["learner"] = [
            wald(float((patients.mu0 - patients.mu1)[rows].sum()) / total) for rows in members
        ]
    return [{name: each[k] for name, each in found.items()} for k in range(len(members))]


def _of_estimates(members: Sequence[Rows], risks: Sequence[ArmRisks]) -> list[Estimate | None]:
    size = np.array([rows.mean() for rows in members])
    benefits = [each.benefit for each in risks]
    part = size * [each.estimate for each in benefits]
    variance = (size * [each.se for each in benefits]) ** 2
    total, total_variance = float(part.sum()), float(variance.sum())
    return [
        share_of_total(float(b), float(v), total, total_variance)
        for b, v in zip(part, variance, strict=True)
    ]
