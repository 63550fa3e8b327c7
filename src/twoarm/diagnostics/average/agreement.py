"""Does the learner reproduce its own average?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from twoarm.cohort.load import Study
from twoarm.diagnostics.comparability.population import over
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.diagnostics.harm import amount
from twoarm.errors import ArgumentError

__all__ = ["Agreement", "agreement", "finding"]

_STANDARD_ERRORS = 2.0
_POINTS = 0.03


@dataclass(frozen=True, slots=True)
class Agreement:
    """Doubly robust average benefit against the mean of the predicted benefits.

    Attributes
    ----------
    aipw, mean_benefit : float
        Both in benefit direction.
    difference, se : float
        aipw - mean_benefit, and its standard error SD(phi - benefit) / sqrt(n).
    flagged : bool
        Whether the difference exceeds two standard errors, or 3 points.
    """

    aipw: float
    mean_benefit: float
    difference: float
    se: float
    flagged: bool


def agreement(phi: ArrayLike, benefit: ArrayLike, weight: ArrayLike | None = None) -> Agreement:
    """Compare the average of a learner's predictions with the doubly robust one.

    Parameters
    ----------
    phi : array_like, shape (n,)
        Doubly robust scores in benefit direction (`dr_scores`, negated for an outcome to be
        avoided).
    benefit : array_like, shape (n,)
        Cross-fitted predicted benefit of the same patients.
    weight : array_like, shape (n,), optional
        How much each patient belongs to the population of `phi`, mean 1 (`PopulationScores`);
        without, all the same.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together, or are not complete.

    Notes
    -----
    Both averages rest on the same measured factors: agreement is no evidence against confounding.

    Examples
    --------
    >>> agreement([0.25, 0.75], [0.25, 0.25]).difference
    0.25
    """
    scores = np.asarray(phi, dtype=np.float64)
    predicted = np.asarray(benefit, dtype=np.float64)
    belongs = np.ones(scores.size) if weight is None else np.asarray(weight, dtype=np.float64)
    shapes = [each.shape for each in (scores, predicted, belongs)]
    if scores.ndim != 1 or len(set(shapes)) > 1 or scores.size < 2:
        raise ArgumentError(
            "phi, benefit and weight must be vectors of one length, at least 2; found shapes "
            f"{shapes}."
        )
    apart = scores - belongs * predicted
    if not np.isfinite(apart).all():
        raise ArgumentError("phi, benefit and weight must be complete.")
    difference = float(apart.mean())
    se = float((apart - difference * belongs).std(ddof=1)) / math.sqrt(scores.size)
    flagged = abs(difference) > _STANDARD_ERRORS * se or abs(difference) > _POINTS
    mean = float((belongs * predicted).mean())
    return Agreement(float(scores.mean()), mean, difference, se, flagged)


@says("agreement")
def finding(value: Agreement, study: Study) -> Finding:
    """Say whether the learner's mean is off; agreement is never a point in favour."""
    verdict: Verdict = "questions" if value.flagged else "cannot tell"
    text = (
        f"{study.file.primary.title}: the predictions average{over(study)} "
        f"{amount(value.mean_benefit)}, the doubly robust estimate is {amount(value.aipw)}. "
    )
    text += (
        "The learner does not reproduce its own average."
        if value.flagged
        else "That they agree is no evidence against confounding."
    )
    return Finding("agreement", verdict, text)
