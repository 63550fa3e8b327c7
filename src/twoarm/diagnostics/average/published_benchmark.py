"""What would published effects give in this cohort, and what separates ours from them?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.benchmark import PublishedEffect
from twoarm.cohort.load import Study
from twoarm.diagnostics.average.possible import possible
from twoarm.diagnostics.comparability.doubly_robust import doubly_robust_effect
from twoarm.diagnostics.comparability.population import Population, over, target_weights
from twoarm.diagnostics.comparability.weighting import population_weights
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.diagnostics.harm import between, estimated
from twoarm.diagnostics.hidden.benefit_e_value import benefit_e_value
from twoarm.diagnostics.hidden.e_value import EValue
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import Estimate, as_benefit
from twoarm.metrics.normal import Z

__all__ = [
    "PublishedBenchmark",
    "ReanchoredEffect",
    "finding",
    "published_benchmark",
    "reanchored_benefit",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReanchoredEffect:
    """A published effect in this cohort.

    Attributes
    ----------
    published : PublishedEffect
    odds_ratio, odds_low, odds_high : float, float or None
        As published, or from the published risks and numbers of patients (Woolf's interval).
    benefit, low, high : float, float or None
        Average benefit that it would give here. The interval holds the uncertainty of the published
        effect and of this cohort's own risks without the treatment.
    needed : EValue or None
        Confounding that would reconcile our average with `benefit`: one hidden factor, as a risk
        ratio with treatment and with outcome. 1 where ours is not the larger. None where it is not
        defined: our average is no benefit at all, or an arm's risk is 0.
    """

    published: PublishedEffect
    odds_ratio: float
    odds_low: float | None
    odds_high: float | None
    benefit: float
    low: float | None
    high: float | None
    needed: EValue | None


@dataclass(frozen=True, slots=True)
class PublishedBenchmark:
    """Our average benefit beside published ones, for one outcome.

    Attributes
    ----------
    ours : Estimate
        Doubly robust, in benefit direction.
    control_risk : float
        Mean of mu0 in the population: what the odds ratios are applied to.
    rows : tuple of ReanchoredEffect
    """

    ours: Estimate
    control_risk: float
    rows: tuple[ReanchoredEffect, ...]

    @property
    def compared(self) -> tuple[ReanchoredEffect, ...]:
        """The effects in comparable patients that have an interval."""
        return tuple(
            each for each in self.rows if each.published.comparable and each.low is not None
        )

    @property
    def outside_all(self) -> bool:
        """Whether our interval shares no value with any of them; False if there is none."""
        return bool(self.compared) and not any(self._meets(each) for each in self.compared)

    def _meets(self, row: ReanchoredEffect) -> bool:
        assert row.low is not None
        assert row.high is not None
        return self.ours.low <= row.high and row.low <= self.ours.high


def reanchored_benefit(
    mu0: ArrayLike, odds_ratio: float, *, desirable: bool, weight: ArrayLike | None = None
) -> float:
    """Give the average benefit if treatment multiplied every patient's odds of the outcome.

    Parameters
    ----------
    mu0 : array_like, shape (n,)
        Risk under control, 0 to 1.
    odds_ratio : float
        Treated against control, above 0.
    desirable : bool
        Whether the outcome is one to hope for.
    weight : array_like, shape (n,), optional
        How much each patient belongs to the population; without, all the same.

    Raises
    ------
    ArgumentError
        If risks or ratio are out of range.

    Notes
    -----
    mean(expit(logit mu0 + log OR) - mu0). A ratio from two arms' risks is taken as every patient's:
    that understates the difference a little where risks differ much, since odds ratios do not
    average.

    Examples
    --------
    >>> round(reanchored_benefit([0.065], 1.93, desirable=True), 4)
    0.0533
    """
    risk = np.asarray(mu0, dtype=np.float64)
    if risk.ndim != 1 or risk.size == 0 or not ((risk >= 0.0) & (risk <= 1.0)).all():
        raise ArgumentError("mu0 must be a vector of risks from 0 to 1.")
    if not (math.isfinite(odds_ratio) and odds_ratio > 0):
        raise ArgumentError(f"An odds ratio must be above 0; found {odds_ratio}.")
    treated = odds_ratio * risk / (1.0 - risk + odds_ratio * risk)
    belongs = None if weight is None else np.asarray(weight, dtype=np.float64)
    return as_benefit(float(np.average(treated - risk, weights=belongs)), desirable=desirable)


def published_benchmark(
    outcome: ArrayLike,
    treatment: ArrayLike,
    mu0: ArrayLike,
    mu1: ArrayLike,
    propensity: ArrayLike,
    published: Sequence[PublishedEffect],
    *,
    desirable: bool,
    population: Population = "all",
) -> PublishedBenchmark:
    """Set the doubly robust average benefit beside published effects on this cohort's risks.

    Parameters
    ----------
    outcome, treatment, mu0, mu1, propensity : array_like, shape (n,)
        As in `dr_scores`; a binary outcome.
    published : sequence of PublishedEffect
        Of this outcome.
    desirable : bool
        Whether the outcome is one to hope for.
    population : {"all", "treated", "overlap"}
        Over whom all benefits are averaged.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.
    NotEstimable
        If our average leaves what is possible.

    Notes
    -----
    Where ours and a published effect differ, selection of other patients, another treatment or
    confounding may be the reason: the data cannot tell which (Dahabreh et al., arXiv 2203.14857).
    `needed` says what confounding alone would have to be.

    The risks that the ratios are applied to are estimates: their error is that of the doubly robust
    estimate of mean(expit(logit mu0 + log OR) - mu0), which controls' outcomes inform. It is joined
    with the published interval, each limit at its own distance (MOVER: Donner, Zou, Stat Methods
    Med Res 2012;21:347-359, doi 10.1177/0962280210383085).
    """
    y, arm, m0, m1, e = (
        np.asarray(each, dtype=np.float64) for each in (outcome, treatment, mu0, mu1, propensity)
    )
    parts = y, arm.astype(np.int64), m0, m1, e
    ours = possible(doubly_robust_effect(*parts, population), y).as_benefit(desirable=desirable)
    here = _Here(parts, population, ours.estimate, desirable)
    risk = float(np.average(m0, weights=here.weight))
    return PublishedBenchmark(ours, risk, tuple(here.row(each) for each in published))


@dataclass(frozen=True)
class _Here:
    """The cohort, for published effects to be applied to."""

    parts: tuple[Floats, NDArray[np.int64], Floats, Floats, Floats]
    population: Population
    ours: float
    desirable: bool

    @property
    def weight(self) -> Floats:
        """How much each patient belongs to the population, mean 1."""
        target = target_weights(self.population, self.parts[1], self.parts[4])
        return np.asarray(target / target.mean())

    def row(self, published: PublishedEffect) -> ReanchoredEffect:
        ratio, low, high = _odds_ratio(published)
        benefit = self.benefit(ratio)
        worst = best = None
        if low is not None and high is not None:
            limits = sorted((self.benefit(low), self.benefit(high)))
            worst, best = _joined(benefit, limits, Z * self.error_of_risks(ratio))
        return ReanchoredEffect(
            published, ratio, low, high, benefit, worst, best, self.needed(benefit)
        )

    def benefit(self, ratio: float) -> float:
        return reanchored_benefit(
            self.parts[2], ratio, desirable=self.desirable, weight=self.weight
        )

    def error_of_risks(self, ratio: float) -> float:
        """Give the standard error of the average at this ratio that comes from estimating mu0."""
        outcome, arm, mu0, _, propensity = self.parts
        odds = 1.0 - mu0 + ratio * mu0
        added = ratio * mu0 / odds - mu0
        slope = ratio / odds**2 - 1.0
        target = target_weights(self.population, arm, propensity)
        stands_for = population_weights(self.population, arm, propensity) / target.mean()
        average = np.average(added, weights=target)
        scores = self.weight * (added - average)
        scores += slope * (1 - arm) * stands_for * (outcome - mu0)
        return float(scores.std(ddof=1)) / math.sqrt(scores.size)

    def needed(self, target: float) -> EValue | None:
        if self.ours <= target:
            return EValue(1.0, 1.0, (True, True))
        if self.ours < 0.0:  # it explains an effect away; this would have to enlarge a harm
            return None
        try:
            return benefit_e_value(
                *self.parts,
                desirable=self.desirable,
                threshold=target,
                population=self.population,
            ).to_threshold
        except NotEstimable:
            return None


def _joined(benefit: float, limits: Sequence[float], own: float) -> tuple[float, float]:
    """Widen a published interval by the half width of another, independent source of error."""
    low, high = limits
    return benefit - math.hypot(benefit - low, own), benefit + math.hypot(high - benefit, own)


def _odds_ratio(published: PublishedEffect) -> tuple[float, float | None, float | None]:
    if published.measure != "risks":
        assert published.estimate is not None  # checked when the file was read
        return published.estimate, published.low, published.high
    risks, sizes = (
        (published.risk_treated, published.risk_control),
        (published.n_treated, published.n_control),
    )
    p1, p0 = (risk for risk in risks if risk is not None)
    ratio = p1 * (1.0 - p0) / (p0 * (1.0 - p1))
    n1, n0 = sizes
    if n1 is None or n0 is None:
        return ratio, None, None
    se = math.sqrt(1 / (n1 * p1 * (1 - p1)) + 1 / (n0 * p0 * (1 - p0)))
    return ratio, ratio * math.exp(-Z * se), ratio * math.exp(Z * se)


@says("published trials")
def finding(value: PublishedBenchmark, study: Study) -> Finding:
    """Say whether ours lies where published effects would lie here; agreement proves nothing."""
    compared = value.compared
    ours, title = value.ours, study.file.primary.title
    text = f"{title}: our average{over(study)} is {estimated(ours)}"
    verdict: Verdict = "cannot tell"
    if not compared:
        text += "; no published effect in comparable patients has an interval."
    else:
        benefits = [each.benefit for each in compared]
        text += (
            f"; {_sources(compared)} in comparable patients, on this cohort's risk of "
            f"{100 * value.control_risk:.1f} % without the treatment, would give "
            f"{between(min(benefits), max(benefits))}. "
        )
        if value.outside_all:
            verdict = "questions"
            text += (
                "Our interval meets none of theirs. Other patients, another treatment or hidden "
                "differences between the arms can be the reason; the data cannot tell which."
            )
        else:
            text += "That intervals meet is no evidence against confounding, which may be shared."
    return Finding("published trials", verdict, text)


def _sources(compared: Sequence[ReanchoredEffect]) -> str:
    """Count publications: one may report several measures of the outcome."""
    count = len({each.published.source for each in compared})
    effects = "1 effect" if len(compared) == 1 else f"{len(compared)} effects"
    return f"{effects} from {count} {'publication' if count == 1 else 'publications'}"
