"""T-learner: one model for each arm, benefit as their difference.

Kunzel, Sekhon, Bickel, Yu 2019, doi 10.1073/pnas.1804597116. Each arm is regularised by itself, so
differences in shrinkage show up as differences between patients; that is why its spread is never
reported without a null beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Prediction, Prepared, fit_model, replicate
from twoarm.metalearners.metalearner import Learnt, Metalearner
from twoarm.metalearners.predictors import Predictors
from twoarm.metalearners.sample import Sample, fit_on
from twoarm.seeds import integer

__all__ = ["TLearner", "arm_seeds", "fit_arms", "replicate_arm"]

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


@dataclass(frozen=True, slots=True)
class _TwoModels:
    control: Any
    treated: Any

    def arms(
        self, X: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        mu0, mu1 = (model.predict_proba(X)[:, 1] for model in (self.control, self.treated))
        return mu0, mu1, mu1 - mu0


class TLearner(Metalearner):
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

    _refit_path = ()  # the first metalearner: its refits have had these seeds from the start

    def __init__(self, base: Any, *, desirable: bool, seed: int = 0):
        if isinstance(base, tuple) and len(base) != 2:
            raise ArgumentError(
                f"`base` must be a classifier, or one for each of the two arms; found {len(base)}."
            )
        super().__init__(base, desirable=desirable, seed=seed)

    @property
    def bases(self) -> tuple[Any, Any]:
        """The classifiers of the control and the treated arm."""
        return self.base if isinstance(self.base, tuple) else (self.base, self.base)

    def _learn(self, sample: Sample, path: tuple[int, ...]) -> Learnt:
        seeds = arm_seeds(self.seed, *path)
        control, treated = (
            fit_on(
                self.bases[arm],
                sample.prepared,
                sample.outcome,
                sample.treatment == arm,
                seed=seeds[arm],
            )
            for arm in _ARMS
        )
        return _TwoModels(control, treated)

    def _unseen(
        self,
        predictors: Predictors,
        outcome: NDArray[np.float64],
        treatment: NDArray[np.int64],
        learnt: NDArray[np.bool_],
        wanted: NDArray[np.bool_],
        path: tuple[int, ...],
    ) -> NDArray[np.float64]:
        # Fits that keep no model give the risks of `_learn` several times faster.
        counts, seeds = learnt.astype(np.int64), arm_seeds(self.seed, *path)
        patients = predictors.prepared(counts), outcome, treatment, counts
        mu0, mu1 = (
            replicate_arm(self.bases[arm], *patients, arm, wanted=wanted, seed=seeds[arm]).risk
            for arm in _ARMS
        )
        return np.stack([mu0, mu1, mu1 - mu0])[:, wanted]


def arm_seeds(seed: int, *path: int) -> tuple[int, int]:
    """Give the seeds of the control and the treated fit of one piece of work."""
    return integer(seed, *path, 0), integer(seed, *path, 1)
