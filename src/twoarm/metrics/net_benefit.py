"""Is treating whoever is predicted to gain enough better than treating everybody, or nobody?

Vickers AJ, Kattan MW, Sargent DJ. Trials 2007;8:14, doi 10.1186/1745-6215-8-14.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.metrics.benefit_arrays import arms, outcomes, same_length
from twoarm.metrics.direction import as_benefit

__all__ = ["NetBenefit", "net_benefit", "net_benefit_congruent"]


@dataclass(frozen=True, slots=True)
class NetBenefit:
    """Net benefit of three policies; treating nobody is 0. Each array has shape (thresholds,).

    Attributes
    ----------
    threshold : ndarray
        Smallest absolute benefit worth treating for, T, as a probability: 1 / NNT.
    model : ndarray
        Events avoided (or good outcomes won) per patient, minus T times the share treated, if
        those with a predicted benefit of at least T are treated. NaN where it cannot be estimated.
    treat_all : ndarray
        The same for treating everybody: the average effect minus T.
    same_share : ndarray
        The same for treating as many patients as the model does, drawn at random.
    share_treated : ndarray
        Share that the model treats.
    model_se, over_all_se : ndarray or None
        Standard errors of `model`, and of `model` minus `treat_all`.
    """

    threshold: NDArray[np.float64]
    model: NDArray[np.float64]
    treat_all: NDArray[np.float64]
    same_share: NDArray[np.float64]
    share_treated: NDArray[np.float64]
    model_se: NDArray[np.float64] | None
    over_all_se: NDArray[np.float64] | None


def net_benefit(scores: ArrayLike, benefit: ArrayLike, thresholds: ArrayLike) -> NetBenefit:
    """Give net benefit over a range of thresholds from doubly robust scores.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Doubly robust scores in the direction of benefit.
    benefit : array_like, shape (n,)
        Predicted benefit by models that have not seen the patient.
    thresholds : array_like, shape (thresholds,)
        Absolute benefits, -1 to 1.

    Returns
    -------
    NetBenefit

    Notes
    -----
    Standard errors take the predictions as given.

    Examples
    --------
    >>> curve = net_benefit([0.4, 0.0], [0.3, 0.1], [0.2])
    >>> curve.model.round(3).tolist(), curve.treat_all.round(3).tolist()
    ([0.1], [0.0])
    """
    phi, gain = same_length(scores=scores, benefit=benefit)
    cut = _thresholds(thresholds)
    treated = _treated_counts(gain, cut)
    ordered = phi[np.argsort(-gain, kind="stable")]
    n = phi.size
    share, average = treated / n, float(phi.mean())
    model = _sums(ordered)[treated] / n - cut * share
    return NetBenefit(
        threshold=cut,
        model=model,
        treat_all=average - cut,
        same_share=share * (average - cut),
        share_treated=share,
        model_se=_se_of_part(ordered, treated, cut),
        over_all_se=_se_of_part(ordered[::-1], n - treated, cut),
    )


def net_benefit_congruent(
    y: ArrayLike,
    treatment: ArrayLike,
    benefit: ArrayLike,
    thresholds: ArrayLike,
    *,
    desirable: bool,
) -> NetBenefit:
    """Give net benefit in a randomised trial, from the patients whose arm agrees with the advice.

    Those advised into an arm are represented by the ones of them who were in it.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    treatment : array_like of 0 and 1, shape (n,)
        Arm, which must have been randomised with one probability for all.
    benefit, thresholds
        See `net_benefit`.
    desirable : bool
        Whether the outcome is one to hope for.

    Returns
    -------
    NetBenefit
        Without standard errors: resample the trial for them.

    Examples
    --------
    >>> curve = net_benefit_congruent([1, 0, 0, 0], [1, 0, 1, 0], [.3, .3, .1, .1], [.2],
    ...                               desirable=True)
    >>> curve.model.round(3).tolist()
    [0.4]
    """
    event, w, gain = same_length(y=y, treatment=treatment, benefit=benefit)
    outcomes(event)
    treated_arm = arms(w)
    cut = _thresholds(thresholds)
    advised = _treated_counts(gain, cut)
    order = np.argsort(-gain, kind="stable")
    in_treated, good = treated_arm[order].astype(np.float64), event[order]
    advised_rate = _ratio(_sums(good * in_treated)[advised], _sums(in_treated)[advised])
    all_control, control_good = 1.0 - in_treated, good * (1.0 - in_treated)
    rest_rate = _ratio(
        control_good.sum() - _sums(control_good)[advised],
        all_control.sum() - _sums(all_control)[advised],
    )
    share = advised / event.size
    rate = np.where(advised > 0, share * advised_rate, 0.0)
    rate = rate + np.where(advised < event.size, (1.0 - share) * rest_rate, 0.0)
    control_rate = float(event[~treated_arm].mean())
    average = as_benefit(float(event[treated_arm].mean()) - control_rate, desirable=desirable)
    return NetBenefit(
        threshold=cut,
        model=as_benefit(rate - control_rate, desirable=desirable) - cut * share,
        treat_all=average - cut,
        same_share=share * (average - cut),
        share_treated=share,
        model_se=None,
        over_all_se=None,
    )


def _thresholds(thresholds: ArrayLike) -> NDArray[np.float64]:
    (cut,) = same_length(thresholds=thresholds)
    if (np.abs(cut) > 1.0).any():
        raise ArgumentError(
            f"Thresholds are absolute benefits between -1 and 1, not percent; found {cut[:3]}."
        )
    return cut


def _treated_counts(benefit: NDArray[np.float64], cut: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give how many patients have a benefit of at least each threshold."""
    return benefit.size - np.searchsorted(np.sort(benefit), cut, side="left")


def _sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(values)])


def _ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(bottom > 0.5, top / bottom, np.nan)  # counts: a half stands for none


def _se_of_part(
    phi: NDArray[np.float64], first: NDArray[np.int64], cut: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the standard error of the mean of phi - cut over the first patients, 0 for the rest."""
    n = phi.size
    if n < 2:
        return np.full(cut.shape, np.nan)
    total, squares = _sums(phi)[first], _sums(phi**2)[first]
    mean = (total - first * cut) / n
    mean_square = (squares - 2.0 * cut * total + first * cut**2) / n
    return np.sqrt(np.maximum(mean_square - mean**2, 0.0) / (n - 1))
