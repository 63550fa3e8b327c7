"""What is left of the effect that was found as hidden confounding grows."""

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
        Bounds of the average benefit; a harm is below 0.
    share : ndarray, shape (k,)
        Share of patients whose benefit, or harm, reaches the threshold even at its smallest bound.
    threshold : float
        Smallest benefit that is worth the treatment; a harm is measured by it too.
    to_zero, to_threshold : float or None
        Smallest strength at which the average effect may be 0, or the size of the threshold; 1 if
        it is no larger as it stands, None if no strength does that.
    harm : bool
        Whether they ask about a harm.
    """

    strength: Floats
    low: Floats
    high: Floats
    share: Floats
    threshold: float
    to_zero: float | None
    to_threshold: float | None
    harm: bool = False

    @property
    def smallest(self) -> Floats:
        """Smallest size of the average effect at each strength; below 0: it may be the other."""
        return 0.0 - self.high if self.harm else self.low


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
    harm: bool = False,
) -> SensitivityCurve:
    """Bound the average effect and every patient's, over a grid of strengths.

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
    harm : bool
        Whether a harm was found: then it is asked how much of that is left.

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
    asked = desirable != harm  # a harm is the benefit of the outcome's opposite
    holding = share_holding(
        *(np.asarray(each)[who] for each in (mu0, mu1, propensity)),
        strengths=average.strength,
        threshold=threshold,
        desirable=asked,
    )
    to_zero, to_threshold = (
        tipping_strength(
            outcome,
            treatment,
            propensity,
            desirable=asked,
            target=target,
            population=population,
        )
        for target in (0.0, threshold)
    )
    return SensitivityCurve(
        average.strength,
        average.low,
        average.high,
        holding.share,
        threshold,
        to_zero,
        to_threshold,
        harm,
    )


@says("marginal sensitivity")
def finding(value: SensitivityCurve, study: Study) -> Finding:
    """Say from which strength on the average effect may be nothing."""
    above, effect = value.strength[value.smallest > 0], "harm" if value.harm else "benefit"
    verdict: Verdict = "cannot tell" if above.size else "questions"
    title, where = study.file.primary.title, over(study)
    if above.size:
        text = (
            f"{title}: the average {effect}{where} stays above 0, sampling error aside, if hidden "
            f"factors change the odds of treatment at most {above.max():g}-fold (the largest "
            "strength tried that does). The data do not say how strong they are."
        )
    else:
        text = f"{title}: the weighted average{where} shows no {effect} at all."
    return Finding("marginal sensitivity", verdict, text + _sentence_on_share(value, where))


def _sentence_on_share(value: SensitivityCurve, where: str) -> str:
    who = "the treated" if where else "patients"
    shown = int(np.argmin(np.abs(np.log(value.strength / _SHOWN))))
    return (
        f" {100 * value.share[0]:.0f} % of {who} are predicted to "
        f"{'lose' if value.harm else 'gain'} at least "
        f"{100 * value.threshold:g} points; if hidden factors could change the odds "
        f"{value.strength[shown]:g}-fold, the lower bound still reaches that in "
        f"{100 * value.share[shown]:.0f} %."
    )
