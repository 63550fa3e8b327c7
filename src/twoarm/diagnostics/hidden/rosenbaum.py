"""Rosenbaum bounds: how much hidden bias within matched pairs would undo the test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit
from scipy.stats import beta, binom

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.errors import ArgumentError, NotEstimable

__all__ = ["RosenbaumBounds", "finding", "propensity_pairs", "rosenbaum_bounds"]

_GAMMAS = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0)
_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class RosenbaumBounds:
    """Bounds of McNemar's one-sided p-value as hidden bias grows.

    Attributes
    ----------
    gamma : ndarray, shape (k,)
        Odds ratio of treatment within a pair that a hidden factor may cause.
    p_low, p_high : ndarray, shape (k,)
        Smallest and largest p-value compatible with it.
    pairs : int
        Pairs.
    treated_better, control_better : int
        Pairs in which only the treated, or only the control, member fared well.
    harm : bool
        Whether the p-values are those of a harm.
    """

    gamma: NDArray[np.float64]
    p_low: NDArray[np.float64]
    p_high: NDArray[np.float64]
    pairs: int
    treated_better: int
    control_better: int
    harm: bool = False

    @property
    def tipping(self) -> float:
        """The gamma at which the largest p-value reaches 5 %; 1 if it is above that without bias.

        G / (1 + G) is then the lower exact limit (Clopper, Pearson 1934) of the share of
        discordant pairs in which the treated member is better, or for a harm worse.
        """
        found, against = self.treated_better, self.control_better
        if self.harm:
            found, against = against, found
        if not found:
            return 1.0
        share = float(beta.ppf(_LEVEL, found, against + 1))
        return max(1.0, share / (1.0 - share))


def propensity_pairs(
    propensity: ArrayLike, treatment: ArrayLike, *, caliper: float = 0.2
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair treated and control patients whose logit propensities lie within a caliper.

    As many pairs as the caliper allows, without replacement: both arms are walked in order of
    propensity (Glover 1967, doi 10.1002/nav.3800140304).

    Parameters
    ----------
    propensity : array_like, shape (n,)
        Strictly between 0 and 1.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    caliper : float
        In standard deviations of the logit; 0.2 by Austin 2011, doi 10.1002/pst.433.

    Returns
    -------
    treated, control : ndarray of int64, shape (pairs,)
        Row numbers.

    Examples
    --------
    >>> treated, control = propensity_pairs([0.2, 0.5, 0.21, 0.9], [0, 0, 1, 1])
    >>> treated.tolist(), control.tolist()
    ([2], [0])
    """
    e, arm = np.asarray(propensity, dtype=np.float64), np.asarray(treatment)
    if e.ndim != 1 or arm.shape != e.shape or not ((e > 0.0) & (e < 1.0)).all():
        raise ArgumentError("Propensities must lie strictly between 0 and 1, one a patient.")
    place = logit(e)
    width = caliper * float(place.std(ddof=1))
    order = np.argsort(place, kind="stable")
    controls, treated = order[arm[order] == 0], order[arm[order] == 1]
    pairs, i, j = [], 0, 0
    while i < treated.size and j < controls.size:
        gap = place[treated[i]] - place[controls[j]]
        if abs(gap) <= width:
            pairs.append((treated[i], controls[j]))
            i, j = i + 1, j + 1
        elif gap > 0:
            j += 1
        else:
            i += 1
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def rosenbaum_bounds(
    treated_outcome: ArrayLike,
    control_outcome: ArrayLike,
    *,
    gammas: ArrayLike = _GAMMAS,
    harm: bool = False,
) -> RosenbaumBounds:
    """Bound McNemar's p-value for a benefit, or for a harm, in matched pairs.

    Parameters
    ----------
    treated_outcome, control_outcome : array_like of 0 and 1, shape (pairs,)
        Outcome of either member, coded so that 1 is the good one.
    gammas : array_like, shape (k,)
        Each 1 or more.
    harm : bool
        Whether a harm was found: then the test is for that.

    Raises
    ------
    ArgumentError
        If there is no pair, the arrays do not fit together, or a gamma is below 1.

    Notes
    -----
    Of d discordant pairs, b with the treated member better (for a harm: worse): p lies between
    P(Bin(d, 1 / (1 + G)) >= b) and P(Bin(d, G / (1 + G)) >= b). G = 1 is the exact one-sided
    McNemar test. Pairs stand for the matched patients only.

    References
    ----------
    Rosenbaum PR. Observational Studies (2002), section 4.3.2.

    Examples
    --------
    >>> found = rosenbaum_bounds([1] * 9 + [0], [0] * 9 + [1], gammas=[1, 2])
    >>> found.p_high.round(4).tolist()
    [0.0107, 0.104]
    """
    treated = np.asarray(treated_outcome, dtype=np.float64)
    control = np.asarray(control_outcome, dtype=np.float64)
    gamma = np.atleast_1d(np.asarray(gammas, dtype=np.float64))
    if treated.ndim != 1 or control.shape != treated.shape:
        raise ArgumentError(
            f"Both members need one outcome a pair; found {treated.shape} and {control.shape}."
        )
    if not treated.size:
        raise NotEstimable("Expected a pair at least; found none: the arms share no patients.")
    if not np.isin([*treated, *control], (0.0, 1.0)).all():
        raise ArgumentError("Outcomes must be 0 or 1.")
    if not (gamma >= 1.0).all():
        raise ArgumentError(f"Each gamma must be 1 or more; found {gamma.tolist()}.")
    better, worse = int((treated > control).sum()), int((treated < control).sum())
    found = worse if harm else better
    tail = [
        binom.sf(found - 1, better + worse, chance)
        for chance in (1.0 / (1.0 + gamma), gamma / (1.0 + gamma))
    ]
    return RosenbaumBounds(gamma, tail[0], tail[1], treated.size, better, worse, harm)


@says("Rosenbaum bounds")
def finding(value: RosenbaumBounds, study: Study) -> Finding:
    """Say up to which hidden bias within pairs the effect would still be found."""
    holding = value.gamma[value.p_high < _LEVEL]
    verdict: Verdict = "cannot tell" if holding.size else "questions"
    effect = "harm" if value.harm else "benefit"
    text = f"{study.file.primary.title}, {value.pairs} matched pairs: "
    if holding.size:
        text += (
            f"the {effect} is still significant if hidden factors change the odds of treatment "
            f"within a pair less than {value.tipping:.1f}-fold; the data do not say whether they "
            "do."
        )
    else:
        text += f"no significant {effect} even without hidden bias."
    return Finding("Rosenbaum bounds", verdict, text)
