"""T-learner: one model for each arm, benefit as their difference.

Kunzel, Sekhon, Bickel, Yu 2019, doi 10.1073/pnas.1804597116. Each arm is regularised by itself, so
differences in shrinkage show up as differences between patients; that is why its spread is never
reported without a null beside it.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, FitError, NotEstimable
from twoarm.learners import Prediction, Prepared, fit_model, prepare, replicate
from twoarm.metalearners.effects import Effects, effects_of
from twoarm.metalearners.predictors import Predictors
from twoarm.seeds import Stream, fold_numbers, generator, integer

__all__ = ["TLearner", "arm_seeds", "fit_arms", "replicate_arm", "two_arm_arrays"]

_ARMS = (0, 1)


def _learnt_from(
    outcome: NDArray[np.float64], treatment: NDArray[np.int64], counts: NDArray[np.int64], arm: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give outcome as 0 and 1, and counts of the patients an arm's model learns from."""
    known = np.isfinite(outcome)
    counted = np.where(known & (treatment == arm), counts, 0)
    return np.where(known, outcome, 0).astype(np.int64), counted


def replicate_arm(
    base: Any,
    prepared: Prepared,
    outcome: NDArray[np.float64],
    treatment: NDArray[np.int64],
    counts: NDArray[np.int64],
    arm: int,
    *,
    wanted: NDArray[np.bool_],
    seed: int,
) -> Prediction:
    """Fit one arm's model on counted patients and predict the wanted ones of both arms.

    Parameters
    ----------
    base : classifier
        Copied for the fit; no model is kept.
    prepared : Prepared
        Predictors of all n patients, imputed from the counted ones of both arms together
        (`Predictors.prepared`), so that a patient has the same values under either treatment.
    outcome : ndarray, shape (n,)
        1, 0, or NaN where not known: such patients are predicted, not learnt from.
    treatment, counts : ndarray of int64, shape (n,)
        Arm, and how often each patient is learnt from.
    arm : int
        0 control, 1 treated.
    wanted : ndarray of bool, shape (n,)
        Patients to predict.
    seed : int
        Seed of the fit.

    Raises
    ------
    FitError
        If the model cannot be fitted or its predictions are not finite.
    """
    labels, counted = _learnt_from(outcome, treatment, counts, arm)
    fit = replicate(base, prepared, labels, counted, wanted=wanted, seed=seed)
    if not np.isfinite(fit.risk[wanted]).all():
        raise FitError("The predictions are not finite.")
    return fit


def fit_arms(
    bases: tuple[Any, Any],
    predictors: Predictors,
    outcome: NDArray[np.float64],
    treatment: NDArray[np.int64],
    *,
    seeds: tuple[int, int],
) -> tuple[Any, Any]:
    """Fit both arms on everybody and keep the models; they predict what `replicate_arm` does.

    `bases` holds the classifier of the control and that of the treated; they are copied.
    """
    everybody = np.ones(treatment.size, dtype=np.int64)
    prepared = predictors.prepared(everybody)
    models = []
    for arm in _ARMS:
        labels, counted = _learnt_from(outcome, treatment, everybody, arm)
        models.append(fit_model(bases[arm], prepared, labels, counted, seed=seeds[arm]))
    return models[0], models[1]


class TLearner:
    """One model for each arm.

    Parameters
    ----------
    base : classifier or tuple of two
        Any scikit-learn classifier with `predict_proba`, such as `twoarm.learners.Stack()`; or one
        for the control and one for the treated arm.
    desirable : bool
        Whether the outcome is one to hope for; fixes the sign of the benefit.
    seed : int
        Seed of both fits.

    Notes
    -----
    The difference is a causal effect only if the arms are comparable given the predictors, which
    no code can check.

    Examples
    --------
    >>> import numpy as np
    >>> from twoarm.learners import Logistic
    >>> X = np.tile([[0.0], [1.0]], (50, 1)); w = np.repeat([0, 1], 50)
    >>> y = np.r_[np.tile([0, 0, 0, 1], 13)[:50], np.tile([0, 1, 1, 1], 13)[:50]]
    >>> learner = TLearner(Logistic(C=np.inf), desirable=True).fit(X, y, treatment=w)
    >>> learner.effects([[0.0], [1.0]]).benefit.round(2)
    array([0.48, 0.52])
    """

    def __init__(self, base: Any, *, desirable: bool, seed: int = 0):
        if isinstance(base, tuple) and len(base) != 2:
            raise ArgumentError(
                f"`base` must be a classifier, or one for each of the two arms; found {len(base)}."
            )
        self.base = base
        self.desirable = desirable
        self.seed = seed

    @property
    def bases(self) -> tuple[Any, Any]:
        """The classifiers of the control and the treated arm."""
        return self.base if isinstance(self.base, tuple) else (self.base, self.base)

    def fit(self, X: ArrayLike, y: ArrayLike, *, treatment: ArrayLike) -> Self:
        """Fit both arms.

        Parameters
        ----------
        X : array_like, shape (n, p)
            Finite predictors.
        y : array_like of 0, 1 or NaN, shape (n,)
            Outcome; NaN where not known.
        treatment : array_like of 0 and 1, shape (n,)
            Arm.
        """
        predictors, outcome, arm = two_arm_arrays(X, y, treatment)
        self.mu0_, self.mu1_ = fit_arms(
            self.bases, predictors, outcome, arm, seeds=arm_seeds(self.seed, Stream.FULL_FIT)
        )
        return self

    def effects(self, X: ArrayLike) -> Effects:
        """Give both arms' probabilities and the benefit of patients X, shape (m, p)."""
        matrix = np.asarray(X, dtype=np.float64)
        mu0, mu1 = (model.predict_proba(matrix)[:, 1] for model in (self.mu0_, self.mu1_))
        return effects_of(mu0, mu1, desirable=self.desirable)

    def cross_fitted(
        self, X: ArrayLike, y: ArrayLike, *, treatment: ArrayLike, folds: int = 10
    ) -> Effects:
        """Give the effects of every patient by models that have not seen this patient.

        Folds are spread evenly over arms and outcomes.
        """
        predictors, outcome, arm = two_arm_arrays(X, y, treatment)
        fold = fold_numbers(
            4 * arm + np.nan_to_num(outcome, nan=2.0),
            folds,
            generator(self.seed, Stream.CROSS_FIT),
        )
        mu = np.empty((2, arm.size))
        for number in range(folds):
            inside = fold == number
            counts = (~inside).astype(np.int64)
            prepared = predictors.prepared(counts)
            seeds = arm_seeds(self.seed, Stream.CROSS_FIT, number)
            for which in _ARMS:
                fit = replicate_arm(
                    self.bases[which],
                    prepared,
                    outcome,
                    arm,
                    counts,
                    which,
                    wanted=inside,
                    seed=seeds[which],
                )
                mu[which, inside] = fit.risk[inside]
        return effects_of(mu[0], mu[1], desirable=self.desirable)


def arm_seeds(seed: int, *path: int) -> tuple[int, int]:
    """Give the seeds of the control and the treated fit of one piece of work."""
    return integer(seed, *path, 0), integer(seed, *path, 1)


def two_arm_arrays(
    X: ArrayLike, y: ArrayLike, treatment: ArrayLike
) -> tuple[Predictors, NDArray[np.float64], NDArray[np.int64]]:
    """Check a two-arm sample; give predictors, outcome and arm, or raise ArgumentError."""
    matrix = prepare(np.asarray(X, dtype=np.float64)).X
    outcome, arm = np.asarray(y, dtype=np.float64), np.asarray(treatment)
    if outcome.shape != (matrix.shape[0],) or arm.shape != outcome.shape:
        raise ArgumentError(
            f"X, y and treatment must have the same number of rows; found {matrix.shape[0]}, "
            f"{outcome.size} and {arm.size}."
        )
    arms = np.unique(arm)
    if not np.array_equal(arms, _ARMS):
        raise NotEstimable(
            f"Treatment must be 0 (control) or 1 (treated), with patients in both arms; found "
            f"{arms.tolist()[:5]}."
        )
    if not np.isin(outcome[np.isfinite(outcome)], _ARMS).all():
        raise ArgumentError("The outcome must be 0, 1, or NaN where it is not known.")
    return Predictors.from_matrix(matrix), outcome, arm.astype(np.int64)
