"""What modifies the effect: three measures, the uncertainty of their ranks, and a null beside them.

Nothing here says that a variable drives the benefit: it goes along with a benefit that is itself
estimated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from twoarm.errors import ArgumentError
from twoarm.execution import run_tasks
from twoarm.importance.effect_modifier_groups import Groups, checked_scores
from twoarm.importance.effect_modifier_loss import loss_importance
from twoarm.importance.effect_modifier_projection import projected_spread
from twoarm.importance.effect_modifier_vim import te_vim
from twoarm.metrics.normal import Z
from twoarm.seeds import Stream, generator

__all__ = [
    "Measure",
    "ModifierImportance",
    "benefit_spread",
    "effect_modifiers",
    "measures",
    "modifier_importance",
]

Measure: TypeAlias = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
"""Gives one value a group, larger is more important, from predictors (n, p) and scores (n,)."""

_KIND = 4  # step of the seeds' paths within importance


@dataclass(frozen=True, slots=True)
class ModifierImportance:
    """One measure of effect modification for each group of variables.

    Attributes
    ----------
    value : ndarray, shape (groups,)
        Squared benefit.
    se : ndarray, shape (groups,)
        Standard error: standard deviation over half-samples.
    rank, rank_low, rank_high : ndarray, shape (groups,)
        1 for the most important; 95 % interval from half-samples.
    reference_mean, reference_high : ndarray, shape (groups,) or None
        Mean and 95th percentile under permuted treatment.
    p : ndarray, shape (groups,) or None
        Share of permutations, the data themselves counted as one, with a value as large. It tests
        that treatment does nothing to anybody, not that this group does nothing: where one group
        modifies the effect strongly, models shrink less than under permuted treatment, and the
        other groups pass their reference too.
    """

    value: NDArray[np.float64]
    se: NDArray[np.float64]
    rank: NDArray[np.float64]
    rank_low: NDArray[np.float64]
    rank_high: NDArray[np.float64]
    reference_mean: NDArray[np.float64] | None
    reference_high: NDArray[np.float64] | None
    p: NDArray[np.float64] | None

    @property
    def limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give 95 % intervals by the normal distribution, each of shape (groups,)."""
        return self.value - Z * self.se, self.value + Z * self.se

    @property
    def spread(self) -> NDArray[np.float64]:
        """Give the `benefit_spread` behind the values, if they are rises of the loss."""
        return benefit_spread(self.value)

    @property
    def spread_limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the same of the 95 % intervals."""
        low, high = self.limits
        return benefit_spread(low), benefit_spread(high)

    @property
    def spread_reference(self) -> NDArray[np.float64] | None:
        """Give the same of the 95th percentile under permuted treatment."""
        high = self.reference_high
        return None if high is None else benefit_spread(high)


def benefit_spread(rise: ArrayLike) -> NDArray[np.float64]:
    """Give the standard deviation of the benefit that goes with a variable.

    Permuting the variable raises the squared error by twice the variance that goes with it; an
    error that falls stands for 0.

    Examples
    --------
    >>> benefit_spread([0.005, -0.002]).tolist()
    [0.05, 0.0]
    """
    half: NDArray[np.float64] = np.asarray(rise, dtype=np.float64) / 2
    return np.sqrt(np.maximum(half, 0.0))


def _te_vim(
    X: NDArray[np.float64], scores: NDArray[np.float64], groups: Groups, **settings: Any
) -> NDArray[np.float64]:
    found = te_vim(X, scores, groups, **settings)
    return np.array([each.estimate for each in found.without])


def measures(
    groups: Groups, *, effect_model: Any = None, folds: int = 5, repeats: int = 10, seed: int = 0
) -> Mapping[str, Measure]:
    """Give the three measures by name, ready for any patients and scores."""
    settings = {"groups": groups, "effect_model": effect_model, "folds": folds, "seed": seed}
    return {
        "projection": partial(projected_spread, groups=groups),
        "loss": partial(loss_importance, repeats=repeats, **settings),
        "te_vim": partial(_te_vim, **settings),
    }


def effect_modifiers(
    X: ArrayLike,
    scores: ArrayLike,
    groups: Groups | None = None,
    *,
    permuted: ArrayLike | None = None,
    effect_model: Any = None,
    folds: int = 5,
    half_samples: int = 200,
    only: Sequence[str] | None = None,
    seed: int = 0,
    executor: str = "serial",
    workers: int = 0,
    scheduler: str | None = None,
) -> dict[str, ModifierImportance]:
    """Rank groups of variables by how far they modify the effect, in three ways.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Finite predictors.
    scores : array_like, shape (n,)
        Doubly robust scores of the benefit, from cross-fitted nuisances.
    groups : sequence of sequence of int, optional
        Columns judged together (`correlated_groups`); by default each alone.
    permuted : array_like, shape (permutations, n), optional
        Scores under permuted treatment (`permuted_scores`).
    effect_model : regressor, optional
        Model of the benefit for "loss" and "te_vim"; by default
        ridge regression (`leave_one_out_ridge`).
    folds, half_samples : int
        Folds of these models; half-samples, at least 2, for standard errors and ranks.
    only : sequence of str, optional
        The measures to compute, by name; by default all. "te_vim" takes most of the time.
    seed : int
    executor, workers, scheduler
        See `twoarm.execution.run_tasks`; the results do not depend on them.

    Returns
    -------
    dict of ModifierImportance
        "projection" (`projected_spread`), "loss" (`loss_importance`) and "te_vim" (`te_vim`).

    Raises
    ------
    ArgumentError
        If the arrays do not fit together.

    Examples
    --------
    >>> from twoarm.seeds import generator
    >>> x = generator(1).normal(size=(300, 2))
    >>> found = effect_modifiers(x, 0.3 * x[:, 1] + 0.1, half_samples=20)
    >>> found["loss"].rank.tolist(), found["loss"].rank_high.tolist()
    ([2.0, 1.0], [2.0, 1.0])
    """
    if half_samples < 2:
        raise ArgumentError(f"At least two half-samples are needed; found {half_samples}.")
    matrix, phi, parts = checked_scores(X, scores, groups)
    nulls = None if permuted is None else _checked_nulls(permuted, phi.size)
    every = measures(parts, effect_model=effect_model, folds=folds, seed=seed)
    return modifier_importance(
        every if only is None else {name: every[name] for name in only},
        matrix,
        phi,
        nulls,
        half_samples=half_samples,
        seed=seed,
        executor=executor,
        workers=workers,
        scheduler=scheduler,
    )


@dataclass(frozen=True)
class _Draw:
    """All measures of one half of the patients, or of one permutation; travels to a process.

    Halves are drawn without replacement: around the value of the whole, a half varies as much as
    the whole varies around the truth. The scores are those of the whole: what nuisances add is of
    second order.
    """

    chosen: Mapping[str, Measure]
    X: NDArray[np.float64]
    scores: NDArray[np.float64]
    nulls: NDArray[np.float64]
    seed: int

    def __call__(self, item: tuple[str, int]) -> NDArray[np.float64]:
        """Give the values, shape (measures, groups)."""
        kind, number = item
        if kind == "null":
            return self._values(self.X, self.nulls[number])
        rng = generator(self.seed, Stream.IMPORTANCE, _KIND, number, 0)
        rows = np.sort(rng.permutation(self.scores.size)[: self.scores.size // 2])
        return self._values(self.X[rows], self.scores[rows])

    def _values(self, X: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([measure(X, scores) for measure in self.chosen.values()])


def modifier_importance(
    chosen: Mapping[str, Measure],
    X: NDArray[np.float64],
    scores: NDArray[np.float64],
    nulls: NDArray[np.float64] | None = None,
    *,
    half_samples: int = 200,
    seed: int = 0,
    executor: str = "serial",
    workers: int = 0,
    scheduler: str | None = None,
) -> dict[str, ModifierImportance]:
    """Put the ranks' uncertainty and the reference beside each measure.

    The parameters are those of `effect_modifiers`, `nulls` its `permuted`; nothing is checked here.
    """
    permutations = np.empty((0, scores.size)) if nulls is None else nulls
    task = _Draw(chosen, X, scores, permutations, seed)
    items = [("half", number) for number in range(half_samples)]
    items += [("null", number) for number in range(len(permutations))]
    found = run_tasks(task, items, executor=executor, workers=workers, scheduler=scheduler)
    draws = np.array(list(found))
    return {
        name: _ranked(measure(X, scores), draws[:half_samples, k], draws[half_samples:, k])
        for k, (name, measure) in enumerate(chosen.items())
    }


def _ranks(value: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rankdata(-value, axis=-1), dtype=np.float64)


def _ranked(
    value: NDArray[np.float64], halves: NDArray[np.float64], reference: NDArray[np.float64]
) -> ModifierImportance:
    low, high = np.quantile(_ranks(halves), (0.025, 0.975), axis=0, method="inverted_cdf")
    se = halves.std(axis=0, ddof=1)
    if not len(reference):
        return ModifierImportance(value, se, _ranks(value), low, high, None, None, None)
    as_large = (reference >= value).sum(axis=0)
    return ModifierImportance(
        value,
        se,
        _ranks(value),
        low,
        high,
        reference.mean(axis=0),
        np.quantile(reference, 0.95, axis=0),
        (1 + as_large) / (1 + len(reference)),
    )


def _checked_nulls(permuted: ArrayLike, n: int) -> NDArray[np.float64]:
    nulls = np.asarray(permuted, dtype=np.float64)
    if nulls.ndim != 2 or nulls.shape[1] != n or not len(nulls) or not np.isfinite(nulls).all():
        raise ArgumentError(
            f"Permuted scores must be a finite table, one row a permutation and {n} columns; found "
            f"shape {nulls.shape}."
        )
    return nulls
