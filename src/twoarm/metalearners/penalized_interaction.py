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

from twoarm.errors import ArgumentError, FitError
from twoarm.kernels.linear import penalized_logistic
from twoarm.learners import Split, over_folds
from twoarm.metalearners.metalearner import Learnt, Metalearner
from twoarm.metalearners.nuisances import Role
from twoarm.metalearners.sample import Sample, sample_folds

__all__ = [
    "PENALTIES",
    "AveragedInteractions",
    "InteractionFit",
    "PenalizedInteraction",
    "fit_interactions",
    "fit_path",
    "log_evidence",
    "log_evidences",
]

PENALTIES = (*np.logspace(0, 3, 10).tolist(), np.inf)
"""Strengths tried by default; infinity means no interaction."""

_NEXT_TO_NONE = 1e-8  # the kernel penalises every column, if this little


@dataclass(frozen=True, slots=True)
class InteractionFit:
    """Coefficients on standardised predictors z: logit p = a + z'b + (w - 1/2)(d + z'g).

    Attributes
    ----------
    intercept, treatment : float
        a, and the log odds ratio d of a patient with mean predictors.
    main, interaction : ndarray, shape (p,)
        b, the mean of both arms' slopes, and g, their difference.
    centre, scale : ndarray, shape (p,)
        Mean and standard deviation that make z; a column that does not vary has scale infinity.
    penalty : float
        Strength of the ridge on g.
    """

    intercept: float
    treatment: float
    main: NDArray[np.float64]
    interaction: NDArray[np.float64]
    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    penalty: float

    def logit(
        self, X: NDArray[np.float64], treatment: NDArray[np.int64] | int
    ) -> NDArray[np.float64]:
        """Give the log odds of the outcome of patients X, shape (n, p), in the arms given."""
        z = (X - self.centre) / self.scale
        side = np.asarray(treatment) - 0.5
        log_odds: NDArray[np.float64] = (
            self.intercept + z @ self.main + side * (self.treatment + z @ self.interaction)
        )
        return log_odds

    def arms(
        self, X: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Give mu0, mu1 and their difference."""
        mu0, mu1 = (expit(self.logit(X, arm)) for arm in (0, 1))
        return mu0, mu1, mu1 - mu0


def fit_interactions(
    X: NDArray[np.float64],
    outcome: NDArray[np.int64],
    treatment: NDArray[np.int64],
    *,
    penalty: float,
    main_penalty: float = 1.0,
) -> InteractionFit:
    """Minimise ``sum log-loss + penalty / 2 |g|^2 + main_penalty / 2 |b|^2``.

    The arm is coded -1/2 and +1/2. For `main_penalty` 0 that changes nothing; for more it keeps the
    two arms alike, so that swapping them only turns signs.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Finite predictors; standardised inside.
    outcome, treatment : ndarray of int64, shape (n,)
        0 or 1.
    penalty : float
        Strength of the ridge on the interactions, 0 or larger; infinity leaves them out.
    main_penalty : float
        Strength of the ridge on the main effects, 0 or larger. Intercept and treatment are free.

    Raises
    ------
    FitError
        If the iteration does not settle.

    Notes
    -----
    The kernel penalises all columns alike: a column divided by the root of its own penalty, under
    a penalty of 1, is the same problem.

    Examples
    --------
    >>> x, w = np.tile([[0.0], [1.0]], (8, 1)), np.repeat([0, 1], 8)
    >>> y = np.array([0, 0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1])
    >>> free = fit_interactions(x, y, w, penalty=0.0, main_penalty=0.0)
    >>> [risk.round(3).tolist() for risk in free.arms(np.array([[0.0], [1.0]]))[:2]]
    [[0.25, 0.75], [0.5, 0.5]]
    """
    return fit_path(X, outcome, treatment, [penalty], main_penalty=main_penalty)[0]


def fit_path(
    X: NDArray[np.float64],
    outcome: NDArray[np.int64],
    treatment: NDArray[np.int64],
    penalties: Sequence[float],
    *,
    main_penalty: float = 1.0,
) -> tuple[InteractionFit, ...]:
    """Give `fit_interactions` for each of the penalties; every fit starts where the last ended.

    Falling penalties change the fit least from one to the next, which halves the time.

    Raises
    ------
    FitError
        If all patients have the event or none has, or an iteration does not settle.

    Examples
    --------
    >>> x, w = np.tile([[0.0], [1.0]], (8, 1)), np.repeat([0, 1], 8)
    >>> y = np.array([0, 0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1])
    >>> [fit.interaction.round(2).tolist() for fit in fit_path(x, y, w, [np.inf, 1.0])]
    [[0.0], [-0.51]]
    """
    if np.ptp(outcome) == 0:
        raise FitError(
            "Penalized interactions need patients with the event and patients without it; found "
            f"{int(outcome.sum())} with it among {outcome.size}."
        )
    centre, spread = X.mean(axis=0), X.std(axis=0)
    scale = np.where(spread > 0, spread, np.inf)
    p, design = X.shape[1], _design((X - centre) / scale, treatment)[1:]
    labels, weight = outcome.astype(float), np.ones(outcome.size)
    intercept, slope, fits = 0.0, np.zeros(2 * p + 1), []
    for penalty in penalties:
        used = p + 1 if np.isinf(penalty) else 2 * p + 1
        shrink = 1.0 / np.sqrt(np.maximum(_strengths(p, main_penalty, penalty), _NEXT_TO_NONE))
        coefficient, lp = np.r_[intercept, slope[:used] / shrink[:used]], np.zeros(outcome.size)
        rows = design[:used] * shrink[:used, None]
        if not penalized_logistic(rows, labels, weight, 0.0, 1.0, coefficient, lp):
            coefficient, lp = np.zeros(used + 1), np.zeros(outcome.size)  # once more, from nothing
            if not penalized_logistic(rows, labels, weight, 0.0, 1.0, coefficient, lp):
                raise FitError(
                    "The penalized interaction model did not settle; give `main_penalty` above 0."
                )
        intercept, slope = float(coefficient[0]), np.zeros(2 * p + 1)
        slope[:used] = coefficient[1:] * shrink[:used]
        effects = float(slope[0]), slope[1 : p + 1], slope[p + 1 :]
        fits.append(InteractionFit(intercept, *effects, centre, scale, float(penalty)))
    return tuple(fits)


def _design(z: NDArray[np.float64], treatment: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the rows 1, arm, predictors, and predictors times arm."""
    side = treatment - 0.5
    return np.ascontiguousarray(np.vstack([np.ones(side.size), side, z.T, side * z.T]))


def _strengths(p: int, main_penalty: float, penalty: float) -> NDArray[np.float64]:
    """Give the penalty of arm, main effects and interactions."""
    strengths = np.zeros(2 * p + 1)
    strengths[1 : p + 1], strengths[p + 1 :] = main_penalty, penalty
    return strengths


def log_evidence(
    fit: InteractionFit,
    X: NDArray[np.float64],
    outcome: NDArray[np.int64],
    treatment: NDArray[np.int64],
    *,
    main_penalty: float,
) -> float:
    """Give the log marginal likelihood of a fit's penalties, by Laplace's approximation.

    A ridge is a normal prior with precision equal to its strength: on the interactions
    `fit.penalty`, on the main effects `main_penalty`; intercept and treatment have flat priors.
    Constants that all penalties share are left out.

    Parameters
    ----------
    fit : InteractionFit
        From `fit_interactions` on the same patients and with the same `main_penalty`.
    X : ndarray, shape (n, p)
    outcome, treatment : ndarray of int64, shape (n,)
        0 or 1.
    main_penalty : float
        Above 0; so must be `fit.penalty`, which may be infinite.

    References
    ----------
    Tierney L, Kadane JB. J Am Stat Assoc 1986;81:82-86, doi 10.1080/01621459.1986.10478240.

    Examples
    --------
    >>> x, w = np.tile([[0.0], [1.0]], (8, 1)), np.repeat([0, 1], 8)
    >>> y = np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    >>> none, some = (fit_interactions(x, y, w, penalty=each) for each in (np.inf, 1.0))
    >>> bool(log_evidence(none, x, y, w, main_penalty=1.0)
    ...      > log_evidence(some, x, y, w, main_penalty=1.0))
    True
    """
    patients = (X, outcome, treatment)
    return float(log_evidences((fit,), *patients, main_penalty=main_penalty)[0])


def log_evidences(
    fits: Sequence[InteractionFit],
    X: NDArray[np.float64],
    outcome: NDArray[np.int64],
    treatment: NDArray[np.int64],
    *,
    main_penalty: float,
) -> NDArray[np.float64]:
    """Give `log_evidence` of each of the fits of one `fit_path`.

    Notes
    -----
    A predictor that does not vary adds as much to the prior as it takes from the information.
    """
    first, p = fits[0], X.shape[1]
    design = _design((X - first.centre) / first.scale, treatment)
    slopes = [np.r_[each.treatment, each.main, each.interaction] for each in fits]
    coefficients = [np.r_[fit.intercept, slope] for fit, slope in zip(fits, slopes, strict=True)]
    log_odds = np.array(coefficients) @ design
    risk = expit(log_odds)
    log_likelihood = (outcome * log_odds - np.logaddexp(0.0, log_odds)).sum(axis=1)
    found = np.empty(len(fits))
    for k, fit in enumerate(fits):
        used = p + 1 if np.isinf(fit.penalty) else 2 * p + 1
        strengths = _strengths(p, main_penalty, fit.penalty)[:used]
        rows = design[: used + 1]
        information = (rows * (risk[k] * (1.0 - risk[k]))) @ rows.T
        information[np.arange(1, used + 1), np.arange(1, used + 1)] += strengths
        prior = (np.log(strengths[1:]).sum() - strengths @ slopes[k][:used] ** 2) / 2.0
        found[k] = log_likelihood[k] + prior - np.linalg.slogdet(information)[1] / 2.0
    return found


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
