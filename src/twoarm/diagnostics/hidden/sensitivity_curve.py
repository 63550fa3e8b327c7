"""What is left of the benefit as hidden confounding grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.comparability.population import over
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.diagnostics.hidden.marginal_sensitivity import marginal_sensitivity, tipping_strength
from twoarm.diagnostics.hidden.patient_bounds import share_holding

__all__ = ["SensitivityCurve", "finding", "sensitivity_curve"]

Floats = NDArray[np.float64]

_SHOWN = 2.0
"""The sentence on the share shows the strength nearest to this."""


@dataclass(frozen=True, slots=True, eq=False)
class SensitivityCurve:
    """Bounds of the benefit under the marginal sensitivity model, sampling error aside.

    Attributes
    ----------
    strength : ndarray, shape (k,)
        Odds ratio by which hidden factors may change a patient's odds of treatment, 1 or more.
    low, high : ndarray, shape (k,)
        Bounds of the average benefit.
    share : ndarray, shape (k,)
        Share of patients whose lower bound reaches the threshold.
    threshold : float
        Smallest benefit that is worth the treatment.
    to_zero, to_threshold : float or None
        Smallest strength at which the lower bound of the average is not above 0, or not above the
        threshold; 1 if it is not above it as it stands, None if no strength does that.
    """

    strength: Floats
    low: Floats
    high: Floats
    share: Floats
    threshold: float
    to_zero: float | None
    to_threshold: float | None


def sensitivity_curve(
    outcome: ArrayLike,
    treatment: ArrayLike,
    propensity: ArrayLike,
    mu0: ArrayLike,
    mu1: ArrayLike,
    *,
    desirable: bool,
    threshold: float,
    population: Literal["all", "treated"] = "all",
) -> SensitivityCurve:
    """Bound the average benefit and every patient's, over a grid of strengths.

    Parameters
    ----------
    outcome, treatment, propensity : array_like, shape (n,)
        See `marginal_sensitivity`.
    mu0, mu1 : array_like, shape (n,)
        Cross-fitted risks; see `share_holding`.
    desirable : bool
        Whether the outcome is one to hope for.
    threshold : float
        Smallest benefit that is worth the treatment, 0 to 1.
    population : {"all", "treated"}
        Over whom the benefit is averaged, and whose share is given.

    Raises
    ------
    ArgumentError
        If the arrays do not fit.

    Examples
    --------
    >>> y, w = np.tile([1, 0, 1, 1], 50), np.tile([0, 0, 1, 1], 50)
    >>> half = np.full(200, 0.5)
    >>> curve = sensitivity_curve(y, w, half, half, half + 0.2, desirable=True, threshold=0.15)
    >>> float(curve.low[0]), bool(curve.low[-1] < curve.low[0])
    (0.5, True)
    """
    average = marginal_sensitivity(
        outcome, treatment, propensity, population=population
    ).as_benefit(desirable=desirable)
    who = np.asarray(treatment) >= (1 if population == "treated" else 0)
    holding = share_holding(
        *(np.asarray(each)[who] for each in (mu0, mu1, propensity)),
        strengths=average.strength,
        threshold=threshold,
        desirable=desirable,
    )
    tips = [
        tipping_strength(
            outcome,
            treatment,
            propensity,
            desirable=desirable,
            target=target,
            population=population,
        )
        for target in (0.0, threshold)
    ]
    return SensitivityCurve(
        average.strength, average.low, average.high, holding.share, threshold, *tips
    )


@says("marginal sensitivity")
def finding(value: SensitivityCurve, study: Study) -> Finding:
    """Say from which strength on the average benefit may be nothing."""
    above = value.strength[value.low > 0]
    verdict: Verdict = "cannot tell" if above.size else "questions"
    title, where = study.file.primary.title, over(study)
    if above.size:
        text = (
            f"{title}: the average benefit{where} stays above 0, sampling error aside, "
            f"if hidden factors change the odds of treatment at most {above.max():g}-fold (the "
            "largest strength tried that does). The data do not say how strong they are."
        )
    else:
        text = f"{title}: the weighted average benefit{where} is not above 0 at all."
    return Finding("marginal sensitivity", verdict, text + _sentence_on_share(value, where))


def _sentence_on_share(value: SensitivityCurve, where: str) -> str:
    who = "the treated" if where else "patients"
    shown = int(np.argmin(np.abs(np.log(value.strength / _SHOWN))))
    return (
        f" {100 * value.share[0]:.0f} % of {who} are predicted to gain at least "
        f"{100 * value.threshold:g} points; if hidden factors could change the odds "
        f"{value.strength[shown]:g}-fold, the lower bound still reaches that in "
        f"{100 * value.share[shown]:.0f} %."
    )
