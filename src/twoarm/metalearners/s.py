"""S-learner: one model for both arms, with the arm as one more predictor.

Kunzel, Sekhon, Bickel, Yu 2019, doi 10.1073/pnas.1804597116. With a base that only adds on the
logit scale (`twoarm.learners.Logistic`) patients differ in their benefit by baseline risk alone. A
base that selects or shrinks may overlook the arm, which pulls every benefit towards 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.metalearners.metalearner import Learnt, Metalearner
from twoarm.metalearners.sample import Sample, fit_on
from twoarm.seeds import integer

__all__ = ["SLearner", "both_arms"]


def both_arms(
    model: Any, X: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ask a model whose last predictor is the arm for the risks under control and treatment."""
    arms = (np.zeros(X.shape[0]), np.ones(X.shape[0]))
    mu0, mu1 = (model.predict_proba(np.column_stack([X, arm]))[:, 1] for arm in arms)
    return mu0, mu1


@dataclass(frozen=True, slots=True)
class _OneModel:
    model: Any

    def arms(
        self, X: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        mu0, mu1 = both_arms(self.model, X)
        return mu0, mu1, mu1 - mu0


class SLearner(Metalearner):
    """One model for both arms.

    Parameters
    ----------
    base : classifier
        Any scikit-learn classifier with `predict_proba`; the arm is its last column.
    desirable : bool
        Whether the outcome is one to hope for; fixes the sign of the benefit.
    seed : int
        Seed of the fit.

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
    >>> learner = SLearner(Logistic(C=np.inf), desirable=True).fit(X, y, treatment=w)
    >>> learner.effects([[0.0], [1.0]]).benefit.round(2)
    array([0.48, 0.52])
    """

    def _learn(self, sample: Sample, path: tuple[int, ...]) -> Learnt:
        everybody = np.ones(sample.outcome.size, dtype=np.bool_)
        seed = integer(self.seed, *path, 0)
        return _OneModel(fit_on(self.base, sample.with_arm, sample.outcome, everybody, seed=seed))
