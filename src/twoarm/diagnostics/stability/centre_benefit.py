"""Is the benefit as predicted in a centre the models have not seen?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.diagnostics.stability.pooling import Pooled, pool
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metalearners import Effects
from twoarm.metalearners.scores import dr_scores
from twoarm.metrics import CForBenefit, Estimate, as_benefit, c_for_benefit, wald

__all__ = ["BenefitByCentre", "CentreBenefit", "ClusteredSlope", "benefit_by_centre", "finding"]

_LEAST_PER_ARM: Final = 10
_LEAST_CENTRES: Final = 3
_MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class CentreBenefit:
    """One centre: what was predicted and what the doubly robust estimate found, as benefits.

    Attributes
    ----------
    centre : str
    n_control, n_treated : int
        Patients with a known outcome.
    predicted : float
        Mean predicted benefit.
    aipw, se : float
        Mean doubly robust score and its standard error; NaN for a single patient.
    difference_se : float
        Standard error of ``aipw - predicted``.
    """

    centre: str
    n_control: int
    n_treated: int
    predicted: float
    aipw: float
    se: float
    difference_se: float

    @property
    def limits(self) -> tuple[float, float]:
        """95 % limits of `aipw`, normal; NaN for a single patient."""
        found = wald(self.aipw, self.se)
        return found.low, found.high


@dataclass(frozen=True, slots=True)
class ClusteredSlope(Estimate):
    """Slope of the doubly robust scores on the predicted benefit, its error clustered by centre.

    1: patients gain what was predicted; 0: the prediction ranks nobody. NaN if all patients of a
    centre are predicted the same. The interval has `df` degrees of freedom, centres minus 1.
    """

    df: int


@dataclass(frozen=True, slots=True)
class BenefitByCentre:
    """Predicted benefit in centres that were left out.

    Attributes
    ----------
    centres : tuple of CentreBenefit
    aipw, difference : Pooled or None
        Random-effects means over centres of the doubly robust benefit and of its difference to the
        predicted one, centres without enough patients in both arms named; None if fewer than three
        have enough.
    slope : ClusteredSlope
    c_for_benefit : CForBenefit
        Over all held-out predictions, pairs matched on predicted benefit.
    spread : str or None
        Why the spread between centres is not estimated, where it is not.
    left_out : int
        Patients without a known outcome or without a held-out prediction.
    """

    centres: tuple[CentreBenefit, ...]
    aipw: Pooled | None
    difference: Pooled | None
    slope: ClusteredSlope
    c_for_benefit: CForBenefit
    spread: str | None
    left_out: int


def benefit_by_centre(
    y: ArrayLike,
    effects: Effects,
    treatment: ArrayLike,
    propensity: ArrayLike,
    centre: ArrayLike,
    *,
    desirable: bool,
    least_per_arm: int = _LEAST_PER_ARM,
    matchings: int = 100,
    seed: int = 0,
) -> BenefitByCentre:
    """Compare predicted benefit with doubly robust estimates, centre by centre.

    Parameters
    ----------
    y : array_like of 0, 1 or NaN, shape (n,)
        Outcome; NaN where not known.
    effects : Effects
        Of models that have not seen the patient's centre; see `leave_one_centre_out_effects`.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    propensity : array_like, shape (n,)
        Probability of treatment, strictly between 0 and 1, with the centre among its predictors:
        operators differ.
    centre : array_like, shape (n,)
        Codes of the centres, at least two different ones.
    desirable : bool
        Fixes the sign of the benefit.
    least_per_arm : int
        A centre is pooled if it has so many patients in both arms.
    matchings, seed
        Of `c_for_benefit`.

    Returns
    -------
    BenefitByCentre

    Raises
    ------
    ArgumentError
        If the arrays do not fit, there is a single centre, or an arm is empty.

    Notes
    -----
    The doubly robust scores are as confounded as the cohort: agreement with them is no evidence of
    a causal effect. Clustered errors are too small with fewer than about twenty centres.

    References
    ----------
    Chernozhukov V, et al. arXiv 1712.04802 (best linear predictor); Liang KY, Zeger SL. Biometrika
    1986;73:13-22, doi 10.1093/biomet/73.1.13 (clustered errors).

    Examples
    --------
    >>> import numpy as np
    >>> from twoarm.metalearners import effects_of
    >>> y, w = np.tile([0, 1, 1, 1, 0, 1], 20), np.tile([0, 1], 60)
    >>> held = effects_of(np.tile([0.2, 0.3, 0.4], 40), np.tile([0.7, 0.6, 0.8], 40),
    ...                   desirable=True)
    >>> found = benefit_by_centre(y, held, w, np.full(120, 0.5), np.repeat(["A", "B", "C"], 40),
    ...                           desirable=True, matchings=1)
    >>> len(found.centres), found.slope.df
    (3, 2)
    """
    known, outcome, arm, e, codes = _checked(y, effects, treatment, propensity, centre)
    mu0, mu1, predicted = (each[known] for each in (effects.mu0, effects.mu1, effects.benefit))
    scores = as_benefit(dr_scores(outcome, arm, mu0, mu1, e), desirable=desirable)
    names, group = np.unique(codes, return_inverse=True)
    rows = tuple(
        _one(str(name), scores[group == k], predicted[group == k], arm[group == k])
        for k, name in enumerate(names)
    )
    usable = [row for row in rows if min(row.n_control, row.n_treated) >= max(least_per_arm, 2)]
    without = [row.centre for row in rows if row not in usable]
    return BenefitByCentre(
        centres=rows,
        aipw=_pooled([row.aipw for row in usable], [row.se for row in usable], without),
        difference=_pooled(
            [row.aipw - row.predicted for row in usable],
            [row.difference_se for row in usable],
            without,
        ),
        slope=clustered_slope(scores, predicted, group),
        c_for_benefit=c_for_benefit(
            outcome, mu0, mu1, arm, desirable=desirable, matchings=matchings, seed=seed
        ),
        spread=None if len(usable) >= _LEAST_CENTRES else _no_spread(len(usable), least_per_arm),
        left_out=int((~known).sum()),
    )


def _no_spread(usable: int, least_per_arm: int) -> str:
    return (
        f"The spread of the benefit between centres cannot be estimated: {usable} "
        f"{'centre has' if usable == 1 else 'centres have'} {least_per_arm} or more patients in "
        "both arms."
    )


def _checked(
    y: ArrayLike,
    effects: Effects,
    treatment: ArrayLike,
    propensity: ArrayLike,
    centre: ArrayLike,
) -> tuple[
    NDArray[np.bool_],
    NDArray[np.float64],
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.str_],
]:
    outcome, e = np.asarray(y, dtype=np.float64), np.asarray(propensity, dtype=np.float64)
    arm, codes = np.asarray(treatment), np.asarray(centre).astype(np.str_)
    shapes = [each.shape for each in (outcome, effects.benefit, arm, e, codes)]
    if outcome.ndim != 1 or len(set(shapes)) > 1:
        raise ArgumentError(
            "y, effects, treatment, propensity and centre need one entry a patient; found shapes "
            f"{shapes}."
        )
    known = np.isfinite(outcome) & np.isfinite(effects.benefit)
    if np.unique(codes[known]).size < 2 or not np.array_equal(np.unique(arm[known]), (0, 1)):
        raise NotEstimable(
            "Patients with a known outcome and a held-out prediction must come from at least two "
            f"centres and both arms; found centres {np.unique(codes[known]).tolist()} and arms "
            f"{np.unique(arm[known]).tolist()}."
        )
    return known, outcome[known], arm[known].astype(np.int64), e[known], codes[known]


def _one(
    name: str,
    scores: NDArray[np.float64],
    predicted: NDArray[np.float64],
    arm: NDArray[np.int64],
) -> CentreBenefit:
    treated = int(arm.sum())
    return CentreBenefit(
        centre=name,
        n_control=arm.size - treated,
        n_treated=treated,
        predicted=float(predicted.mean()),
        aipw=float(scores.mean()),
        se=_error_of_mean(scores),
        difference_se=_error_of_mean(scores - predicted),
    )


def _error_of_mean(values: NDArray[np.float64]) -> float:
    if values.size < 2:
        return math.nan
    return float(values.std(ddof=1)) / math.sqrt(values.size)


def _pooled(estimates: list[float], errors: list[float], without: list[str]) -> Pooled | None:
    if len(estimates) < _LEAST_CENTRES:
        return None
    return pool(estimates, errors, without=without)


def clustered_slope(
    scores: NDArray[np.float64], predicted: NDArray[np.float64], group: NDArray[np.intp]
) -> ClusteredSlope:
    """Regress scores on benefit centred within centres; sandwich over centres, factor CR1.

    Each centre has models of its own, which differ in level; centring takes the levels out.
    """
    sizes = np.bincount(group)
    centred = predicted - (np.bincount(group, predicted) / sizes)[group]
    df = sizes.size - 1
    spread = float(centred @ centred)
    if spread <= 1e-20 * predicted.size:
        return ClusteredSlope(math.nan, math.nan, math.nan, math.nan, df)
    slope = float(centred @ scores) / spread
    residual = scores - scores.mean() - slope * centred
    meat = float((np.bincount(group, centred * residual) ** 2).sum())
    n = scores.size
    factor = sizes.size / df * (n - 1) / (n - 2)
    se = math.sqrt(factor * meat) / spread
    half = float(student.ppf(0.975, df)) * se
    return ClusteredSlope(slope, se, slope - half, slope + half, df)


@says("centres")
def finding(value: BenefitByCentre, study: Study) -> Finding:
    """Say whether centres that were left out gained as predicted.

    `questions` if the pooled difference to the doubly robust benefit excludes 0; else
    `cannot tell`: agreement with estimates that share the cohort's confounding supports nothing.
    """
    verdict: Verdict = "cannot tell"
    title = study.file.primary.title
    difference = value.difference
    if difference is None:
        text = f"{title}: {value.spread}"
    else:
        if difference.low > 0.0 or difference.high < 0.0:
            verdict = "questions"
        text = (
            f"{title}: in centres that were left out the doubly robust benefit differs from the "
            f"predicted one by {100 * difference.estimate:+.1f} points (95 % interval "
            f"{100 * difference.low:+.1f} to {100 * difference.high:+.1f}); in a further centre "
            f"by {100 * difference.prediction_low:+.1f} to "
            f"{100 * difference.prediction_high:+.1f}."
        )
        if difference.without:
            text += (
                " Not in this mean, for too few patients in an arm: "
                f"{_without(difference.without)}."
            )
    return Finding("centres", verdict, text)


def _without(centres: Sequence[str]) -> str:
    """Name centres, or count them where names would fill a page."""
    if len(centres) > _MOST_NAMED:
        return f"{len(centres)} centres"
    return ", ".join(centres)
