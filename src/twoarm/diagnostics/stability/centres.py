"""Internal-external cross-validation: each centre predicted by models developed in the others.

Royston P, Parmar MKB, Sylvester R. Stat Med 2004;23:907-926, doi 10.1002/sim.1691. Whatever is
learnt (imputation, encoding, stacking) is learnt without the centre that is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, NotEstimable
from twoarm.learners import Split, over_folds
from twoarm.metalearners import (
    Effects,
    Predictors,
    TLearner,
    arm_seeds,
    effects_of,
    replicate_arm,
)
from twoarm.seeds import Stream

__all__ = [
    "CentreFailure",
    "HeldOutEffects",
    "HeldOutRisks",
    "leave_one_centre_out",
    "leave_one_centre_out_effects",
]


@dataclass(frozen=True, slots=True)
class CentreFailure:
    """A model that could not be fitted without this centre; arm 0 is control, 1 treated."""

    centre: str
    arm: int
    error: str


@dataclass(frozen=True, slots=True)
class HeldOutRisks:
    """Predictions of every patient by the model developed without his centre.

    Attributes
    ----------
    risk : ndarray, shape (n,)
        NaN in a centre whose model failed.
    failures : tuple of CentreFailure
    """

    risk: NDArray[np.float64]
    failures: tuple[CentreFailure, ...]


@dataclass(frozen=True, slots=True)
class HeldOutEffects:
    """Both arms' risks and the benefit by models developed without the patient's centre.

    Attributes
    ----------
    effects : Effects
        NaN in a centre whose model failed.
    failures : tuple of CentreFailure
    """

    effects: Effects
    failures: tuple[CentreFailure, ...]


@dataclass(frozen=True)
class _CentreTask:
    """Predict one centre by the models of each arm; frozen, so that it can travel."""

    bases: tuple[Any, ...]
    predictors: Predictors
    outcome: NDArray[np.float64]
    treatment: NDArray[np.int64]
    seed: int

    def __call__(self, split: Split) -> list[NDArray[np.float64] | str]:
        """Give for each arm the predictions of the patients held out, or why there are none."""
        return [self._arm(arm, split) for arm in range(len(self.bases))]

    def _arm(self, arm: int, split: Split) -> NDArray[np.float64] | str:
        counts = split.learnt.astype(np.int64)
        try:
            fit = replicate_arm(
                self.bases[arm],
                self.predictors.prepared(counts),
                self.outcome,
                self.treatment,
                counts,
                arm,
                wanted=split.held,
                seed=arm_seeds(self.seed, Stream.CROSS_FIT, split.number)[arm],
            )
        except Exception as error:  # noqa: BLE001  a learner may raise anything; it is reported
            return f"{type(error).__name__}: {error}"
        return fit.risk[split.held]


def leave_one_centre_out(
    estimator: Any,
    X: ArrayLike | Predictors,
    y: ArrayLike,
    centre: ArrayLike,
    *,
    seed: int = 0,
    executor: str = "threads",
    workers: int = 0,
    scheduler: str | None = None,
) -> HeldOutRisks:
    """Predict every centre by an outcome model developed in the other centres.

    Parameters
    ----------
    estimator : classifier
        Any scikit-learn classifier with `predict_proba`; copied for every centre.
    X : array_like, shape (n, p), or Predictors
        Complete numbers; or a cohort's predictors, which are imputed and encoded anew without each
        centre.
    y : array_like of 0, 1 or NaN, shape (n,)
        Outcome; NaN where not known: such patients are predicted, not learnt from.
    centre : array_like, shape (n,)
        Codes of the centres, at least two different ones.
    seed : int
        The model without the k-th centre in sorted order depends on (`seed`, k) alone.
    executor, workers, scheduler
        See `twoarm.execution.run_tasks`; they do not change the result.

    Returns
    -------
    HeldOutRisks

    Raises
    ------
    ArgumentError
        If the arrays do not fit, or there is a single centre.

    Notes
    -----
    The centre itself is no predictor here: a new site has no estimate of its own. How far it may be
    from these centres is what `performance_by_centre` and its prediction interval say, if they are
    a sample of the sites to come, which no code can check.

    Examples
    --------
    >>> import numpy as np
    >>> from twoarm.learners import Logistic
    >>> X = np.tile([[0.0], [1.0]], (30, 1)); y = np.tile([0, 1, 0, 0, 1, 1], 10)
    >>> leave_one_centre_out(Logistic(), X, y, np.repeat(["A", "B", "C"], 20)).risk.shape
    (60,)
    """
    predictors, outcome = _arrays(X, y)
    treatment = np.zeros(outcome.size, dtype=np.int64)
    names, codes = _centres(centre, outcome.size)
    task = _CentreTask((estimator,), predictors, outcome, treatment, seed)
    run_by = {"executor": executor, "workers": workers, "scheduler": scheduler}
    mu, failures = _held_out(task, codes, names, **run_by)
    return HeldOutRisks(mu[0], failures)


def leave_one_centre_out_effects(
    base: Any,
    X: ArrayLike | Predictors,
    y: ArrayLike,
    treatment: ArrayLike,
    centre: ArrayLike,
    *,
    desirable: bool,
    seed: int = 0,
    executor: str = "threads",
    workers: int = 0,
    scheduler: str | None = None,
) -> HeldOutEffects:
    """Predict every centre by a T-learner developed in the other centres.

    Parameters
    ----------
    base : classifier or tuple of two
        Copied for every centre and arm; or one for the control and one for the treated arm.
    X, y, centre, seed, executor, workers, scheduler
        As for `leave_one_centre_out`.
    treatment : array_like of 0 and 1, shape (n,)
        Arm, with patients in both.
    desirable : bool
        Whether the outcome is one to hope for; fixes the sign of the benefit.

    Returns
    -------
    HeldOutEffects
        `mu0` of the controls and `mu1` of the treated can be given to `performance_by_centre`, all
        of it to `benefit_by_centre`.

    Raises
    ------
    ArgumentError
        If the arrays do not fit, or there is a single centre or arm.

    Examples
    --------
    >>> import numpy as np
    >>> from twoarm.learners import Logistic
    >>> X = np.tile([[0.0], [1.0]], (30, 1)); y = np.tile([0, 1, 0, 0, 1, 1], 10)
    >>> held = leave_one_centre_out_effects(
    ...     Logistic(), X, y, np.tile([0, 0, 1, 1], 15), np.repeat(["A", "B"], 30), desirable=True)
    >>> held.effects.benefit.shape, held.failures
    ((60,), ())
    """
    predictors, outcome = _arrays(X, y)
    arm = np.asarray(treatment)
    if arm.shape != outcome.shape or not np.array_equal(np.unique(arm), (0, 1)):
        raise NotEstimable(
            "Treatment must be 0 (control) or 1 (treated) for each patient, with patients in both "
            f"arms; found shape {arm.shape} and {np.unique(arm).tolist()[:5]}."
        )
    names, codes = _centres(centre, outcome.size)
    bases = TLearner(base, desirable=desirable).bases
    task = _CentreTask(bases, predictors, outcome, arm.astype(np.int64), seed)
    run_by = {"executor": executor, "workers": workers, "scheduler": scheduler}
    mu, failures = _held_out(task, codes, names, **run_by)
    return HeldOutEffects(effects_of(mu[0], mu[1], desirable=desirable), failures)


def _arrays(X: ArrayLike | Predictors, y: ArrayLike) -> tuple[Predictors, NDArray[np.float64]]:
    if isinstance(X, Predictors):
        predictors = X
    else:
        predictors = Predictors.from_matrix(np.asarray(X, dtype=np.float64))
    outcome = np.asarray(y, dtype=np.float64)
    if predictors.coded.ndim != 2 or outcome.shape != predictors.coded.shape[:1]:
        raise ArgumentError(
            "X and y must have the same number of rows; found shapes "
            f"{predictors.coded.shape} and {outcome.shape}."
        )
    if not np.isin(outcome[np.isfinite(outcome)], (0.0, 1.0)).all():
        raise ArgumentError("The outcome must be 0, 1, or NaN where it is not known.")
    return predictors, outcome


def _centres(centre: ArrayLike, n: int) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """Give the centres' names in order, and each patient's place among them."""
    given = np.asarray(centre)
    if given.shape != (n,):
        raise ArgumentError(f"Expected a centre for each of {n} patients; found {given.shape}.")
    names, codes = np.unique(given.astype(np.str_), return_inverse=True)
    if names.size < 2:
        raise NotEstimable(
            f"Leaving a centre out needs at least two centres; found {names.tolist()}."
        )
    return names, codes.astype(np.int64)


def _held_out(
    task: _CentreTask, codes: NDArray[np.int64], names: NDArray[np.str_], **run_by: Any
) -> tuple[NDArray[np.float64], tuple[CentreFailure, ...]]:
    """Leave out every centre in turn; give predictions, shape (arms, n), and what failed."""
    mu = np.full((len(task.bases), codes.size), np.nan)
    failures = []
    for split, results in over_folds(codes, task, **run_by):
        for arm, result in enumerate(results):
            if isinstance(result, str):
                failures.append(CentreFailure(str(names[split.number]), arm, result))
            else:
                mu[arm, split.held] = result
    return mu, tuple(failures)
