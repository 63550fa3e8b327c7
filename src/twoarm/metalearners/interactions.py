"""Fits of the penalized interaction model, each by one strength, and what speaks for a strength.

van Klaveren, Balan, Steyerberg, Kent 2019, doi 10.1016/j.jclinepi.2019.05.029: ridge on the
interactions alone, so that the model falls back on one odds ratio for all, not on no effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from twoarm.errors import FitError
from twoarm.kernels.linear import penalized_logistic

__all__ = [
    "InteractionFit",
    "fit_interactions",
    "fit_path",
    "information",
    "log_evidence",
    "log_evidences",
]

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

    @property
    def coefficients(self) -> NDArray[np.float64]:
        """Intercept, treatment, main effects and interactions, shape (2p + 2,)."""
        parts = ([self.intercept, self.treatment], self.main, self.interaction)
        return np.concatenate(parts, dtype=np.float64)

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
    coefficients = np.array([each.coefficients for each in fits])
    log_odds = coefficients @ design
    risk = expit(log_odds)
    log_likelihood = (outcome * log_odds - np.logaddexp(0.0, log_odds)).sum(axis=1)
    found = np.empty(len(fits))
    for k, fit in enumerate(fits):
        used = p + 1 if np.isinf(fit.penalty) else 2 * p + 1
        strengths = _strengths(p, main_penalty, fit.penalty)[:used]
        precision = _information(design[: used + 1], risk[k], strengths)
        slopes = coefficients[k, 1 : used + 1]
        prior = (np.log(strengths[1:]).sum() - strengths @ slopes**2) / 2.0
        found[k] = log_likelihood[k] + prior - np.linalg.slogdet(precision)[1] / 2.0
    return found


def information(
    fit: InteractionFit,
    X: NDArray[np.float64],
    treatment: NDArray[np.int64],
    *,
    main_penalty: float,
) -> NDArray[np.float64]:
    """Give the posterior precision of a fit's coefficients, by Laplace's approximation.

    Parameters
    ----------
    fit : InteractionFit
        With a finite `penalty`, from `fit_interactions` on the same patients.
    X : ndarray, shape (n, p)
    treatment : ndarray of int64, shape (n,)
    main_penalty : float
        As in the fit.

    Returns
    -------
    ndarray, shape (2p + 2, 2p + 2)
        Of intercept, treatment, main effects and interactions on standardised predictors.
    """
    design = _design((X - fit.centre) / fit.scale, treatment)
    strengths = _strengths(X.shape[1], main_penalty, fit.penalty)
    return _information(design, expit(fit.coefficients @ design), strengths)


def _information(
    rows: NDArray[np.float64], risk: NDArray[np.float64], strengths: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Add the penalties, but for the intercept's, to the information of the patients."""
    found: NDArray[np.float64] = (rows * (risk * (1.0 - risk))) @ rows.T
    penalised = np.arange(1, strengths.size + 1)
    found[penalised, penalised] += strengths
    return found
