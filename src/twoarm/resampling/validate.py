"""Internal validation of any scikit-learn classifier."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, FitError
from twoarm.execution import chunks, run_tasks
from twoarm.kernels.members import SEPARATED
from twoarm.learners import Prediction, Prepared, prepare, replicate, seeing_copies
from twoarm.resampling.binary import binary, labels_of
from twoarm.resampling.draws import counts_of, draw_counts
from twoarm.resampling.metric import Metric
from twoarm.resampling.model_spread import ModelSpread, model_spread, replicates_needed
from twoarm.resampling.nested_cv import CrossValidated, cross_validate
from twoarm.resampling.performance import Performance, performance
from twoarm.resampling.scores import SCORES, score
from twoarm.seeds import Stream, generator, integer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Failure", "Validation", "validate"]

_CHUNK = 8  # replicates a task: short enough to stop at once, long enough to cost nothing
_ICI_NULL = 1  # after Stream.FULL_FIT: the outcomes drawn from its predictions


@dataclass(frozen=True, slots=True)
class Failure:
    """A replicate whose fit raised an error or gave predictions that are not finite."""

    index: int
    error: str


@dataclass(frozen=True, slots=True)
class Validation(Performance):
    """Performance of one estimator, corrected for optimism.

    Attributes
    ----------
    replicates : int
        Replicates asked for.
    failures : tuple of Failure
        Left out of every mean.
    separated : int
        Replicates in which one of our regressions separated events from others; not told of
        other libraries' estimators.
    seeing_copies : tuple of str
        Parts of the estimator that divide the rows of a replicate themselves and cannot be told
        which of them are copies of one patient: with any of them, Harrell's correction and the
        out-of-bag estimates do not hold.
    """

    replicates: int
    failures: tuple[Failure, ...]
    separated: int
    seeing_copies: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a measure, one column an estimate."""
        import pandas as pd

        rows = {name: _row(metric) for name, metric in self.metrics().items()}
        return pd.DataFrame.from_dict(rows, orient="index")


def _row(metric: Metric) -> dict[str, Any]:
    """Give a measure's estimates, each interval as a column for each limit."""
    nested = ("ci", "intervals", "nested_cv_range")
    row = {each.name: getattr(metric, each.name) for each in fields(Metric)}
    row = {name: value for name, value in row.items() if name not in nested}
    span, interval = metric.nested_cv_range, metric.ci
    row |= {
        "nested_cv_low": None if span is None else span.low,
        "nested_cv_high": None if span is None else span.high,
        "ci_method": None if interval is None else interval.method,
        "ci_low": None if interval is None else interval.low,
        "ci_high": None if interval is None else interval.high,
    }
    for each in metric.intervals:
        row |= {f"{each.method}_low": each.low, f"{each.method}_high": each.high}
    return row


@dataclass(frozen=True, slots=True)
class _Scored:
    """A replicate's measures, whether a regression in it separated, and its predictions.

    Of replicates beyond those that `model_spread` needs, the predictions are not kept.
    """

    table: NDArray[np.float64]
    separated: bool
    risk: NDArray[np.float32] | None


@dataclass(frozen=True)
class _Task:
    """A chunk of replicates; frozen, so that it can travel to another process."""

    estimator: Any
    prepared: Prepared
    outcome: NDArray[np.int64]
    seed: int
    strata: NDArray[Any] | None
    groups: NDArray[Any] | None
    given: NDArray[np.int64] | None

    def counts(self, index: int) -> NDArray[np.int64]:
        if self.given is None:
            n = self.outcome.size
            return draw_counts(self.seed, index, n, strata=self.strata, groups=self.groups)
        counts: NDArray[np.int64] = self.given[index]
        return counts

    def __call__(self, indices: range) -> list[_Scored | Failure]:
        return [self._one(index) for index in indices]

    def _one(self, index: int) -> _Scored | Failure:
        counts = self.counts(index)
        try:
            fit = self.fit(counts, integer(self.seed, Stream.REPLICATE, index))
        except Exception as error:  # noqa: BLE001  a learner may raise anything; it is reported
            return Failure(index, f"{type(error).__name__}: {error}")
        kept = index < replicates_needed(self.outcome.size)
        return _Scored(
            score(fit.risk, self.outcome, counts),
            bool(fit.flags & SEPARATED),
            fit.risk.astype(np.float32) if kept else None,
        )

    def fit(self, counts: NDArray[np.int64], seed: int) -> Prediction:
        everybody = np.ones(self.outcome.size, dtype=np.bool_)
        fit = replicate(
            self.estimator,
            self.prepared,
            self.outcome,
            counts,
            wanted=everybody,
            seed=seed,
            groups=self.groups,
        )
        if not np.isfinite(fit.risk).all():
            raise FitError(f"{int((~np.isfinite(fit.risk)).sum())} predictions are not finite.")
        return fit


def validate(
    estimator: Any,
    X: Any,
    y: ArrayLike,
    *,
    replicates: int = 500,
    seed: int = 0,
    resamples: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cv_repeats: int = 10,
    executor: str = "threads",
    workers: int = 0,
) -> Validation:
    """Validate a classifier: apparent, Harrell, out-of-bag, .632, .632+, repeated nested CV.

    The whole estimator is fitted again in every replicate, so whatever is learnt from data
    (imputation, encoding, tuning, selection) must be inside it, as in a scikit-learn pipeline.

    Parameters
    ----------
    estimator : classifier
        Any scikit-learn classifier with `predict_proba`; it is copied for each replicate, and
        every parameter named `seed` or `random_state` is set from (`seed`, replicate). Classifiers
        of other libraries get repeated rows.
    X : array_like or data frame, n rows
        Predictors.
    y : array_like, shape (n,)
        Two classes; the second in sorted order is the event.
    replicates : int
        Number of bootstrap replicates, at least 2. A few hundred give the point estimates.
    seed : int
        Replicate i depends on (`seed`, i) alone.
    resamples : array_like of int, shape (B, draws), optional
        Zero-based row numbers drawn elsewhere, to compare digit for digit with other software;
        takes the place of `replicates`.
    groups : array_like, shape (n,), optional
        Rows of one group are drawn together.
    strata : array_like, shape (n,), optional
        Rows are drawn within strata (the bootstrap alone; folds are stratified by the outcome).
    cv_repeats : int
        Repeats of nested 10-fold cross-validation, 0 for none. It is the estimate to quote,
        so without it there is none. Ten cost as much as about a hundred replicates.
    executor, workers
        See `twoarm.execution.run_tasks`; they do not change the result.

    Returns
    -------
    Validation

    Raises
    ------
    ArgumentError
        If the input does not fit together.
    FitError
        If the full fit fails, or every replicate does.

    Warns
    -----
    UserWarning
        If a part of the estimator divides its rows itself and cannot be told which of them are
        copies of one patient (`Validation.seeing_copies`).

    Notes
    -----
    The code cannot check that the rows are independent patients: give `groups` where they are not.

    Searches and other estimators that cross-validate inside their fit divide patients, not rows:
    where a patient is drawn twice, or `groups` are given, their `cv` is wrapped in a splitter that
    keeps copies together.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from twoarm.learners import Logistic
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> result = validate(Logistic(), X, y, replicates=20, seed=1)
    >>> round(result.auc.apparent, 3), round(result.auc.harrell, 3)
    (0.997, 0.996)
    """
    outcome, prepared = binary(y), prepare(X)
    n = outcome.size
    if prepared.given.shape[0] != n:
        raise ArgumentError(f"X has {prepared.given.shape[0]} rows and y {n}; they must agree.")
    given = None if resamples is None else counts_of(np.asarray(resamples), n)
    total = replicates if given is None else given.shape[0]
    if total < 2 or cv_repeats < 0:
        raise ArgumentError(
            "At least 2 replicates are needed, and 0 or more repeats of cross-validation; found "
            f"{total} and {cv_repeats}."
        )
    in_strata, in_groups = labels_of("strata", strata, n), labels_of("groups", groups, n)
    blind = seeing_copies(estimator, n, grouped=in_groups is not None)
    task = _Task(estimator, prepared, outcome, seed, in_strata, in_groups, given)
    risk = task.fit(np.ones(n, dtype=np.int64), integer(seed, Stream.FULL_FIT)).risk
    done = [
        each
        for part in run_tasks(task, chunks(0, total, _CHUNK), executor=executor, workers=workers)
        for each in part
    ]
    failures = tuple(each for each in done if isinstance(each, Failure))
    if len(failures) == total:
        raise FitError(f"All {total} replicates failed; the first one: {failures[0].error}.")
    cv = _cross_validated(task, cv_repeats, executor, workers)
    undefined = np.full((len(SCORES), 3), np.nan)
    table = np.stack([undefined if isinstance(each, Failure) else each.table for each in done])
    rng = generator(seed, Stream.FULL_FIT, _ICI_NULL)
    spread = _spread(task, done)
    found = performance(outcome, risk, table, spread, cv, rng, seeing_copies=blind)
    if blind:
        warnings.warn(found.gate.reason, stacklevel=2)
    return Validation(
        **{each.name: getattr(found, each.name) for each in fields(found)},
        replicates=total,
        failures=failures,
        separated=sum(isinstance(each, _Scored) and each.separated for each in done),
        seeing_copies=blind,
    )


def _spread(task: _Task, done: list[_Scored | Failure]) -> ModelSpread:
    """Give the spread of the first replicates' models; one that failed counts as missing."""
    n = task.outcome.size
    failed = np.full(n, np.nan, dtype=np.float32)
    risk = [
        each.risk if isinstance(each, _Scored) and each.risk is not None else failed
        for each in done[: replicates_needed(n)]
    ]
    counts = [task.counts(index) for index in range(len(risk))]
    return model_spread(np.stack(risk), task.outcome, np.stack(counts))


def _cross_validated(task: _Task, repeats: int, executor: str, workers: int) -> CrossValidated:
    if repeats == 0:
        n = task.outcome.size
        return CrossValidated(np.empty((0, n)), np.empty((0, n), dtype=np.int64))
    return cross_validate(
        task.estimator,
        task.prepared,
        task.outcome,
        repeats=repeats,
        seed=task.seed,
        groups=task.groups,
        executor=executor,
        workers=workers,
    )
