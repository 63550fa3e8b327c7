"""Do patients with the larger predicted benefit gain more?

Neither form is a proper score, and both sit near 0.5: never compare them with an ordinary AUC (Xia,
Gustafson, Sadatsafavi 2023, doi 10.1186/s41512-023-00147-z).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.kernels.ranks import concordance
from twoarm.metrics.benefit_arrays import arms, probabilities, same_length
from twoarm.metrics.matched_pairs import MatchedPairs, MatchOn, is_unique, match_pairs
from twoarm.seeds import generator

__all__ = ["CForBenefit", "c_for_benefit", "concordance_of_pairs", "model_based_c_for_benefit"]

Prediction = Literal["mean_benefit", "arm_difference"]


@dataclass(frozen=True, slots=True)
class CForBenefit:
    """C-for-benefit and how it was made.

    Attributes
    ----------
    estimate : float
        Mean over the matchings, 0 to 1; NaN if in none of them two pairs differed in what was
        observed.
    matchings : ndarray, shape (matchings,)
        Value of each matching; one where matching leaves nothing to chance.
    match_on, prediction : str
        The variant.
    """

    estimate: float
    matchings: NDArray[np.float64]
    match_on: MatchOn
    prediction: Prediction


def c_for_benefit(
    y: ArrayLike,
    mu0: ArrayLike,
    mu1: ArrayLike,
    treatment: ArrayLike,
    *,
    desirable: bool,
    match_on: MatchOn = "benefit",
    prediction: Prediction = "mean_benefit",
    covariates: ArrayLike | None = None,
    matchings: int = 100,
    seed: int = 0,
) -> CForBenefit:
    """Give the concordance of predicted and observed benefit in matched pairs.

    The probability that, of two pairs with different observed benefit, the pair with the larger
    one has the larger predicted benefit; ties of predictions count one half.

    Parameters
    ----------
    y, mu0, mu1, treatment, desirable, match_on, covariates
        See `match_pairs`. Predictions must come from data without these patients.
    prediction : {"mean_benefit", "arm_difference"}
        A pair's predicted benefit: mean of its members' (van Klaveren 2018), or treated member
        under treatment against control member under control (Maas 2023).
    matchings : int
        How many random subsamples of the larger arm are matched, at least 1.
    seed : int
        Seed of the subsamples and of breaking ties.

    Returns
    -------
    CForBenefit

    Notes
    -----
    The value depends on the variant, on the matching, and on the correlation of the two potential
    outcomes, which no data show. A model with one odds ratio for all can score above 0.5.

    References
    ----------
    van Klaveren D, et al. J Clin Epidemiol 2018;94:59-68, doi 10.1016/j.jclinepi.2017.10.021.
    Maas CCHM, et al. BMC Med Res Methodol 2023;23:165, doi 10.1186/s12874-023-01974-w.

    Examples
    --------
    >>> result = c_for_benefit([0, 1, 1, 1, 0, 1], [.2, .5, .6, .3, .4, .5],
    ...                        [.3, .8, .6, .4, .8, .5], [0, 0, 0, 1, 1, 1], desirable=True)
    >>> round(result.estimate, 2)
    0.33
    """
    if prediction not in ("mean_benefit", "arm_difference") or matchings < 1:
        raise ArgumentError(
            "`prediction` must be 'mean_benefit' or 'arm_difference' and `matchings` at least 1; "
            f"found {prediction!r} and {matchings}."
        )
    risk0, risk1, w = same_length(mu0=mu0, mu1=mu1, treatment=treatment)
    key = risk0 if match_on == "mu0" else risk1 - risk0
    once = match_on == "covariates" or is_unique(key, arms(w))
    values = np.empty(1 if once else matchings)
    for number in range(values.size):
        pairs = match_pairs(
            y,
            risk0,
            risk1,
            w,
            desirable=desirable,
            match_on=match_on,
            covariates=covariates,
            rng=generator(seed, number),
        )
        values[number] = concordance_of_pairs(pairs, prediction)
    defined = values[np.isfinite(values)]
    estimate = float(defined.mean()) if defined.size else float("nan")
    return CForBenefit(estimate, values, match_on, prediction)


def concordance_of_pairs(pairs: MatchedPairs, prediction: Prediction = "mean_benefit") -> float:
    """Give C-for-benefit of pairs matched elsewhere; see `c_for_benefit`.

    Harrell's C of the prediction for the ordered levels -1, 0 and 1, which is three AUCs.
    """
    predicted: NDArray[np.float64] = getattr(pairs, prediction)
    observed = pairs.observed
    concordant, total = 0.0, 0.0
    for low, high in ((-1.0, 0.0), (-1.0, 1.0), (0.0, 1.0)):
        compared = (observed == low) | (observed == high)
        is_high = (observed == high).astype(np.int64)
        comparisons = float(is_high.sum()) * float((observed == low).sum())
        if comparisons > 0.0:
            weight = compared.astype(np.float64)[None, :]
            concordant += comparisons * float(concordance(predicted, is_high, weight)[0])
            total += comparisons
    return concordant / total if total > 0.0 else float("nan")


def model_based_c_for_benefit(
    mu0: ArrayLike, mu1: ArrayLike, *, updated: tuple[ArrayLike, ArrayLike] | None = None
) -> float:
    """Give the model-based c-for-benefit: no matching, benefits as the probabilities have them.

    Parameters
    ----------
    mu0, mu1 : array_like, shape (n,)
        Predicted probabilities that rank the patients. The value is the same for a desirable
        outcome and its opposite.
    updated : pair of array_like, shape (n,), optional
        Probabilities of the outcome under control and treatment by a model that stands for the
        truth: external, or cross-fitted. Without it the value says how spread out the predictions
        are, and validates nothing.

    Returns
    -------
    float
        0 to 1; NaN if no two patients can differ in benefit.

    Notes
    -----
    Both potential outcomes are taken as independent given the predictors, which no data show.

    References
    ----------
    Hoogland J, et al. Stat Med 2024, doi 10.1002/sim.10186.

    Examples
    --------
    >>> round(model_based_c_for_benefit([0.2, 0.3, 0.4], [0.3, 0.5, 0.9]), 3)
    0.683
    """
    risk0, risk1 = same_length(mu0=mu0, mu1=mu1)
    true0, true1 = (risk0, risk1) if updated is None else _updated(updated, risk0)
    probabilities(risk0, risk1, true0, true1)
    worse, better = true0 * (1.0 - true1), true1 * (1.0 - true0)
    same = 1.0 - worse - better
    # P(D_j < D_t) = worse_j (1 - worse_t) + same_j better_t, so sums over j give all pairs.
    level = np.unique(risk1 - risk0, return_inverse=True)[1]
    concordant = 0.0
    for lower, upper in ((worse, 1.0 - worse), (same, better)):
        in_level = np.bincount(level, weights=lower)
        below_or_half = np.cumsum(in_level) - in_level / 2.0
        concordant += float(below_or_half[level] @ upper - 0.5 * (lower @ upper))
    total = float(worse.sum() * (1.0 - worse).sum() - worse @ (1.0 - worse))
    total += float(same.sum() * better.sum() - same @ better)
    return concordant / total if total > 0.0 else float("nan")


def _updated(
    updated: tuple[ArrayLike, ArrayLike], like: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    true0, true1, _ = same_length(updated_mu0=updated[0], updated_mu1=updated[1], mu0=like)
    return true0, true1
