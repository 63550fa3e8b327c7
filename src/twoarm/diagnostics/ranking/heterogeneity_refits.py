"""The learner fitted again: on other patients, other arms, other outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import FitError
from twoarm.learners import replicate
from twoarm.metalearners import Effects, Metalearner, Predictors, hajek_scores
from twoarm.metrics import as_benefit
from twoarm.seeds import integer

__all__ = ["Refits", "Work"]


class Work(IntEnum):
    """First step of a seed's path: which kind of refit it is."""

    REPEAT = 0
    HALF_SAMPLE = 1
    PERMUTATION = 2
    SAME_EFFECT = 3
    FULL = 4
    RANKING = 5


@dataclass(frozen=True)
class Refits:
    """A learner and the patients it is fitted to, ready to be fitted to parts of them.

    Attributes
    ----------
    learner : Metalearner
        Copied for every fit. It also fixes the sign of the benefit.
    predictors : Predictors
        What the learner sees; imputed and encoded anew in every fit.
    outcome : ndarray, shape (n,)
        1, 0, or NaN where not known: such patients take no part.
    treatment : ndarray of int64, shape (n,)
        0 control, 1 treated.
    propensity_model : classifier
        A penalised model of treatment; copied for every fit.
    propensity_predictors : Predictors
        What decided on treatment and was known before: the predictors, and the centre.
    """

    learner: Metalearner
    predictors: Predictors
    outcome: NDArray[np.float64]
    treatment: NDArray[np.int64]
    propensity_model: Any
    propensity_predictors: Predictors

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whose outcome is known, shape (n,)."""
        return np.isfinite(self.outcome)

    def effects(
        self,
        learnt: NDArray[np.bool_],
        wanted: NDArray[np.bool_],
        *,
        seed: int,
        outcome: NDArray[np.float64] | None = None,
        treatment: NDArray[np.int64] | None = None,
    ) -> Effects:
        """Fit to the patients `learnt`, predict the patients `wanted`; NaN for the others.

        Raises
        ------
        FitError
            If the learner cannot be fitted or its predictions are not finite.
        """
        y = self.outcome if outcome is None else outcome
        w = self.treatment if treatment is None else treatment
        found = self.learner.refitted(
            self.predictors, y, w, learnt=learnt, wanted=wanted, seed=seed
        )
        if not np.isfinite(found.benefit[wanted]).all():
            raise FitError("The predicted benefits are not finite.")
        return found

    def propensity(
        self, learnt: NDArray[np.bool_], wanted: NDArray[np.bool_], *, seed: int
    ) -> NDArray[np.float64]:
        """Fit treatment to the patients `learnt`; give the propensity of those `wanted`."""
        counts = learnt.astype(np.int64)
        prepared = self.propensity_predictors.prepared(counts)
        fit = replicate(
            self.propensity_model,
            prepared,
            self.treatment,
            counts,
            wanted=wanted,
            seed=integer(seed),
        )
        return fit.risk

    def scores(
        self,
        rows: NDArray[np.int64] | NDArray[np.bool_],
        mu0: NDArray[np.float64],
        mu1: NDArray[np.float64],
        propensity: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Give the doubly robust scores of the benefit (`hajek_scores`) of the patients `rows`."""
        phi = hajek_scores(self.outcome[rows], self.treatment[rows], mu0, mu1, propensity)
        return as_benefit(phi, desirable=self.learner.desirable)
