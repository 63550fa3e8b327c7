"""Who was likely to be treated: the propensity, and how the arms share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.cohort.load import Study
from twoarm.diagnostics.comparability.nuisances import cross_fit_folds, fit_propensity
from twoarm.diagnostics.finding import Finding, Verdict, is_randomised, says
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.metrics import auc_within

__all__ = ["Propensity", "finding", "propensity"]

_BINS = 20
_FOLDS = 5
_NEARLY_FIXED = 0.90
"""An AUC from which treatment is all but decided by what was measured."""


@dataclass(frozen=True, slots=True)
class Propensity:
    """Each patient's probability of treatment, and its distribution in both arms.

    Attributes
    ----------
    score : ndarray, shape (n,)
        Probability of treatment given the predictors (and the centre), or as known by design.
    auc : float
        How well a model of the treatment tells apart patients that it has not seen (cross-fitted,
        pairs of one fold). 0.5: as if by lot. Near 1: the arms hardly share patients. NaN if an arm
        has a single patient.
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
    known: ArrayLike | None = None,
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
    known : float or array_like, shape (n,), optional
        Probability of treatment where treatment was drawn by lot: it is the score, and the model
        only gives the AUC.
    cross_fit : int
        Number of folds of the score; 0: one model, fitted on everybody. The AUC is cross-fitted
        always, in 5 folds if the score is not (in fewer if an arm has fewer patients).
    seed : int
        Seed of the folds.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together, or a known probability is not strictly between 0 and 1.

    Notes
    -----
    On its own patients a model of treatment tells the arms of a trial apart: with 20 columns in 200
    patients the AUC is 0.68 on average where nothing but a lot decided.

    Examples
    --------
    >>> found = propensity([[0.0], [1.0], [2.0], [3.0]] * 10, [0, 0, 1, 1] * 10)
    >>> found.auc
    1.0
    >>> propensity([[0.0], [1.0]] * 10, [0, 1, 1, 0] * 5, known=0.5).score[:2].tolist()
    [0.5, 0.5]
    """
    matrix, arm = np.asarray(X, dtype=np.float64), np.asarray(treatment)
    if matrix.ndim != 2 or arm.shape != matrix.shape[:1] or not np.isfinite(matrix).all():
        raise ArgumentError(
            "X must be complete, one row a patient, and treatment as long; found shapes "
            f"{matrix.shape} and {arm.shape}."
        )
    if not np.array_equal(np.unique(arm), (0, 1)):
        raise NotEstimable(
            f"Treatment must be 0 and 1, both present; found {np.unique(arm).tolist()[:5]}."
        )
    arm = arm.astype(np.int64)
    if centre is not None:
        matrix = np.column_stack([matrix, _indicators(centre, arm.size)])
    folds, unseen = _unseen(matrix, arm, model, cross_fit, seed)
    if known is not None:
        score = _known(known, arm.size)
    elif cross_fit:
        score = unseen
    else:
        score = fit_propensity(matrix, arm, np.full(arm.size, -1, dtype=np.int64), model)
    edges = np.linspace(0.0, 1.0, _BINS + 1)
    by_arm = score[arm == 0], score[arm == 1]
    density = np.stack([np.histogram(each, edges, density=True)[0] for each in by_arm])
    return Propensity(
        score=score,
        auc=auc_within(arm, unseen, folds),
        edges=edges,
        density=density,
        lowest=(float(by_arm[0].min()), float(by_arm[1].min())),
        highest=(float(by_arm[0].max()), float(by_arm[1].max())),
    )


def _unseen(
    X: NDArray[np.float64], arm: NDArray[np.int64], model: Any, cross_fit: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give folds, and everybody's score by a model that has not seen the fold."""
    n_folds = cross_fit or min(_FOLDS, int(np.bincount(arm).min()))
    if n_folds < 2:
        return np.arange(arm.size), np.full(arm.size, 0.5)
    folds = cross_fit_folds(np.zeros(arm.size), arm, n_folds, seed)
    return folds, fit_propensity(X, arm, folds, model)


def _known(known: ArrayLike, n: int) -> NDArray[np.float64]:
    score = np.asarray(known, dtype=np.float64)
    if score.shape not in ((), (n,)) or not ((score > 0.0) & (score < 1.0)).all():
        raise ArgumentError(
            "A known probability of treatment is a number strictly between 0 and 1, or one a "
            f"patient ({n}); found shape {score.shape}."
        )
    return np.broadcast_to(score, n).copy()


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
        text = (
            f"What was measured tells the arms apart with an AUC of {value.auc:.2f} in patients "
            "that the model of treatment has not seen."
        )
    if not is_randomised(study):
        text += " What was not measured may have decided too."
    verdict: Verdict = "questions" if value.auc >= _NEARLY_FIXED else "cannot tell"
    return Finding("propensity", verdict, text)
