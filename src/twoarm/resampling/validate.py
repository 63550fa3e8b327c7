"""Internal validation of any scikit-learn classifier."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError, FitError
from twoarm.execution import chunks, run_tasks
from twoarm.learners import Prepared, prepare, replicate
from twoarm.metrics import auc, brier, brier_no_information
from twoarm.resampling.draws import counts_of, draw_counts
from twoarm.resampling.metric import Gate, Metric
from twoarm.resampling.optimism import ResampledScores, corrected_auc, corrected_brier, gate
from twoarm.resampling.scores import SCORES, score
from twoarm.seeds import Stream, integer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Failure", "Validation", "validate"]

_CHUNK = 8  # replicates a task: short enough to stop at once, long enough to cost nothing


@dataclass(frozen=True, slots=True)
class Failure:
    """A replicate whose fit raised an error or gave predictions that are not finite."""

    index: int
    error: str


@dataclass(frozen=True, slots=True)
class Validation:
    """Performance of one estimator, corrected for optimism.

    Attributes
    ----------
    n, events, replicates : int
        Patients, patients with the event, replicates asked for.
    auc, brier : Metric
    gate : Gate
        Whether Harrell's AUC can be quoted.
    failures : tuple of Failure
        Left out of every mean.
    risk : ndarray, shape (n,)
        Predictions of the full fit for its own patients.
    """

    n: int
    events: int
    replicates: int
    auc: Metric
    brier: Metric
    gate: Gate
    failures: tuple[Failure, ...]
    risk: NDArray[np.float64]

    def to_frame(self) -> pd.DataFrame:
        """Give one row a measure, one column an estimate."""
        import pandas as pd

        rows = {}
        for name in SCORES:
            row = asdict(getattr(self, name))
            interval = row.pop("ci") or {"method": None, "low": None, "high": None}
            rows[name] = row | {f"ci_{key}": value for key, value in interval.items()}
        return pd.DataFrame.from_dict(rows, orient="index")


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

    def __call__(self, indices: range) -> list[NDArray[np.float64] | Failure]:
        return [self._one(index) for index in indices]

    def _one(self, index: int) -> NDArray[np.float64] | Failure:
        counts = self.counts(index)
        try:
            risk = self.fit(counts, integer(self.seed, Stream.REPLICATE, index))
        except Exception as error:  # noqa: BLE001  a learner may raise anything; it is reported
            return Failure(index, f"{type(error).__name__}: {error}")
        return score(risk, self.outcome, counts)

    def fit(self, counts: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
        everybody = np.ones(self.outcome.size, dtype=np.bool_)
        risk = replicate(
            self.estimator,
            self.prepared,
            self.outcome,
            counts,
            wanted=everybody,
            seed=seed,
            groups=self.groups,
        ).risk
        if not np.isfinite(risk).all():
            raise FitError(f"{int((~np.isfinite(risk)).sum())} predictions are not finite.")
        return risk


def _binary(y: ArrayLike) -> NDArray[np.int64]:
    labels = np.asarray(y)
    classes = np.unique(labels)
    if labels.ndim != 1 or classes.size != 2:
        raise ArgumentError(
            f"The outcome must be one column of two classes; found shape {labels.shape} and "
            f"{classes.size} different values."
        )
    return np.asarray(labels == classes[1], dtype=np.int64)


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
    executor: str = "threads",
    workers: int = 0,
) -> Validation:
    """Validate a classifier by the bootstrap: apparent, Harrell, out-of-bag, .632, .632+.

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
        Rows are drawn within strata.
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

    Notes
    -----
    The code cannot check that the rows are independent patients: give `groups` where they are not.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from twoarm.learners import Logistic
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> result = validate(Logistic(), X, y, replicates=20, seed=1)
    >>> round(result.auc.apparent, 3), round(result.auc.harrell, 3)
    (0.997, 0.996)
    """
    outcome = _binary(y)
    prepared = prepare(X)
    n = outcome.size
    if prepared.given.shape[0] != n:
        raise ArgumentError(f"X has {prepared.given.shape[0]} rows and y {n}; they must agree.")
    given = None if resamples is None else counts_of(np.asarray(resamples), n)
    total = replicates if given is None else given.shape[0]
    if total < 2:
        raise ArgumentError(f"At least 2 replicates are needed; found {total}.")
    task = _Task(estimator, prepared, outcome, seed, _labels(strata, n), _labels(groups, n), given)
    risk = task.fit(np.ones(n, dtype=np.int64), integer(seed, Stream.FULL_FIT))
    done = [
        each
        for part in run_tasks(task, chunks(0, total, _CHUNK), executor=executor, workers=workers)
        for each in part
    ]
    failures = tuple(each for each in done if isinstance(each, Failure))
    if len(failures) == total:
        raise FitError(f"All {total} replicates failed; the first one: {failures[0].error}.")
    undefined = np.full((len(SCORES), 3), np.nan)
    table = np.stack([undefined if isinstance(each, Failure) else each for each in done])
    events = int(outcome.sum())
    by_name = {name: ResampledScores(*table[:, k].T) for k, name in enumerate(SCORES)}
    auc_metric = corrected_auc(auc(outcome, risk), by_name["auc"], events=events, others=n - events)
    brier_metric = corrected_brier(
        brier(outcome, risk),
        by_name["brier"],
        no_information=brier_no_information(outcome, risk),
    )
    return Validation(
        n, events, total, auc_metric, brier_metric, gate(auc_metric, events), failures, risk
    )


def _labels(values: ArrayLike | None, n: int) -> NDArray[Any] | None:
    if values is None:
        return None
    labels = np.asarray(values)
    if labels.shape != (n,):
        raise ArgumentError(f"Strata and groups need one label a row; found shape {labels.shape}.")
    return labels
