"""Penalized interaction model: a logistic regression whose treatment effects are shrunk to one.

van Klaveren, Balan, Steyerberg, Kent 2019, doi 10.1016/j.jclinepi.2019.05.029: ridge on the
interactions alone, so that the model falls back on one odds ratio for all, not on no effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from twoarm.errors import ArgumentError
from twoarm.learners import Split, over_folds
from twoarm.metalearners.interactions import (
    InteractionFit,
    fit_interactions,
    fit_path,
    log_evidences,
)
from twoarm.metalearners.metalearner import Learnt, Metalearner
from twoarm.metalearners.nuisances import Role
from twoarm.metalearners.sample import Sample, sample_folds

__all__ = ["PENALTIES", "AveragedInteractions", "PenalizedInteraction"]

PENALTIES = (*np.logspace(0, 3, 10).tolist(), np.inf)
"""Strengths tried by default; infinity means no interaction."""


@dataclass(frozen=True, slots=True)
class AveragedInteractions:
    """Fits under several penalties and the weight of each.

    Attributes
    ----------
    fits : tuple of InteractionFit
        Of one `fit_path`, so that predictors are standardised alike.
    weights : ndarray, shape (fits,)
        Posterior probabilities of the penalties, with sum 1.
    """

    fits: tuple[InteractionFit, ...]
    weights: NDArray[np.float64]

    def arms(
        self, X: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Give the averaged mu0 and mu1 and their difference."""
        first = self.fits[0]
        z = ((X - first.centre) / first.scale).T
        middle = np.array([[fit.intercept] for fit in self.fits])
        middle = middle + np.array([fit.main for fit in self.fits]) @ z
        apart = np.array([[fit.treatment] for fit in self.fits])
        apart = apart + np.array([fit.interaction for fit in self.fits]) @ z
        mu0, mu1 = (self.weights @ expit(middle + side * apart) for side in (-0.5, 0.5))
        return mu0, mu1, mu1 - mu0


class PenalizedInteraction(Metalearner):
    """Logistic regression with ridge on the interactions; the data say how strong.

    The default comparator of any T-learner: it has the same predictors and a far smaller chance to
    call noise a difference between patients. It has no base learner: the model is the method.

    Parameters
    ----------
    desirable : bool
        Whether the outcome is one to hope for; fixes the sign of the benefit.
    seed : int
        Seed of the folds.
    penalties : sequence of float
        Strengths to choose from, 0 or larger; of equals the largest is taken.
    main_penalty : float
        Strength of a light ridge on the main effects, which keeps the fit finite where a predictor
        separates the few events; 0 for van Klaveren's own model.
    folds : int
        Folds of the choice.
    averaged : bool
        False chooses the strength by held-out deviance, in folds, as van Klaveren et al. do. True
        averages the risks under all strengths, each weighed by its evidence (`log_evidence`;
        Hoeting et al. 1999, doi 10.1214/ss/1009212519), which needs no folds and no choice that a
        few patients can tip; all strengths must then be above 0.

    Notes
    -----
    With few events ``averaged=True, main_penalty=10.0`` is the recommended setting
    (docs/decisions/0011-recommended-learner.md). The difference of the arms is a causal effect only
    if they are comparable given the predictors, which no code can check.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> rng = generator(3); w = np.tile([0, 1], 400); X = rng.normal(size=(800, 2))
    >>> y = (rng.random(800) < 1 / (1 + np.exp(-X[:, 0] - w))).astype(int)
    >>> learner = PenalizedInteraction(desirable=True).fit(X, y, treatment=w)
    >>> learner.effects([[0.0, 0.0], [3.0, 0.0]]).benefit.round(1)
    array([0.2, 0. ])
    """

    def __init__(
        self,
        *,
        desirable: bool,
        seed: int = 0,
        penalties: Sequence[float] = PENALTIES,
        main_penalty: float = 1.0,
        folds: int = 5,
        averaged: bool = False,
    ):
        super().__init__(None, desirable=desirable, seed=seed)
        self.penalties = penalties
        self.main_penalty = main_penalty
        self.folds = folds
        self.averaged = averaged

    def _learn(self, sample: Sample, path: tuple[int, ...]) -> Learnt:
        strengths = np.sort(np.asarray(self.penalties, dtype=np.float64))[::-1]
        if not strengths.size or not (strengths >= 0).all() or not self.main_penalty >= 0:
            raise ArgumentError(
                "Penalties must be numbers, 0 or larger, one at least; found "
                f"{list(self.penalties)} and main_penalty={self.main_penalty}."
            )
        if self.averaged:
            return self._average(sample, strengths)
        fold = sample_folds(sample, self.folds, self.seed, *path, Role.FOLDS)
        losses = [self._held_out_loss(sample, fold, penalty) for penalty in strengths]
        best = strengths[int(np.argmin(losses))]  # the first of equals is the largest
        return self._fitted(sample, np.ones(fold.size, dtype=np.bool_), best)

    def _average(self, sample: Sample, strengths: NDArray[np.float64]) -> AveragedInteractions:
        if not (strengths > 0).all() or not self.main_penalty > 0:
            raise ArgumentError(
                "Without a penalty there is no evidence to average by: all must be above 0; found "
                f"{strengths.tolist()} and main_penalty={self.main_penalty}."
            )
        patients = (sample.X, sample.outcome, sample.treatment)
        fits = fit_path(*patients, strengths.tolist(), main_penalty=self.main_penalty)
        evidence = log_evidences(fits, *patients, main_penalty=self.main_penalty)
        return AveragedInteractions(fits, softmax(evidence))

    def _fitted(self, sample: Sample, rows: NDArray[np.bool_], penalty: float) -> InteractionFit:
        return fit_interactions(
            sample.X[rows],
            sample.outcome[rows],
            sample.treatment[rows],
            penalty=float(penalty),
            main_penalty=self.main_penalty,
        )

    def _held_out_loss(self, sample: Sample, fold: NDArray[np.int64], penalty: float) -> float:
        """Give the sum of log-losses of patients the fit has not seen."""

        def loss_of(split: Split) -> float:
            held = split.held
            fit = self._fitted(sample, split.learnt, penalty)
            log_odds = fit.logit(sample.X[held], sample.treatment[held])
            return float((np.logaddexp(0.0, log_odds) - sample.outcome[held] * log_odds).sum())

        return sum(loss for _, loss in over_folds(fold, loss_of))
