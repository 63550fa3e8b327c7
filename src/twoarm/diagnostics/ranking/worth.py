"""What is a predicted point of benefit worth? Less than nothing is a finding of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.errors import NotEstimable
from twoarm.metrics import Estimate, benefit_slope, slope_is_told, wald

__all__ = ["Worth", "benefit_worth", "finding"]


@dataclass(frozen=True, slots=True)
class Worth:
    """The calibration slope of the predicted benefit over the run's cross-fits.

    Attributes
    ----------
    slope : Estimate
        Medians over the cross-fits of estimate and standard error, with the interval of these.
    cross_fits : int
        In which it is defined.
    """

    slope: Estimate
    cross_fits: int


def benefit_worth(
    scores: NDArray[np.float64], benefit: NDArray[np.float64], fold: NDArray[np.int64]
) -> Worth:
    """Regress doubly robust scores on the predicted benefit in every cross-fit.

    Parameters
    ----------
    scores, benefit, fold : ndarray, shape (cross-fits, patients)
        See `benefit_slope`.

    Raises
    ------
    NotEstimable
        If no cross-fit tells patients apart.

    Examples
    --------
    >>> benefit, fold = np.array([[0.0, 0.1, 0.2, 0.3]]), np.zeros((1, 4), dtype=np.int64)
    >>> round(benefit_worth(np.array([[0.3, 0.2, 0.3, 0.0]]), benefit, fold).slope.estimate, 2)
    -0.8
    """
    found = [
        benefit_slope(phi, t, fold=number).slope
        for phi, t, number in zip(scores, benefit, fold, strict=True)
    ]
    told = [each for each in found if np.isfinite(each.estimate + each.se)]
    if not told:
        raise NotEstimable("all patients are predicted the same benefit")
    estimate = float(np.median([each.estimate for each in told]))
    return Worth(wald(estimate, float(np.median([each.se for each in told]))), len(told))


@says("worth of the prediction")
def finding(value: Worth, study: Study) -> Finding:
    """Say whether those predicted to gain more did gain more.

    `questions` if the interval of the slope lies below 0: the predictions run backwards.
    """
    slope, title = value.slope, study.file.primary.title
    if not slope_is_told(slope):
        text = (
            f"{title}: what a predicted point of benefit is worth cannot be told; patients' "
            "predictions differ too little, or there are too few patients."
        )
        return Finding("worth of the prediction", "cannot tell", text)
    verdict: Verdict = "questions" if slope.high < 0.0 else "cannot tell"
    text = (
        f"{title}: a point more of predicted benefit goes with {slope.estimate:.2f} points "
        f"({slope.low:.2f} to {slope.high:.2f}) by doubly robust scores (median of "
        f"{value.cross_fits} cross-fits); 1 would be as predicted, 0 worth nothing."
    )
    if verdict == "questions":
        text += " The predictions run backwards: patients predicted to gain more gained less."
    return Finding("worth of the prediction", verdict, text)
