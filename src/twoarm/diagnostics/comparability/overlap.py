"""Could every patient have been in either arm? Trimming, effective sample sizes, support."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.comparability.identified import MOST_INFLATED, Identified, identified
from twoarm.diagnostics.comparability.one_treatment_centres import one_treatment_centres
from twoarm.diagnostics.comparability.population import OVER
from twoarm.diagnostics.comparability.weighting import (
    effective_sample_size,
    inverse_weights,
    overlap_weights,
)
from twoarm.diagnostics.finding import Finding, Verdict, at_most, is_randomised, says
from twoarm.errors import ArgumentError, NotEstimable

__all__ = ["Overlap", "Trimming", "crump_trimming", "finding", "overlap", "trimmed"]

_FEW_KEPT = 0.90
_LITTLE_LEFT = 0.50
_RULE_OF_THUMB = 0.10
"""`questions` if trimming keeps fewer patients, or weighting leaves less of an arm's size."""


@dataclass(frozen=True, slots=True)
class Trimming:
    """Whom to leave out so that the average effect is estimated most precisely.

    Attributes
    ----------
    alpha : float
        Patients with a propensity outside alpha to 1 - alpha are trimmed; 0 if nobody is.
    kept : ndarray of bool, shape (n,)
        Who stays.
    """

    alpha: float
    kept: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far the arms overlap; pairs are control and treated.

    Attributes
    ----------
    trimming : Trimming
        As in `trimmed`.
    identified : Identified
        Which averages the arms can tell.
    n, trimmed : tuple of int
        Patients, and those of them that are trimmed.
    ess_inverse, ess_overlap : tuple of float
        Effective sample size after inverse probability, and after overlap weighting.
    one_treatment : int
        Patients who are kept, but whose centre gave all its patients the same treatment.
    """

    trimming: Trimming
    identified: Identified
    n: tuple[int, int]
    trimmed: tuple[int, int]
    ess_inverse: tuple[float, float]
    ess_overlap: tuple[float, float]
    one_treatment: int


def crump_trimming(propensity: ArrayLike) -> Trimming:
    """Find the propensities that cost more precision than their patients bring.

    With k = 1 / (e (1 - e)), everybody is kept if max k <= 2 mean k; else those with k <= g, where
    g is the largest observed k with g <= 2 mean(k | k <= g).

    Parameters
    ----------
    propensity : array_like, shape (n,)
        Strictly between 0 and 1.

    References
    ----------
    Crump RK, Hotz VJ, Imbens GW, Mitnik OA. Biometrika 2009;96:187-199, doi 10.1093/biomet/asn055.

    Examples
    --------
    >>> crump_trimming([0.4, 0.5, 0.6]).alpha
    0.0
    >>> crump_trimming([0.4, 0.5, 0.6, 0.001]).kept.tolist()
    [True, True, True, False]
    """
    e = _propensity(propensity)
    cost = 1.0 / (e * (1.0 - e))
    if cost.max() <= 2.0 * cost.mean():
        return Trimming(0.0, np.ones(e.size, dtype=np.bool_))
    ordered = np.sort(cost)
    mean_below = np.cumsum(ordered) / np.arange(1, e.size + 1)
    # Equal costs stand together: the mean is the one after the last of them.
    last = np.searchsorted(ordered, ordered, side="right") - 1
    limit = ordered[ordered <= 2.0 * mean_below[last]].max()
    return Trimming(0.5 - math.sqrt(0.25 - 1.0 / float(limit)), cost <= limit)


def trimmed(propensity: NDArray[np.float64], judged: Identified) -> Trimming:
    """Find who could well have been in either arm.

    Crump's rule compares patients with one another and keeps everybody where all are equally
    extreme. So its authors' rule of thumb, 0.1 to 0.9, stands in where it trims nobody although the
    average over everybody is inflated as in `identified`. Nobody is kept who has a value that the
    other arm has not, and nobody at all, with an alpha of 0.5, where what was measured separates
    the arms.

    Examples
    --------
    >>> e, arm = np.array([0.04, 0.96] * 20), np.array([0, 1] * 20)
    >>> int(crump_trimming(e).kept.sum()), int(trimmed(e, identified(e, arm)).kept.sum())
    (40, 0)
    """
    found = crump_trimming(propensity)
    if judged.separated or judged.without.all():
        return Trimming(0.5, np.zeros(propensity.size, dtype=np.bool_))
    if found.alpha == 0.0 and judged.inflation > MOST_INFLATED:
        kept = (propensity >= _RULE_OF_THUMB) & (propensity <= 1.0 - _RULE_OF_THUMB)
        found = Trimming(_RULE_OF_THUMB, kept)
    return Trimming(found.alpha, found.kept & ~judged.without)


def overlap(
    propensity: ArrayLike,
    treatment: ArrayLike,
    X: ArrayLike | None = None,
    *,
    names: Sequence[str] | None = None,
    known: bool = False,
    centre: ArrayLike | None = None,
) -> Overlap:
    """Describe the overlap of the arms.

    Parameters
    ----------
    propensity : array_like, shape (n,)
        Strictly between 0 and 1.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    X, names, known
        As in `identified`.
    centre : array_like of str, shape (n,), optional
        An empty text where it is not known. Not looked at where a lot decided.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.

    Examples
    --------
    >>> overlap([0.5, 0.5, 0.5, 0.5], [0, 0, 1, 1]).ess_inverse
    (2.0, 2.0)
    """
    e, arm = _propensity(propensity), np.asarray(treatment)
    if arm.shape != e.shape or not np.array_equal(np.unique(arm), (0, 1)):
        raise NotEstimable("Treatment must be 0 or 1, both present, one a propensity.")
    arm = arm.astype(np.int64)
    judged = identified(e, arm, X, names=names, known=known)
    masks = arm == 0, arm == 1
    inverse, open_weights = inverse_weights(arm, e), overlap_weights(arm, e)
    control, treated = masks
    trimming = trimmed(e, judged)
    alone = np.zeros_like(trimming.kept)
    if centre is not None and not known:
        alone = one_treatment_centres(centre, arm).alone
    return Overlap(
        trimming=trimming,
        identified=judged,
        n=(int(control.sum()), int(treated.sum())),
        trimmed=(int((~trimming.kept & control).sum()), int((~trimming.kept & treated).sum())),
        ess_inverse=_effective_sizes(inverse, masks),
        ess_overlap=_effective_sizes(open_weights, masks),
        one_treatment=int((trimming.kept & alone).sum()),
    )


def _effective_sizes(
    weights: NDArray[np.float64], masks: tuple[NDArray[np.bool_], NDArray[np.bool_]]
) -> tuple[float, float]:
    return effective_sample_size(weights[masks[0]]), effective_sample_size(weights[masks[1]])


def _propensity(propensity: ArrayLike) -> NDArray[np.float64]:
    e = np.asarray(propensity, dtype=np.float64)
    if e.ndim != 1 or e.size == 0 or not ((e > 0.0) & (e < 1.0)).all():
        raise ArgumentError(
            "Propensities must be a vector of numbers strictly between 0 and 1. Penalise the model "
            "of the treatment."
        )
    return e


@says("overlap")
def finding(value: Overlap, study: Study) -> Finding:
    """Say whether the arms overlap enough for the study's average effect."""
    n = sum(value.n)
    kept = int(value.trimming.kept.sum()) - value.one_treatment
    left = [size / full for size, full in zip(value.ess_inverse, value.n, strict=True)]
    reasons = value.identified.reasons
    poor = bool(reasons) or kept < _FEW_KEPT * n or min(left) < _LITTLE_LEFT
    verdict: Verdict = "questions" if poor else "supports"
    text = (
        f"{kept} of {n} patients could well have been in either arm. Weighted to be alike, the "
        f"{value.n[0]} controls tell as much as {value.ess_inverse[0]:.0f} would without weights, "
        f"the {value.n[1]} treated as much as {value.ess_inverse[1]:.0f}."
    )
    if value.one_treatment:
        text += (
            f" {value.one_treatment} others could by what was measured of them, but their centre "
            "gave all its patients the same treatment."
        )
    population = study.file.target_trial.population
    if population in reasons:
        text += f" The average effect {OVER[population]} cannot be told: {reasons[population]}."
    if not is_randomised(study):
        text += " Overlap says nothing about factors that were not measured."
    return Finding("overlap", at_most(verdict, study), text)
