"""Risk model: one prognosis and one odds ratio, so that benefit differs by baseline risk alone.

Kent et al. 2020 (the PATH statement), doi 10.7326/M18-3667; van Klaveren et al. 2019, doi
10.1016/j.jclinepi.2019.05.029.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.learners import Logistic, Split, cross_fitted
from twoarm.metalearners.metalearner import Learnt, Metalearner
from twoarm.metalearners.nuisances import Role
from twoarm.metalearners.s import both_arms
from twoarm.metalearners.sample import Sample, fit_on, sample_folds
from twoarm.seeds import integer

__all__ = ["RiskModel"]

_TRIM = 0.001  # a risk of exactly 0 or 1 has no logit


@dataclass(frozen=True, slots=True)
class _OneOddsRatio:
    prognosis: Any
    calibration: Any

    def arms(
        self, X: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        score = _score(*both_arms(self.prognosis, X))
        mu0, mu1 = both_arms(self.calibration, score[:, None])
        return mu0, mu1, mu1 - mu0


class RiskModel(Metalearner):
    """A prognostic model, then ``logit p = a + s * prognosis + d * treatment`` by likelihood.

    The base learns from both arms with the arm as its last predictor. A patient's prognosis is the
    mean of the two logits it gives under control and under treatment: what it says of the arm
    cancels, and patients of a cohort whose treatment was chosen are compared at the same arm. The
    second model takes the prognosis from folds that have not seen the patient, so the slope s
    undoes what the base overfits. A slope below 0 says that the base knows nothing of patients it
    has not seen; the prognosis is then left out, and all have the difference of the arms.

    Parameters
    ----------
    base : classifier
        Any scikit-learn classifier with `predict_proba`; risks are trimmed to 0.001-0.999.
    desirable : bool
        Whether the outcome is one to hope for; fixes the sign of the benefit.
    seed : int
        Seed of every fit and fold.
    folds : int
        Folds in which the prognosis is cross-fitted.

    Notes
    -----
    It cannot find that some patients respond differently; it assumes that the odds ratio d is the
    same for all. d is causal only if the arms are comparable given the predictors, which no code
    can check.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> rng = generator(3); w = np.tile([0, 1], 400); X = rng.normal(size=(800, 2))
    >>> y = (rng.random(800) < 1 / (1 + np.exp(-X[:, 0] - w))).astype(int)
    >>> learner = RiskModel(Logistic(), desirable=True).fit(X, y, treatment=w)
    >>> learner.effects([[0.0, 0.0], [3.0, 0.0]]).benefit.round(1)
    array([0.2, 0. ])
    """

    def __init__(self, base: Any, *, desirable: bool, seed: int = 0, folds: int = 5):
        super().__init__(base, desirable=desirable, seed=seed)
        self.folds = folds

    def _learn(self, sample: Sample, path: tuple[int, ...]) -> Learnt:
        seed_path = (self.seed, *path)
        everybody = np.ones(sample.outcome.size, dtype=np.bool_)
        prognosis = fit_on(
            self.base,
            sample.with_arm,
            sample.outcome,
            everybody,
            seed=integer(*seed_path, Role.MEAN),
        )
        score = self._unseen_score(sample, seed_path)
        return _OneOddsRatio(prognosis, _calibrated(score, sample))

    def _unseen_score(self, sample: Sample, seed_path: tuple[int, ...]) -> NDArray[np.float64]:
        """Give each patient's prognosis by a base that has not seen the patient."""
        fold = sample_folds(sample, self.folds, *seed_path, Role.FOLDS)

        def predict(split: Split) -> NDArray[np.float64]:
            seed = integer(*seed_path, Role.MEAN, split.number)
            model = fit_on(self.base, sample.with_arm, sample.outcome, split.learnt, seed=seed)
            return _score(*both_arms(model, sample.X[split.held]))

        return cross_fitted(fold, predict)


def _calibrated(score: NDArray[np.float64], sample: Sample) -> Logistic:
    """Fit the second model; a prognosis that is wrong way round out of fold is left out."""
    for column in (score, np.zeros_like(score)):
        design = np.column_stack([column, sample.treatment])
        model = Logistic(C=np.inf).fit(design, sample.outcome)
        if model.coef_[0, 0] >= 0:
            break
    return model


def _score(mu0: NDArray[np.float64], mu1: NDArray[np.float64]) -> NDArray[np.float64]:
    risk = np.clip((mu0, mu1), _TRIM, 1 - _TRIM)
    score: NDArray[np.float64] = np.log(risk / (1 - risk)).mean(axis=0)
    return score
