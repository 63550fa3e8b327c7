"""One fit on weighted rows and its predictions for others: the unit of every resampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import validate_data

from twoarm.errors import ArgumentError, FitError
from twoarm.kernels.data import Cases, one_fit
from twoarm.kernels.level_one import Folds
from twoarm.kernels.members import predict_member
from twoarm.kernels.stack import stack
from twoarm.learners.member import KernelMember, stream_of
from twoarm.learners.member_fits import recipe_of
from twoarm.learners.plugin import fit_repeated, with_seed
from twoarm.learners.prepared import MOST_WEIGHT, Prepared, rows_of
from twoarm.learners.stack import Stack

__all__ = ["Prediction", "fit_model", "replicate"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one fit says.

    Attributes
    ----------
    risk : ndarray, shape (n,)
        Probability of the event for the wanted rows; NaN elsewhere.
    weights : ndarray, shape (members,)
        Weights of a stack's members; empty for any other estimator.
    flags : int
        Sum of `kernels.members.NOT_CONVERGED` and `kernels.members.SEPARATED`, or 0.
    """

    risk: NDArray[np.float64]
    weights: NDArray[np.float64]
    flags: int


def replicate(
    estimator: Any,
    prepared: Prepared,
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    *,
    wanted: NDArray[np.bool_],
    seed: int,
    groups: NDArray[Any] | None = None,
) -> Prediction:
    """Fit a copy of the estimator and predict; the estimator itself stays untouched.

    A stack of our own members keeps no model: compiled fits alone. The result equals that of
    ``clone(estimator).set_params(seed=seed).fit(...)`` on the same rows.

    Parameters
    ----------
    estimator : classifier
        Ours, or any scikit-learn classifier, which gets repeated rows.
    prepared : Prepared
        Predictors of all n rows.
    outcome, weight : ndarray of int64, shape (n,)
        0 or 1; how often each row is learnt from. Where the weight is 0 the outcome is not read.
    wanted : ndarray of bool, shape (n,)
        Rows to predict.
    seed : int
        Seed of every random choice in the fit.
    groups : ndarray, shape (n,), optional
        Rows of one group stay in one inner fold of a stack; unless they are copies of one patient,
        its forest gets folds, too.

    Raises
    ------
    ArgumentError
        If the arrays do not belong together.
    FitError
        If the rows do not support a fit, for example with a single event.
    """
    labels, counts = _checked(prepared, outcome, weight)
    asked = np.asarray(wanted, dtype=np.bool_)
    if asked.shape != labels.shape:
        raise ArgumentError(f"`wanted` needs one entry a row; found shape {asked.shape}.")
    members = estimator.kernel_members() if isinstance(estimator, Stack) else None
    if members is not None:
        return _kernel_stack(estimator, members, prepared, labels, counts, asked, seed, groups)
    if isinstance(estimator, KernelMember):
        return _kernel_member(estimator, prepared, labels, counts, asked, seed)
    return _any_classifier(estimator, prepared, labels, counts, asked, seed, groups)


def _checked(
    prepared: Prepared, outcome: NDArray[np.int64], weight: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give outcome and weight as the kernels read them, which check no bounds themselves."""
    n = prepared.weight.size
    labels, counts = np.asarray(outcome), np.array(weight)
    if labels.shape != (n,) or counts.shape != (n,):
        raise ArgumentError(
            f"X has {n} rows; found outcome and weight of shapes {labels.shape} and {counts.shape}."
        )
    learnt = counts > 0
    patients = np.count_nonzero(learnt)
    whole = counts.dtype.kind in "iu" and np.count_nonzero(counts) == patients
    if not whole or counts.sum() > MOST_WEIGHT:
        raise ArgumentError(
            "Weights count how often a row is learnt from: whole numbers, 0 or larger, together at "
            f"most {MOST_WEIGHT}. Found {counts.dtype} from {counts.min()} to {counts.max()}."
        )
    event = learnt & (labels == 1)
    events = np.count_nonzero(event)
    if events + np.count_nonzero(learnt & (labels == 0)) != patients:
        raise ArgumentError("Outcomes must be 0 or 1 wherever the weight is above 0.")
    if not 0 < events < patients:
        raise FitError(
            f"A fit needs events and non-events; found {events} events among {patients} patients."
        )
    return event.astype(np.int64), counts.astype(np.int64, copy=False)


def _kernel_stack(
    estimator: Stack,
    members: list[KernelMember],
    prepared: Prepared,
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    seed: int,
    groups: NDArray[Any] | None,
) -> Prediction:
    inner = estimator.inner_of(prepared, outcome, weight, seed, groups, members)
    columns = prepared.columns
    risk, weights, flags = stack(
        columns,
        recipe_of(members, columns.n_bins.size, inner.out_of_bag, estimator.combine_code),
        _cases(outcome, inner.weight, wanted),
        Folds(inner.fold, inner.n_folds),
        stream_of(seed),
    )
    return Prediction(risk, weights, flags)


def _cases(
    outcome: NDArray[np.int64], weight: NDArray[np.int64], wanted: NDArray[np.bool_]
) -> Cases:
    members, asked = np.flatnonzero(weight), np.flatnonzero(wanted)
    return Cases(members.astype(np.uint32), asked.astype(np.uint32), outcome, weight)


def _kernel_member(
    member: KernelMember,
    prepared: Prepared,
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    seed: int,
) -> Prediction:
    columns = prepared.columns
    risk = np.full(outcome.size, np.nan)
    flags = predict_member(
        columns,
        member.kind,
        np.array(member.kernel_parameters(columns.n_bins.size)),
        one_fit(_cases(outcome, weight, wanted)),
        [stream_of(seed)],
        risk,
    )
    return Prediction(risk, np.empty(0), flags)


def fit_model(
    estimator: Any,
    prepared: Prepared,
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    *,
    seed: int,
    groups: NDArray[Any] | None = None,
) -> Any:
    """Fit a copy of the estimator and give it: what `replicate` does, with the model kept.

    The parameters are those of `replicate`; the kept model predicts the same probabilities.
    """
    labels, counts = _checked(prepared, outcome, weight)
    if isinstance(estimator, (Stack, KernelMember)):
        model = with_seed(clone(estimator), seed)
        validate_data(model, prepared.given, skip_check_array=True)  # keeps the columns' names
        if isinstance(model, Stack):
            inner = model.inner_of(prepared, labels, counts, seed, groups)
            return model.fit_prepared(prepared, labels, inner)
        model.classes_ = np.array([0, 1])
        members = np.flatnonzero(counts).astype(np.uint32)
        return model.fit_columns(prepared.columns, members, labels, counts, stream_of(seed))
    model = with_seed(clone(estimator), seed % 2**32)  # scikit-learn's own seeds end there
    extra = _groups_for(model, counts, groups)
    return fit_repeated(model, prepared.given, labels, counts, groups, **extra)


def _any_classifier(
    estimator: Any,
    prepared: Prepared,
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    seed: int,
    groups: NDArray[Any] | None,
) -> Prediction:
    model = fit_model(estimator, prepared, outcome, weight, seed=seed, groups=groups)
    risk = np.full(outcome.size, np.nan)
    if wanted.any():
        rows = rows_of(prepared.given, np.flatnonzero(wanted))
        risk[wanted] = np.asarray(model.predict_proba(rows), np.float64)[:, 1]
    weights = model.weights_ if isinstance(model, Stack) else np.empty(0)
    return Prediction(risk, weights, 0)


def _groups_for(
    estimator: Any, weight: NDArray[np.int64], groups: NDArray[Any] | None
) -> dict[str, NDArray[Any]]:
    """Tell a stack at the end of a pipeline which of its repeated rows are one patient."""
    if not (isinstance(estimator, Pipeline) and isinstance(estimator[-1], Stack)):
        return {}
    patients = np.arange(weight.size) if groups is None else groups
    return {f"{estimator.steps[-1][0]}__groups": np.repeat(patients, weight)}
