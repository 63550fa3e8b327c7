"""Symptomatic haemorrhage, then the mRS (sections 5.6 and 5.7).

The mRS has one ordinal model per arm, so mRS 0-2, mRS 0-3 and death of a patient are coherent.
Haemorrhage shifts the whole mRS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit

from twoarm.synthetic.draws import FloatArray, IntArray
from twoarm.synthetic.patients import Patients
from twoarm.synthetic.scenarios import ArmParameters, OutcomeSlopes, Scenario

__all__ = [
    "ArmPredictors",
    "draw_outcomes",
    "mrs_at_most",
    "mrs_at_most_given_sich",
    "outcome_predictor",
    "sich_predictor",
    "sich_probability",
]

# Section 5.7: log odds of a good mRS lost by a symptomatic haemorrhage, in every scenario.
_SICH_PENALTY: Final = 1.8
# Section 5.7: the unmeasured factor protects from haemorrhage by this share of its weight.
_SICH_SHARE_OF_UNMEASURED: Final = 0.35
# Section 5.7: haemorrhage is likelier from here on.
_SICH_LATE_MIN: Final = 270


@dataclass(frozen=True, slots=True)
class ArmPredictors:
    """What the measured covariates say about one arm's outcome.

    Attributes
    ----------
    parameters : ArmParameters
        The arm's cut points and haemorrhage intercept.
    eta : ndarray, shape (n,)
        Covariates' part of the log odds of a good mRS, the scenario's factor included.
    sich : ndarray, shape (n,)
        Covariates' part of the log odds of haemorrhage.
    """

    parameters: ArmParameters
    eta: FloatArray
    sich: FloatArray

    @classmethod
    def of(cls, patients: Patients, scenario: Scenario, arm: int) -> ArmPredictors:
        """Compute the predictors of arm 0 (control) or 1 (treated)."""
        parameters = scenario.arm(arm)
        eta = scenario.eta_factor * outcome_predictor(patients, parameters.slopes)
        return cls(parameters, eta, sich_predictor(patients))


def outcome_predictor(p: Patients, slopes: OutcomeSlopes) -> FloatArray:
    """Give the covariates' log odds of a good mRS in one arm, shape (n,); higher is better."""
    return (
        slopes.age * (p.age - 67)
        + slopes.nihss * (p.nihss - 16)
        + slopes.aspects * (p.aspects - 8)
        + slopes.hours_to_6 * (np.minimum(p.hours, 6) - 6)
        + slopes.hours_after_6 * np.clip(p.hours - 6, 0, 18)
        + slopes.passes * (p.passes - 3)
        + slopes.premrs * p.premrs
        + slopes.dm * p.dm
        + slopes.glucose * (p.glucose - 7.1)
        + slopes.prior_stroke * p.prior_stroke
        + slopes.htn * p.htn
        + slopes.ivt * p.ivt
        + slopes.coll * (p.coll - 1.6)
        + slopes.ica * p.ica
        + slopes.m2 * p.m2
        + slopes.icad * p.icad
    )


def sich_predictor(p: Patients) -> FloatArray:
    """Give the covariates' log odds of symptomatic haemorrhage, shape (n,); equal in both arms."""
    return (
        0.012 * (p.age - 67)
        + 0.035 * (p.nihss - 16)
        - 0.20 * (p.aspects - 8)
        + 0.10 * (p.glucose - 7.1)
        + 0.22 * (p.passes - 3)
        + 0.30 * p.ivt
        - 0.25 * (p.coll - 1.6)
        + 0.20 * (p.minutes > _SICH_LATE_MIN)
    )


def sich_probability(x: ArmPredictors, shift: FloatArray | float) -> FloatArray:
    """Give the risk of haemorrhage.

    Parameters
    ----------
    x : ArmPredictors
        The arm's predictors.
    shift : float or ndarray, shape (n,)
        The unmeasured factor times its weight.
    """
    logit = x.parameters.sich_intercept + x.sich - _SICH_SHARE_OF_UNMEASURED * shift
    return np.asarray(expit(logit), dtype=np.float64)


def mrs_at_most_given_sich(
    x: ArmPredictors, shift: FloatArray | float, sich: IntArray | int, grade: int
) -> FloatArray:
    """Give P(mRS <= grade) of patients whose haemorrhage is known, shape (n,); grade 0 to 5."""
    logit = x.parameters.cut_points[grade] + x.eta + shift - _SICH_PENALTY * sich
    return np.asarray(expit(logit), dtype=np.float64)


def mrs_at_most(x: ArmPredictors, shift: FloatArray | float, grade: int) -> FloatArray:
    """Give P(mRS <= grade) with haemorrhage integrated out, shape (n,); grade 0 to 5."""
    risk = sich_probability(x, shift)
    with_sich = mrs_at_most_given_sich(x, shift, 1, grade)
    return risk * with_sich + (1 - risk) * mrs_at_most_given_sich(x, shift, 0, grade)


def draw_outcomes(
    x: ArmPredictors, shift: FloatArray, sich_uniform: FloatArray, mrs_uniform: FloatArray
) -> tuple[IntArray, IntArray]:
    """Draw one arm's mRS and haemorrhage, each of shape (n,).

    Both arms of a patient get the same uniforms: then the arms differ by the treatment alone, and
    equal models give equal outcomes.
    """
    sich = (sich_uniform < sich_probability(x, shift)).astype(np.int64)
    mrs = np.zeros(sich.size, dtype=np.int64)
    for grade in range(6):
        mrs += mrs_uniform > mrs_at_most_given_sich(x, shift, sich, grade)
    return mrs, sich
