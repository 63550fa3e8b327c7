"""The shares above the threshold in a large cohort, from the cross-fits that there are already.

There refits cost minutes, and what they add is small: the run's cross-fits take the place of
repeats of their own, halves keep their patients' predictions, and of the nulls only the one that is
compared with is drawn.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.diagnostics.ranking.heterogeneity import Heterogeneity, put_together
from twoarm.diagnostics.ranking.heterogeneity_chain import CrossFits, kept_chain
from twoarm.diagnostics.ranking.heterogeneity_nulls import SameEffectTask, same_effect_risk
from twoarm.diagnostics.ranking.heterogeneity_refits import Refits
from twoarm.diagnostics.ranking.threshold_shares import bands
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.execution import run_tasks

__all__ = ["heterogeneity_of_cross_fits"]


def heterogeneity_of_cross_fits(
    refits: Refits,
    given: CrossFits,
    *,
    threshold: float,
    in_sample: NDArray[np.float64],
    half_samples: int = 200,
    draws: int = 19,
    seed: int,
    **run_by: Any,
) -> Heterogeneity:
    """Compute every version of the share above the threshold without a fit, but for one null.

    Parameters
    ----------
    refits : Refits
        Learner, patients, and the model of treatment.
    given : CrossFits
        By the same learner.
    threshold : float
        Absolute benefit worth treating for.
    in_sample : ndarray, shape (n,)
        Benefit by models of everybody.
    half_samples : int
        Halves of the patients, their predictions kept (`kept_chain`): intervals leave out what
        learning adds.
    draws : int
        Draws of the null with the same odds ratio for all, 0 for none; its band is their range.
        19 are the fewest that can be compared with. The null without an effect is not drawn.
    seed : int
        A seed of its own, not the run's.
    **run_by
        `executor`, `workers` and `scheduler` of `twoarm.execution.run_tasks`.

    Raises
    ------
    NotEstimable
        If the cross-fits are not complete.

    Examples
    --------
    >>> from twoarm.learners import Logistic
    >>> from twoarm.metalearners import Predictors, TLearner
    >>> from twoarm.seeds import generator
    >>> rng = generator(1); X = Predictors.from_matrix(rng.normal(size=(200, 2)))
    >>> w = np.tile([0, 1], 100); y = (rng.random(200) < 0.3 + 0.1 * w).astype(float)
    >>> refits = Refits(TLearner(Logistic(), desirable=True), X, y, w, Logistic(), X)
    >>> mu = np.stack([np.full(200, 0.3), 0.4 + 0.1 * X.coded[:, 0]])[None]
    >>> given = CrossFits(mu, np.tile(np.arange(5), 40)[None], np.full(200, 0.5))
    >>> found = heterogeneity_of_cross_fits(refits, given, threshold=0.15,
    ...                                     in_sample=mu[0, 1] - mu[0, 0], draws=0, seed=1)
    >>> round(found.crossfit, 2), found.same_effect.draws
    (0.24, 0)
    """
    if half_samples < 0 or draws < 0:
        raise ArgumentError(f"Draws are counted from 0; found {half_samples} and {draws}.")
    known = refits.known
    if not np.isfinite(given.mu[..., known]).all():
        raise NotEstimable("cross-fitting is not complete")
    repeats, halves = kept_chain(refits, given, half_samples=half_samples, seed=seed)
    nothing = bands((), threshold)
    same_effect = nothing
    if draws:
        task = SameEffectTask(refits, same_effect_risk(refits), seed)
        same_effect = bands(run_tasks(task, range(draws), **run_by), threshold, whole=True)
    return put_together(threshold, in_sample[known], repeats, halves, [nothing, same_effect])
