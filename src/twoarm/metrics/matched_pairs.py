"""Pairs of a treated and a control patient who should gain alike, and what was seen in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from twoarm.errors import ArgumentError
from twoarm.metrics.benefit_arrays import arms, outcomes, probabilities, same_length
from twoarm.metrics.direction import as_benefit

__all__ = ["MatchOn", "MatchedPairs", "match_pairs"]

MatchOn = Literal["benefit", "mu0", "covariates"]


@dataclass(frozen=True, slots=True)
class MatchedPairs:
    """Pairs of one control and one treated patient.

    Attributes
    ----------
    control, treated : ndarray of int64, shape (pairs,)
        Row numbers of the members.
    mu0 : ndarray, shape (pairs,)
        Probability of the outcome under control of the control member.
    mu1 : ndarray, shape (pairs,)
        Probability of the outcome under treatment of the treated member.
    mean_benefit : ndarray, shape (pairs,)
        Mean of both members' own predicted benefits.
    observed : ndarray, shape (pairs,)
        1 where the treated member fared better, -1 where worse, 0 where both fared alike.
    desirable : bool
        Whether the outcome is one to hope for.
    """

    control: NDArray[np.int64]
    treated: NDArray[np.int64]
    mu0: NDArray[np.float64]
    mu1: NDArray[np.float64]
    mean_benefit: NDArray[np.float64]
    observed: NDArray[np.float64]
    desirable: bool

    @property
    def arm_difference(self) -> NDArray[np.float64]:
        """Treated member under treatment against control member under control, as benefit."""
        return as_benefit(self.mu1 - self.mu0, desirable=self.desirable)


def match_pairs(
    y: ArrayLike,
    mu0: ArrayLike,
    mu1: ArrayLike,
    treatment: ArrayLike,
    *,
    desirable: bool,
    match_on: MatchOn = "benefit",
    covariates: ArrayLike | None = None,
    rng: np.random.Generator | None = None,
) -> MatchedPairs:
    """Match every patient of the smaller arm to one of the larger, without replacement.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Outcome.
    mu0, mu1 : array_like, shape (n,)
        Predicted probability under control and treatment, from data without these patients.
    treatment : array_like of 0 and 1, shape (n,)
        Arm. The arms should be comparable; matching on a prediction does not make them so.
    desirable : bool
        Whether the outcome is one to hope for.
    match_on : {"benefit", "mu0", "covariates"}
        On predicted benefit or risk under control, the arms are paired by rank, after a random
        subsample of the larger. On covariates, the total Mahalanobis distance is the smallest
        possible (pooled within-arm covariance; n0 x n1 distances in memory, cubic time).
    covariates : array_like, shape (n, p), optional
        For `match_on="covariates"`.
    rng : numpy.random.Generator, optional
        Draws the subsample and breaks ties by chance. Needed where arms differ in size or
        predictions tie, except on covariates.

    Returns
    -------
    MatchedPairs

    Raises
    ------
    ArgumentError
        If the arrays do not fit, or chance is needed and `rng` is missing.

    References
    ----------
    van Klaveren D, et al. J Clin Epidemiol 2018;94:59-68, doi 10.1016/j.jclinepi.2017.10.021.

    Examples
    --------
    >>> pairs = match_pairs([0, 1, 1, 0], [.2, .5, .3, .4], [.3, .9, .4, .6], [0, 0, 1, 1],
    ...                     desirable=True)
    >>> pairs.control.tolist(), pairs.treated.tolist(), pairs.observed.tolist()
    ([0, 1], [2, 3], [1.0, -1.0])
    """
    event, risk0, risk1, w = same_length(y=y, mu0=mu0, mu1=mu1, treatment=treatment)
    outcomes(event)
    probabilities(risk0, risk1)
    treated_rows = arms(w)
    control, treated = np.flatnonzero(~treated_rows), np.flatnonzero(treated_rows)
    benefit = as_benefit(risk1 - risk0, desirable=desirable)
    if match_on == "covariates":
        control, treated = _nearest(_matrix(covariates, w.size), control, treated)
    elif match_on in ("benefit", "mu0"):
        control, treated = _by_rank(
            benefit if match_on == "benefit" else risk0, control, treated, rng
        )
    else:
        raise ArgumentError(
            f"`match_on` must be 'benefit', 'mu0' or 'covariates'; found {match_on!r}."
        )
    return MatchedPairs(
        control=control,
        treated=treated,
        mu0=risk0[control],
        mu1=risk1[treated],
        mean_benefit=(benefit[control] + benefit[treated]) / 2.0,
        observed=as_benefit(event[treated] - event[control], desirable=desirable),
        desirable=desirable,
    )


def is_unique(key: NDArray[np.float64], treated: NDArray[np.bool_]) -> bool:
    """Whether pairing by rank leaves nothing to chance: arms of one size, no ties within them."""
    in_arms = [np.unique(key[treated]).size, np.unique(key[~treated]).size]
    return in_arms == [int(treated.sum()), int((~treated).sum())] and in_arms[0] == in_arms[1]


def _by_rank(
    key: NDArray[np.float64],
    control: NDArray[np.int64],
    treated: NDArray[np.int64],
    rng: np.random.Generator | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    in_treated = np.zeros(key.size, dtype=np.bool_)
    in_treated[treated] = True
    if rng is None:
        if not is_unique(key, in_treated):
            raise ArgumentError(
                "Arms of different size, or tied predictions, are matched by chance: give `rng`."
            )
        return control[np.argsort(key[control])], treated[np.argsort(key[treated])]
    pairs = min(control.size, treated.size)
    ranked = []
    for arm in (control, treated):
        drawn = rng.permutation(arm)[:pairs]
        ranked.append(drawn[np.argsort(key[drawn], kind="stable")])
    return ranked[0], ranked[1]


def _matrix(covariates: ArrayLike | None, n: int) -> NDArray[np.float64]:
    X = np.asarray(covariates if covariates is not None else np.empty((0, 0)), dtype=np.float64)
    if X.ndim != 2 or X.shape[0] != n or X.shape[1] == 0 or not np.isfinite(X).all():
        raise ArgumentError(
            f"Matching on covariates needs complete numbers of shape ({n}, p); found {X.shape}."
        )
    return X


def _nearest(
    X: NDArray[np.float64], control: NDArray[np.int64], treated: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    centred = np.concatenate([X[arm] - X[arm].mean(axis=0) for arm in (control, treated)])
    within = centred.T @ centred / max(X.shape[0] - 2, 1)
    distance = cdist(X[control], X[treated], "mahalanobis", VI=np.linalg.pinv(within))
    row, column = linear_sum_assignment(distance)
    return control[row], treated[column]
