"""Unknown outcomes and the average effect: do patients without one differ in what is known?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.diagnostics.average.possible import possible
from twoarm.diagnostics.comparability.identified import Identified, identified
from twoarm.diagnostics.comparability.influence import inflated, influence_interval
from twoarm.diagnostics.comparability.nuisances import cross_fit_folds, fit_outcomes, fit_propensity
from twoarm.diagnostics.comparability.population import (
    Population,
    population_scores,
    target_weights,
)
from twoarm.diagnostics.comparability.weighting import (
    effective_df,
    effective_sample_size,
    population_weights,
)
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.learners import Logistic
from twoarm.metrics import Estimate

__all__ = ["observation_weighted_effect"]

_LEAST_WORTH = 1.0 / 3.0


def observation_weighted_effect(
    X: ArrayLike,
    outcome: ArrayLike,
    treatment: ArrayLike,
    propensity: ArrayLike,
    *,
    population: Population = "all",
    judged: Identified | None = None,
    cross_fit: int = 5,
    seed: int = 0,
) -> Estimate:
    """Estimate the average effect, patients whose outcome is not known among those averaged.

    Doubly robust: each known outcome's residual is weighted by the inverse probability of the
    treatment received and of being known, both given X; ridge regressions.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Model columns, complete.
    outcome : array_like, shape (n,)
        1, 0, or NaN where not known.
    treatment : array_like of 0 and 1, shape (n,)
        Arm.
    propensity : array_like, shape (n,)
        Strictly between 0 and 1.
    population : {"all", "treated", "overlap"}
        Over whom it is averaged.
    judged : Identified, optional
        The overlap of the arms; by default `identified(propensity, treatment)`.
    cross_fit : int
        Folds of the outcome models.
    seed : int
        Of the folds.

    Returns
    -------
    Estimate
        As mu1 - mu0.

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.
    NotEstimable
        If no outcome is unknown, the arms do not overlap enough (`identified`), weighting leaves
        less than a third of the known outcomes' worth, or the estimate leaves the outcome's range.
    FitError
        If a fold leaves an arm no events or no non-events.

    Notes
    -----
    It assumes that, given X and arm, whether an outcome is known does not depend on the outcome.
    Patients lost because they fared badly are not made up for.

    References
    ----------
    Bang H, Robins JM. Biometrics 2005;61:962-973, doi 10.1111/j.1541-0420.2005.00377.x, with
    treatment and being observed as one two-step assignment.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> X, w = rng.normal(size=(400, 1)), np.tile([0, 1], 200)
    >>> y = (rng.random(400) < 0.3 + 0.3 * w).astype(float); y[::7] = np.nan
    >>> 0.2 < observation_weighted_effect(X, y, w, np.full(400, 0.5)).estimate < 0.4
    True
    """
    matrix, y = np.asarray(X, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    arm, e = np.asarray(treatment).astype(np.int64), np.asarray(propensity, dtype=np.float64)
    if matrix.ndim != 2 or not (len(matrix) == y.size == arm.size == e.size):
        raise ArgumentError(
            "X, outcome, treatment and propensity must have the same number of rows; found shapes "
            f"{matrix.shape}, {y.shape}, {arm.shape} and {e.shape}."
        )
    known = np.isfinite(y)
    if known.all():
        raise NotEstimable("Every outcome is known: nothing is left to be weighted for.")
    everybody = np.full(y.size, -1, dtype=np.int64)
    observed = fit_propensity(np.column_stack([matrix, arm]), known.astype(np.int64), everybody)
    (identified(e, arm) if judged is None else judged).require(population)
    weights = population_weights(population, arm, e) / observed
    _require_worth(arm[known], weights[known])
    folds = cross_fit_folds(np.where(known, y, 0.0), 2 * known + arm, cross_fit, seed)
    mu0, mu1 = fit_outcomes(matrix, y, np.where(known, arm, -1), folds, Logistic())
    own = np.where(arm == 1, mu1, mu0)
    residual = np.where(known, y - own, 0.0)
    # Residuals that stand for those of unknown outcomes, too: the scores are then the usual ones.
    scores = population_scores(own + residual / observed, arm, mu0, mu1, e, population)
    influence = scores.influence[1] - scores.influence[0]
    scale = float(target_weights(population, arm, e).mean())
    signed = np.where(arm == 1, weights, -weights) * residual / scale
    n = y.size
    contributions = inflated(influence, signed, weights, np.where(known, arm, -1)) / n
    se, df = float(influence.std(ddof=1)) / math.sqrt(n), effective_df(arm[known], weights[known])
    return possible(influence_interval(scores.effect, se, contributions, df), y[known])


def _require_worth(arm: NDArray[np.int64], weights: NDArray[np.float64]) -> None:
    """Go on if weighting leaves each arm a third of its patients' worth."""
    shares = [effective_sample_size(weights[arm == each]) / (arm == each).sum() for each in (0, 1)]
    if min(shares) < _LEAST_WORTH:
        raise NotEstimable(
            "whether an outcome is known depends so much on what was measured that weighting "
            f"leaves an arm's known outcomes telling as much as {100 * min(shares):.0f} % of them"
        )
