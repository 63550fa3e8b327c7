"""What share above the threshold would the learner report if benefit did not differ?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from twoarm.diagnostics.ranking.heterogeneity_refits import Refits, Work
from twoarm.errors import FitError
from twoarm.metalearners.interactions import fit_interactions
from twoarm.metrics import benefit_groups
from twoarm.seeds import generator, integer

__all__ = ["NoEffectTask", "SameEffectTask", "propensity_strata", "same_effect_risk"]

_DRAW, _LEARNER = range(2)
_STRATA = 5


@dataclass(frozen=True)
class NoEffectTask:
    """Give the in-sample benefits after the arms were drawn again within propensity strata.

    Attributes
    ----------
    refits : Refits
        Learner and patients.
    strata : ndarray of int64, shape (n,)
        See `propensity_strata`.
    seed : int
        A draw depends on the seed and its number alone.
    """

    refits: Refits
    strata: NDArray[np.int64]
    seed: int

    def __call__(self, number: int) -> NDArray[np.float64] | None:
        """Compute draw `number`: benefits of the patients with known outcome, None if it failed."""
        rng = generator(self.seed, Work.PERMUTATION, number, _DRAW)
        known, treatment = self.refits.known, self.refits.treatment.copy()
        for stratum in np.unique(self.strata[known]):
            members = np.flatnonzero(known & (self.strata == stratum))
            treatment[members] = rng.permutation(treatment[members])
        seed = integer(self.seed, Work.PERMUTATION, number, _LEARNER)
        try:
            found = self.refits.effects(known, known, seed=seed, treatment=treatment)
        except FitError:
            return None
        return found.benefit[known]


@dataclass(frozen=True)
class SameEffectTask:
    """Give the in-sample benefits after outcomes were drawn with one odds ratio for all.

    Attributes
    ----------
    refits : Refits
        Learner and patients.
    risk : ndarray, shape (n,)
        See `same_effect_risk`.
    seed : int
        A draw depends on the seed and its number alone.
    """

    refits: Refits
    risk: NDArray[np.float64]
    seed: int

    def __call__(self, number: int) -> NDArray[np.float64] | None:
        """Compute draw `number`: benefits of the patients with known outcome, None if it failed."""
        known = self.refits.known
        seed = integer(self.seed, Work.SAME_EFFECT, number, _LEARNER)
        try:
            found = self.refits.effects(known, known, seed=seed, outcome=self.outcome(number))
        except FitError:
            return None
        return found.benefit[known]

    def outcome(self, number: int) -> NDArray[np.float64]:
        """Draw the outcomes of draw `number`, shape (n,); NaN where the outcome is not known."""
        rng = generator(self.seed, Work.SAME_EFFECT, number, _DRAW)
        known = self.refits.known
        outcome = np.full(known.size, np.nan)
        outcome[known] = rng.random(int(known.sum())) < self.risk[known]
        return outcome


def propensity_strata(refits: Refits, seed: int) -> NDArray[np.int64]:
    """Put the patients with known outcome into fifths of the propensity, shape (n,); -1 elsewhere.

    The arms are permuted within these, so what decided on treatment still does, roughly.
    """
    known = refits.known
    chance = refits.propensity(known, known, seed=integer(seed, Work.FULL))
    strata = np.full(known.size, -1, dtype=np.int64)
    strata[known] = benefit_groups(chance[known], _STRATA)
    return strata


def same_effect_risk(refits: Refits) -> NDArray[np.float64]:
    """Give each patient's risk in his own arm by a logistic model without interactions, shape (n,).

    The arm's coefficient is free, so each arm keeps its number of events; predictors are under a
    light ridge, which keeps the model finite where they separate few events. 0 where the outcome
    is not known.
    """
    known = refits.known
    X = refits.predictors.prepared(known.astype(np.int64)).X[known]
    outcome, treatment = refits.outcome[known].astype(np.int64), refits.treatment[known]
    model = fit_interactions(X, outcome, treatment, penalty=np.inf)
    risk = np.zeros(known.size)
    risk[known] = expit(model.logit(X, treatment))
    return risk
