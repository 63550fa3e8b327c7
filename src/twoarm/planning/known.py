"""What is known before the trial, whether it comes from a run or was typed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twoarm.design import NormalBenefit, PredictedBenefit, Prior
from twoarm.design.checks import check_share
from twoarm.errors import ArgumentError

__all__ = ["Haircut", "Known", "Scale", "Source", "typed_in"]

Floats = NDArray[np.float64]
Source = Literal["observational", "randomised", "typed in"]


@dataclass(frozen=True, slots=True)
class Haircut:
    """By how much hidden confounding may have raised the average benefit.

    Attributes
    ----------
    value : float
        Average benefit minus `low`, 0 or more.
    low : float
        Smallest average compatible with a hidden factor that changes the odds of treatment by
        `odds_ratio` (marginal sensitivity model).
    odds_ratio : float
        Of treatment between the halves of the strongest measured covariate.
    covariate : str
        Its name.
    """

    value: float
    low: float
    odds_ratio: float
    covariate: str


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """The ordered scale that the outcome was cut from.

    Attributes
    ----------
    column : str
    levels : tuple of float
        Best first.
    weight : ndarray, shape (levels, n)
        Of every patient at each level: the controls, weighted to stand for everybody; 0 elsewhere.
    event_first : bool
        Whether the outcome is being at one of the first levels (else at one of the last).
    """

    column: str
    levels: tuple[float, ...]
    weight: Floats
    event_first: bool


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What the trial is planned on.

    Attributes
    ----------
    title, outcome, label : str
        Study, name and label of the outcome.
    desirable : bool
        Whether the outcome is one to hope for.
    synthetic : bool
        Whether the patients are made up.
    threshold : float
        The study's own threshold of benefit.
    prior : Prior
    model : PredictedBenefit
        Cross-fitted predicted benefit.
    raw : PredictedBenefit, optional
        In-sample predicted benefit, as a naive planner would take it.
    slope, slope_se : float
        Calibration slope before it was clipped, NaN where there is none.
    no_ranking : str
        Why no design may choose or rank patients by the model; empty if it may.
    haircut : Haircut, optional
    no_haircut : str
        Why there is no default haircut.
    scale : Scale, optional
    no_scale : str
        Why there is none.
    patients, replicates : int
        In the cohort, and of the run; 0 if there is none.
    source : {"observational", "randomised", "typed in"}
        Where the average benefit comes from.
    """

    title: str
    outcome: str
    label: str
    desirable: bool
    synthetic: bool
    threshold: float
    prior: Prior
    model: PredictedBenefit
    raw: PredictedBenefit | None
    slope: float
    slope_se: float
    no_ranking: str
    haircut: Haircut | None
    no_haircut: str
    scale: Scale | None
    no_scale: str
    patients: int
    replicates: int
    source: Source


def typed_in(
    *,
    benefit_mean: float,
    benefit_sd: float,
    slope: float,
    control_risk: float,
    standard_errors: tuple[float, float, float] | None = None,
    threshold: float = 0.15,
    desirable: bool = True,
) -> Known:
    """Take what is known from numbers alone, for those who have no run.

    Parameters
    ----------
    benefit_mean, benefit_sd : float
        Mean and standard deviation of the predicted benefit; the mean stands for the average
        benefit, too.
    slope : float
        Calibration slope of the benefit, 0 to 1.
    control_risk : float
        Risk of the outcome without treatment.
    standard_errors : three floats, optional
        Of average, slope and control risk; without them there is no assurance.
    threshold : float
        The benefit that is worth the treatment.
    desirable : bool
        Whether the outcome is one to hope for.

    Examples
    --------
    >>> known = typed_in(benefit_mean=0.08, benefit_sd=0.12, slope=0.25, control_risk=0.25)
    >>> round(known.model.parted(0.15).share, 2)
    0.28
    """
    check_share(control_risk=control_risk)
    covariance = None
    if standard_errors is not None:
        if not all(np.isfinite(each) and each >= 0.0 for each in standard_errors):
            raise ArgumentError(f"Standard errors are 0 or more; found {standard_errors}.")
        spread = np.diag([*standard_errors, 0.0]) ** 2
        covariance = tuple(map(tuple, spread.tolist()))
    return Known(
        title="The next trial",
        outcome="outcome",
        label="the outcome",
        desirable=desirable,
        synthetic=False,
        threshold=threshold,
        prior=Prior(benefit_mean, slope, control_risk, covariance=covariance),
        model=NormalBenefit(benefit_mean, benefit_sd),
        raw=NormalBenefit(benefit_mean, benefit_sd),
        slope=slope,
        slope_se=standard_errors[1] if standard_errors else float("nan"),
        no_ranking="",
        haircut=None,
        no_haircut="there is no cohort whose covariates could say how large it may be",
        scale=None,
        no_scale="there is no cohort with an ordered scale",
        patients=0,
        replicates=0,
        source="typed in",
    )
