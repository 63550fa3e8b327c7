"""What would a factor that nobody measured have to be, to make the benefit of the run?

Every measure of hidden confounding for the primary outcome, in benefit direction. None of them can
say that there is no such factor, so none of their findings supports a causal reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics import (
    BenefitEValue,
    CovariateStrength,
    Finding,
    PartialR2,
    RosenbaumBounds,
    benefit_e_value,
    covariate_strengths,
    marginal_sensitivity,
    partial_r2,
    propensity_pairs,
    rosenbaum_bounds,
    share_holding,
    tipping_strength,
)
from twoarm.diagnostics.hidden.benefit_e_value import finding as e_value_finding
from twoarm.diagnostics.hidden.marginal_sensitivity import finding as sensitivity_finding
from twoarm.diagnostics.hidden.partial_r2 import finding as partial_r2_finding
from twoarm.diagnostics.hidden.rosenbaum import finding as rosenbaum_finding
from twoarm.errors import ArgumentError
from twoarm.study.plan.plan import Plan

__all__ = ["Hidden", "SensitivityCurve", "hidden"]

Floats = NDArray[np.float64]
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class SensitivityCurve:
    """What is left of the benefit as hidden confounding grows (marginal sensitivity model).

    Attributes
    ----------
    strength : ndarray, shape (k,)
        Odds ratio by which hidden factors may change a patient's odds of treatment, 1 or more.
    low, high : ndarray, shape (k,)
        Bounds of the average benefit, sampling error aside.
    share : ndarray, shape (k,)
        Share of patients whose lower bound reaches the threshold.
    to_zero, to_threshold : float or None
        Smallest strength at which the lower bound of the average is not above 0, or not above the
        threshold; 1 if it is not above it as it stands, None if no strength does that.
    """

    strength: Floats
    low: Floats
    high: Floats
    share: Floats
    to_zero: float | None
    to_threshold: float | None


@dataclass(frozen=True)
class Hidden:
    """Hidden confounding of the primary outcome's benefit; a part is None where it has an error.

    Attributes
    ----------
    e_value : BenefitEValue or None
    covariates : tuple of CovariateStrength
        The measured covariates as confounders, the strongest first: the yardstick.
    curve : SensitivityCurve
    rosenbaum : RosenbaumBounds or None
        Of pairs matched on the propensity.
    partial_r2 : PartialR2 or None
        Linear probability model.
    findings : tuple of Finding
    errors : dict of str to str
        What could not be computed, and why.
    """

    e_value: BenefitEValue | None
    covariates: tuple[CovariateStrength, ...]
    curve: SensitivityCurve
    rosenbaum: RosenbaumBounds | None
    partial_r2: PartialR2 | None
    findings: tuple[Finding, ...]
    errors: dict[str, str]


def hidden(plan: Plan, X: Floats, names: Sequence[str], mu: Floats, score: Floats) -> Hidden:
    """Ask what a hidden factor would have to be: primary outcome, patients with known outcome.

    Parameters
    ----------
    plan : Plan
    X : ndarray, shape (n, p)
        The model's columns, complete.
    names : sequence of str, p names
        Of the columns.
    mu : ndarray, shape (2, n)
        Cross-fitted probabilities of the primary outcome.
    score : ndarray, shape (n,)
        Propensity.
    """
    y = plan.outcome(plan.file.primary.name)
    known = np.isfinite(y)
    parts = _Parts(
        plan, X[known], names, y[known], plan.cohort.treatment[known], mu[:, known], score[known]
    )
    covariates = covariate_strengths(parts.X, parts.y, parts.treatment, names=names)
    e_value = parts.tried("e_value", lambda: parts.e_value(covariates), e_value_finding)
    curve = parts.curve()
    rosenbaum = parts.tried("rosenbaum", parts.rosenbaum, rosenbaum_finding)
    robustness = parts.tried("partial_r2", parts.robustness, partial_r2_finding)
    return Hidden(
        e_value, covariates, curve, rosenbaum, robustness, tuple(parts.findings), parts.errors
    )


@dataclass(frozen=True)
class _Parts:
    """The arrays that every measure reads, and what has been found so far."""

    plan: Plan
    X: Floats
    names: Sequence[str]
    y: Floats
    treatment: NDArray[np.int64]
    mu: Floats
    score: Floats
    findings: list[Finding] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def desirable(self) -> bool:
        return self.plan.file.primary.desirable

    def tried(
        self, name: str, compute: Callable[[], Part], finding: Callable[..., Finding]
    ) -> Part | None:
        """Compute a measure and its finding; note why it is missing where it cannot be."""
        try:
            found = compute()
        except ArgumentError as error:
            self.errors[name] = str(error)
            return None
        self.findings.append(finding(found, self.plan.study))
        return found

    def e_value(self, covariates: Sequence[CovariateStrength]) -> BenefitEValue:
        found = benefit_e_value(
            self.y,
            self.treatment,
            self.mu[0],
            self.mu[1],
            self.score,
            desirable=self.desirable,
            threshold=self.plan.file.primary.threshold,
        )
        return replace(found, measured=covariates[0] if covariates else None)

    def curve(self) -> SensitivityCurve:
        """Bound average and patients; it cannot fail on a run's own arrays."""
        found = marginal_sensitivity(self.y, self.treatment, self.score)
        average = found.as_benefit(desirable=self.desirable)
        holding = share_holding(
            self.mu[0],
            self.mu[1],
            self.score,
            strengths=average.strength,
            threshold=self._threshold,
            desirable=self.desirable,
        )
        self.findings.append(sensitivity_finding(average, self.plan.study, holding))
        tips = self._tips(0.0), self._tips()
        return SensitivityCurve(average.strength, average.low, average.high, holding.share, *tips)

    @property
    def _threshold(self) -> float:
        threshold = self.plan.file.primary.threshold
        assert threshold is not None  # the primary outcome has one
        return threshold

    def _tips(self, target: float | None = None) -> float | None:
        return tipping_strength(
            self.y,
            self.treatment,
            self.score,
            desirable=self.desirable,
            target=self._threshold if target is None else target,
        )

    def rosenbaum(self) -> RosenbaumBounds:
        treated, control = propensity_pairs(self.score, self.treatment)
        good = self.y if self.desirable else 1.0 - self.y
        return rosenbaum_bounds(good[treated], good[control])

    def robustness(self) -> PartialR2:
        found = partial_r2(self.X, self.y, self.treatment, names=self.names)
        return found.as_benefit(desirable=self.desirable)
