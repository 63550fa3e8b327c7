"""TE-VIM: the part of the benefit's variance that nobody can predict without a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.importance.effect_modifier_groups import Groups, checked_scores
from twoarm.importance.effect_modifier_loss import effect_folds
from twoarm.importance.effect_modifier_model import fitted_effect
from twoarm.learners import Split, cross_fitted
from twoarm.metrics import Estimate, mean_estimate
from twoarm.seeds import Stream, integer

__all__ = ["EffectVariance", "te_vim"]

_KIND = 2  # step of the seeds' paths within importance


@dataclass(frozen=True, slots=True)
class EffectVariance:
    """Variance of the benefit, and how much of it each group of variables holds.

    Attributes
    ----------
    total : Estimate
        Variance of the benefit that the variables explain together (VTE).
    without : tuple of Estimate
        For each group, the variance lost when only the others are known.
    """

    total: Estimate
    without: tuple[Estimate, ...]


def te_vim(
    X: ArrayLike,
    scores: ArrayLike,
    groups: Groups | None = None,
    *,
    effect_model: Any = None,
    folds: int = 5,
    seed: int = 0,
) -> EffectVariance:
    """Estimate the treatment effect variable importance measures.

    For the benefit t(x) and the benefit t_s(x) given all variables but the group s:
    ``E[(phi - t_s)^2 - (phi - t)^2]``, both from models that have not seen the patient. Both learn
    from the scores.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Finite predictors.
    scores : array_like, shape (n,)
        Doubly robust scores of the benefit, from cross-fitted nuisances. Where those saw the
        patients of a fold, its models did so through the scores of others; that is of second order.
    groups : sequence of sequence of int, optional
        Columns judged together; by default each alone.
    effect_model : regressor, optional
        Model of the benefit; by default ridge regression on standardised predictors.
    folds : int
        At least 2.
    seed : int

    Returns
    -------
    EffectVariance
        Squared benefit; estimates may fall below 0. Near 0 the intervals are too narrow: the
        influence function vanishes where a group holds nothing.

    References
    ----------
    Hines, Diaz-Ordaz, Vansteelandt 2022, arXiv 2204.06030, section 3; Levy et al. 2021, doi
    10.1515/jci-2019-0037 (the total).

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> x = generator(1).normal(size=(2000, 2))
    >>> found = te_vim(x, 0.3 * x[:, 1])
    >>> bool(abs(found.without[1].estimate - 0.09) < 0.01)
    True
    """
    matrix, phi, parts = checked_scores(X, scores, groups)
    fold = effect_folds(phi.size, folds, seed)
    everything = tuple(range(matrix.shape[1]))
    left_out = ((), *parts, everything)

    def predict(split: Split) -> NDArray[np.float64]:
        return np.stack(
            [
                _predicted(
                    effect_model,
                    np.delete(matrix, columns, axis=1),
                    phi,
                    split,
                    integer(seed, Stream.IMPORTANCE, _KIND, split.number, which),
                )
                for which, columns in enumerate(left_out)
            ]
        )

    error = (phi - cross_fitted(fold, predict)) ** 2
    found = [mean_estimate(error[which] - error[0]) for which in range(1, len(left_out))]
    return EffectVariance(total=found[-1], without=tuple(found[:-1]))


def _predicted(
    effect_model: Any,
    X: NDArray[np.float64],
    scores: NDArray[np.float64],
    split: Split,
    seed: int,
) -> NDArray[np.float64]:
    """Predict the benefit inside the fold; their mean outside of it where no variable is left."""
    if X.shape[1] == 0:
        return np.full(int(split.held.sum()), scores[split.learnt].mean())
    model = fitted_effect(effect_model, X[split.learnt], scores[split.learnt], seed=seed)
    return np.asarray(model.predict(X[split.held]), dtype=np.float64)
