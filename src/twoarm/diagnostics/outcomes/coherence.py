"""Do models of nested outcomes contradict each other? Violations counted, and repaired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.errors import ArgumentError

__all__ = ["Coherence", "coherence", "finding"]

_ROUNDING = 1e-9
_MANY, _LARGE = 0.10, 0.05
"""`questions` if more patients are incoherent, or a patient by more than 5 points."""


@dataclass(frozen=True, slots=True)
class Coherence:
    """Order of one arm's predicted probabilities of nested outcomes.

    Attributes
    ----------
    names : tuple of str
        Outcomes, each included in the next.
    share_violated : tuple of float
        For each neighbouring pair, share of patients whose probabilities are in the wrong order.
    share_any : float
        Share of patients with any wrong order.
    largest : float
        Largest difference in the wrong direction, a probability.
    repaired : ndarray, shape (m, n)
        The closest probabilities in the right order (isotonic regression in each patient).
    """

    names: tuple[str, ...]
    share_violated: tuple[float, ...]
    share_any: float
    largest: float
    repaired: NDArray[np.float64]


def coherence(
    probabilities: ArrayLike, *, names: Sequence[str], weights: ArrayLike | None = None
) -> Coherence:
    """Check one arm's probabilities of outcomes that include each other, patient by patient.

    Parameters
    ----------
    probabilities : array_like, shape (m, n)
        Probabilities, 0 to 1, of m outcomes, each included in the next: mRS 0-2, mRS 0-3, and one
        minus that of death.
    names : sequence of str, m names
        Of the outcomes.
    weights : array_like, shape (m,), optional
        Trust in each outcome's model, above 0, such as the inverse of its Brier score; by default
        all alike.

    Raises
    ------
    ArgumentError
        If an argument is out of range.

    Notes
    -----
    Coherent risks are no better as such: separate models of coherent truth still err separately.
    The benefits of nested outcomes need not be in any order.

    References
    ----------
    Robertson T, Wright FT, Dykstra RL. Order Restricted Statistical Inference (1988), section 1.4:
    the isotonic regression as largest of smallest averages.

    Examples
    --------
    >>> found = coherence([[0.5, 0.2], [0.3, 0.4]], names=["mRS 0-2", "mRS 0-3"])
    >>> found.share_violated, found.repaired.tolist()
    ((0.5,), [[0.4, 0.2], [0.4, 0.4]])
    """
    p = np.asarray(probabilities, dtype=np.float64)
    if p.ndim != 2 or p.shape[0] != len(names) or p.shape[0] < 2 or p.shape[1] < 1:
        raise ArgumentError(
            f"Expected probabilities of {len(names)} outcomes, at least 2; found shape {p.shape}."
        )
    if not ((p >= 0.0) & (p <= 1.0)).all():
        raise ArgumentError("Probabilities must lie between 0 and 1.")
    w = np.ones(len(names)) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (len(names),) or not ((w > 0.0) & np.isfinite(w)).all():
        raise ArgumentError(f"Expected {len(names)} finite weights above 0; found {w.tolist()}.")
    drop = p[:-1] - p[1:]
    wrong = drop > _ROUNDING
    return Coherence(
        names=tuple(names),
        share_violated=tuple(float(share) for share in wrong.mean(axis=1)),
        share_any=float(wrong.any(axis=0).mean()),
        largest=max(0.0, float(drop.max())),
        repaired=_isotonic(p, w),
    )


def _isotonic(p: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the weighted isotonic regression of every column at once; m is a handful."""
    m = p.shape[0]
    repaired = np.full(p.shape, -np.inf)
    for start in range(m):
        smallest = np.full(p.shape[1], np.inf)
        # Averages from `start` to at least k, for k from the last outcome down to `start`.
        for k in range(m - 1, start - 1, -1):
            average = np.average(p[start : k + 1], axis=0, weights=weights[start : k + 1])
            smallest = np.minimum(smallest, average)
            repaired[k] = np.maximum(repaired[k], smallest)
    return repaired


@says("coherence")
def finding(value: tuple[Coherence, Coherence], study: Study) -> Finding:
    """Say how often each arm's separate models contradict each other; control first."""
    labels = study.file.treatment.labels
    arms = tuple(zip((labels.control, labels.treated), value, strict=True))
    incoherent = any(each.share_any > _MANY or each.largest > _LARGE for each in value)
    verdict: Verdict = "questions" if incoherent else "cannot tell"
    shares = " and ".join(
        f"{100 * each.share_any:.1f} % of patients under {label} (by up to "
        f"{100 * each.largest:.1f} points)"
        for label, each in arms
    )
    text = (
        f"{study.file.study.title}: the separate models of outcomes that include each other "
        f"contradict each other in {shares}."
    )
    return Finding("coherence", verdict, text)
