"""Who was likely to be treated: the propensity, and how the arms share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.comparability.nuisances import cross_fit_folds, fit_propensity
from twoarm.diagnostics.finding import Finding, Verdict, is_randomised, says
from twoarm.errors import ArgumentError
from twoarm.metrics import auc

__all__ = ["Propensity", "finding", "propensity"]

_BINS = 20
_NEARLY_FIXED = 0.90
"""An AUC from which treatment is all but decided by what was measured."""


@dataclass(frozen=True, slots=True)
class Propensity:
    """Each patient's probability of treatment, and its distribution in both arms.

    Attributes
    ----------
    score : ndarray, shape (n,)
        Probability of treatment given the predictors (and the centre).
    auc : float
        How well it tells the arms apart, on the patients it was fitted to unless cross-fitted.
        0.5: as if by lot. Near 1: the arms hardly share patients.
    edges : ndarray, shape (bins + 1,)
        Bins of the score, 0 to 1.
    density : ndarray, shape (2, bins)
        Density in control and treated: areas under both are 1.
    lowest, highest : tuple of float
        Smallest and largest score in control and treated.
    """

    score: NDArray[np.float64]
    auc: float
    edges: NDArray[np.float64]
    density: NDArray[np.float64]
    lowest: tuple[float, float]
    highest: tuple[float, float]


def propensity(
    X: ArrayLike,
    treatment: ArrayLike,
    *,
    centre: ArrayLike | None = None,
    model: Any = None,
    cross_fit: int = 0,
    seed: int = 0,
) -> Propensity:
    """Fit the probability of treatment and describe it in both arms.

    Parameters
    ----------
    X : array_like, shape (n, p)
        What was known at the decision, complete; nothing measured after it.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    centre : array_like, shape (n,), optional
        Where each patient was treated: one 0/1 column for each centre is added to X.
    model : classifier, optional
        Copied and fitted; by default `Logistic()`, a ridge regression.
    cross_fit : int
        Number of folds; 0: one model, fitted on everybody.
    seed : int
        Seed of the folds.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.

    Examples
    --------
    >>> found = propensity([[0.0], [1.0], [0.0], [1.0]], [0, 0, 1, 1])
    >>> found.score.round(3).tolist(), found.auc
    ([0.5, 0.5, 0.5, 0.5], 0.5)
    """
    matrix, arm = np.asarray(X, dtype=np.float64), np.asarray(treatment)
    if matrix.ndim != 2 or arm.shape != matrix.shape[:1] or not np.isfinite(matrix).all():
        raise ArgumentError(
            "X must be complete, one row a patient, and treatment as long; found shapes "
            f"{matrix.shape} and {arm.shape}."
        )
    if not np.array_equal(np.unique(arm), (0, 1)):
        raise ArgumentError(f"Treatment must be 0 and 1; found {np.unique(arm).tolist()[:5]}.")
    arm = arm.astype(np.int64)
    if centre is not None:
        matrix = np.column_stack([matrix, _indicators(centre, arm.size)])
    folds = cross_fit_folds(np.zeros(arm.size), arm, cross_fit, seed)
    score = fit_propensity(matrix, arm, folds, model)
    edges = np.linspace(0.0, 1.0, _BINS + 1)
    by_arm = score[arm == 0], score[arm == 1]
    density = np.stack([np.histogram(each, edges, density=True)[0] for each in by_arm])
    return Propensity(
        score=score,
        auc=auc(arm, score),
        edges=edges,
        density=density,
        lowest=(float(by_arm[0].min()), float(by_arm[1].min())),
        highest=(float(by_arm[0].max()), float(by_arm[1].max())),
    )


def _indicators(centre: ArrayLike, n: int) -> NDArray[np.float64]:
    labels = np.asarray(centre)
    if labels.shape != (n,):
        raise ArgumentError(f"`centre` needs one label a patient ({n}); found {labels.shape}.")
    return np.asarray(labels[:, None] == np.unique(labels)[None, :], dtype=np.float64)


@says("propensity")
def finding(value: Propensity, study: Study) -> Finding:
    """Say whether treatment was still open, given what was measured."""
    if value.auc >= _NEARLY_FIXED:
        text = "What was measured all but decides who is treated: the arms hardly share patients."
    else:
        text = f"What was measured tells the arms apart with an AUC of {value.auc:.2f}."
    if not is_randomised(study):
        text += " What was not measured may have decided too."
    verdict: Verdict = "questions" if value.auc >= _NEARLY_FIXED else "cannot tell"
    return Finding("propensity", verdict, text)
