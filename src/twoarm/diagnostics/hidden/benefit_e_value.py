"""E-value of the average effect: what a hidden confounder would have to be to explain it away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from twoarm.cohort.load import Study
from twoarm.diagnostics.comparability.population import Population, over, population_scores
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.diagnostics.harm import amount
from twoarm.diagnostics.hidden.confounder_strength import CovariateStrength
from twoarm.diagnostics.hidden.e_value import ArmRisks, EValue, e_value_of_difference
from twoarm.metrics import as_benefit

__all__ = ["BenefitEValue", "benefit_e_value", "finding"]


@dataclass(frozen=True, slots=True)
class BenefitEValue:
    """E-values of the average effect that was found for one outcome, benefit or harm.

    Attributes
    ----------
    benefit : float
        Doubly robust average benefit; positive where the treatment helps.
    threshold : float or None
        Benefit worth treating for; a harm is measured by it too.
    to_zero, to_threshold : EValue or None
        To bring the effect that was found to 0, and to the size of the threshold.
    measured : CovariateStrength or None
        The strongest measured covariate, as a yardstick (`covariate_strengths`).
    """

    benefit: float
    threshold: float | None
    to_zero: EValue
    to_threshold: EValue | None
    measured: CovariateStrength | None = None


def benefit_e_value(
    outcome: ArrayLike,
    treatment: ArrayLike,
    mu0: ArrayLike,
    mu1: ArrayLike,
    propensity: ArrayLike,
    *,
    desirable: bool,
    threshold: float | None = None,
    population: Population = "all",
) -> BenefitEValue:
    """Give the E-values of the average effect found, from doubly robust risks of both arms.

    Parameters
    ----------
    outcome, treatment, mu0, mu1, propensity : array_like, shape (n,)
        As in `dr_scores`; a binary outcome.
    desirable : bool
        Whether the outcome is one to hope for: decides whether the effect is a benefit or a harm.
    threshold : float, optional
        Smallest benefit worth treating for, 0 to 1.
    population : {"all", "treated", "overlap"}
        Over whom the benefit is averaged.

    Notes
    -----
    The arm with the larger risk is the exposed one, so that benefit and harm are asked alike.

    Examples
    --------
    >>> y = np.array([1, 1, 1, 0, 1, 0, 0, 0]); w = np.repeat([1, 0], 4)
    >>> half = np.full(8, 0.5)
    >>> found = benefit_e_value(y, w, half, half, half, desirable=True, threshold=0.6)
    >>> round(found.to_zero.estimate, 3), found.to_threshold.already_below
    (5.449, (True, True))
    """
    scores = population_scores(outcome, treatment, mu0, mu1, propensity, population)
    n, arm = scores.weight.size, np.asarray(treatment, dtype=np.float64)
    # Not above 1 by rounding, where the population is the treated.
    share = min(1.0, float((scores.weight * arm).mean()))
    covariance = np.cov(*scores.influence[::-1]) / n
    p1, p0, v1, v0 = (
        float(each)
        for each in (scores.phi1.mean(), scores.phi0.mean(), covariance[0, 0], covariance[1, 1])
    )
    if p1 >= p0:
        risks = ArmRisks(p1, p0, share, n, (v1, v0), float(covariance[0, 1]))
    else:
        risks = ArmRisks(p0, p1, 1.0 - share, n, (v0, v1), float(covariance[0, 1]))
    return BenefitEValue(
        benefit=as_benefit(p1 - p0, desirable=desirable),
        threshold=threshold,
        to_zero=_to(risks, 0.0),
        to_threshold=None if threshold is None else _to(risks, threshold),
    )


def _to(risks: ArmRisks, true: float) -> EValue:
    """Give the E-value, or that nothing is needed where the effect is below the target."""
    if risks.larger - risks.smaller <= true:
        return EValue(1.0, 1.0, (True, True))
    return e_value_of_difference(risks, true=true)


@says("E-value")
def finding(value: BenefitEValue, study: Study) -> Finding:
    """Say how strong a hidden confounder would have to be; never that there is none."""
    pieces = [(0.0, value.to_zero)]
    if value.threshold is not None and value.to_threshold is not None:
        pieces.append((value.threshold, value.to_threshold))
    verdict: Verdict = "questions" if value.to_zero.already_below[1] else "cannot tell"
    text = f"{study.file.primary.title}: found is {amount(value.benefit)} on average{over(study)}. "
    text += " ".join(_sentence(target, each) for target, each in pieces)
    if value.measured is not None:
        text += (
            " The strongest measured covariate, cut in two, is "
            f"{study.file.column_title(value.measured.name)} "
            f"({value.measured.with_treatment:.1f} with treatment, "
            f"{value.measured.with_outcome:.1f} with the outcome)."
        )
    return Finding("E-value", verdict, text)


def _sentence(target: float, value: EValue) -> str:
    there = f"{100 * target:g} points" if target else "0"
    if value.already_below[0]:
        return f"It is not above {there} as it stands."
    text = (
        f"One hidden factor tied to treatment and to outcome by a risk ratio of "
        f"{value.estimate:.1f} each could bring it to {there}"
    )
    if value.already_below[1]:
        return f"{text}; its confidence limit is there already."
    return f"{text}; {value.limit:.1f} each, its confidence limit."
