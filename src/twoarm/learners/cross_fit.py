"""Every patient predicted by models that have not seen his fold: the one loop over folds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import ArgumentError
from twoarm.execution import run_tasks

__all__ = ["Split", "cross_fitted", "over_folds"]

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """One fold held out; a patient without a fold is neither learnt from nor held out.

    Attributes
    ----------
    repeat, number : int
        Which repeat, 0 if there is but one, and which fold: what the seeds of its fits depend on.
    learnt, held : ndarray of bool, shape (n,)
        Patients of the other folds, and of this one.
    """

    repeat: int
    number: int
    learnt: NDArray[np.bool_]
    held: NDArray[np.bool_]


@dataclass(frozen=True)
class _Folds(Generic[Result]):
    """The work on one fold; frozen, so that it can travel to another process."""

    fold: NDArray[np.int64]
    work: Callable[[Split], Result]

    def split(self, item: tuple[int, int]) -> Split:
        repeat, number = item
        fold = self.fold[repeat]
        held = fold == number
        return Split(repeat, number, (fold >= 0) & ~held, held)

    def __call__(self, item: tuple[int, int]) -> Result:
        return self.work(self.split(item))


def over_folds(
    fold: NDArray[np.int64], work: Callable[[Split], Result], *, executor: str | None = None,
    **run_by: Any,
) -> Iterator[tuple[Split, Result]]:  # fmt: skip
    """Do a piece of work with each fold held out in turn; give the results in order.

    Parameters
    ----------
    fold : ndarray of int64, shape (n,) or (repeats, n)
        Fold of each patient, from 0; below 0 for whoever takes no part.
    work : callable
        Takes a `Split`. For processes it must be picklable: a frozen dataclass with `__call__`.
    executor : str, optional
        Who works, as in `twoarm.execution.run_tasks`; by default the caller himself.
    **run_by
        `workers` and `scheduler` of `run_tasks`.

    Raises
    ------
    ArgumentError
        If a repeat has fewer than two folds.

    Examples
    --------
    >>> fold = np.array([0, 1, 1, -1])
    >>> [(split.number, mean) for split, mean in over_folds(fold, lambda s: s.learnt.mean())]
    [(0, np.float64(0.5)), (1, np.float64(0.25))]
    """
    repeats = np.atleast_2d(fold)
    numbers = [np.unique(each[each >= 0]) for each in repeats]
    if any(each.size < 2 for each in numbers):
        raise ArgumentError(
            f"Cross-fitting needs two folds at least; found {min(each.size for each in numbers)}."
        )
    items = [(repeat, int(k)) for repeat, each in enumerate(numbers) for k in each]
    task = _Folds(repeats, work)
    results = map(task, items) if executor is None else run_tasks(
        task, items, executor=executor, **run_by
    )  # fmt: skip
    for item, result in zip(items, results, strict=True):
        yield task.split(item), result


def cross_fitted(
    fold: NDArray[np.int64],
    predict: Callable[[Split], NDArray[np.float64]],
    *,
    executor: str | None = None,
    **run_by: Any,
) -> NDArray[np.float64]:
    """Put together what each fold is predicted by models of the others.

    Parameters
    ----------
    fold, executor, **run_by
        As for `over_folds`.
    predict : callable
        Takes a `Split`, learns from its patients `learnt` and gives the predictions of those
        `held`, shape (..., patients held).

    Returns
    -------
    ndarray, shape (..., n) or (repeats, ..., n)
        NaN for patients without a fold.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 3.0, 5.0])
    >>> others = lambda split: np.full(split.held.sum(), y[split.learnt].mean())
    >>> cross_fitted(np.array([0, 0, 1, 1]), others).tolist()
    [4.0, 4.0, 1.5, 1.5]
    """
    found: NDArray[np.float64] | None = None
    repeats, n = np.atleast_2d(fold).shape
    for split, part in over_folds(fold, predict, executor=executor, **run_by):
        if found is None:
            found = np.full((repeats, *part.shape[:-1], n), np.nan)
        found[split.repeat, ..., split.held] = np.moveaxis(part, -1, 0)
    assert found is not None  # there are two folds at least
    return found if fold.ndim == 2 else found[0]
