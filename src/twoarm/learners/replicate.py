"""One fit on weighted rows and its predictions for others: the unit of every resampling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing

from twoarm.errors import FitError
from twoarm.kernels.stack import predict_member, stack
from twoarm.learners.member import KernelMember, stream_of
from twoarm.learners.plugin import fit_repeated, with_seed
from twoarm.learners.prepared import Prepared
from twoarm.learners.stack import Stack, inner_folds

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
        Sum of `kernels.stack.NOT_CONVERGED` and `kernels.stack.SEPARATED`, or 0.
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

    A stack of our own members is one compiled call that keeps no model. The result equals that of
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
        Rows of one group stay in one inner fold of a stack.

    Raises
    ------
    FitError
        If the rows do not support a fit, for example with a single event.
    """
    members = estimator.kernel_members() if isinstance(estimator, Stack) else None
    if members is not None:
        return _kernel_stack(estimator, members, prepared, outcome, weight, wanted, seed, groups)
    if isinstance(estimator, KernelMember):
        return _kernel_member(estimator, prepared, outcome, weight, wanted, seed)
    return _any_classifier(estimator, prepared, outcome, weight, wanted, seed, groups)


def _require_both_classes(outcome: NDArray[np.int64], weight: NDArray[np.int64]) -> None:
    events = int(outcome[weight > 0].sum())
    patients = int((weight > 0).sum())
    if not 0 < events < patients:
        raise FitError(
            f"A fit needs events and non-events; found {events} events among {patients} patients."
        )


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
    fold, n_folds = inner_folds(outcome, weight, estimator.inner_folds, seed, groups)
    columns = prepared.columns
    parameters = [member.kernel_parameters(columns.values.shape[0]) for member in members]
    risk, weights, flags = stack(
        columns,
        np.array([member.kind for member in members]),
        np.array(parameters),
        estimator.combine_code,
        outcome,
        weight,
        fold,
        n_folds,
        np.flatnonzero(wanted).astype(np.uint32),
        stream_of(seed),
    )
    return Prediction(risk, weights, flags)


def _kernel_member(
    member: KernelMember,
    prepared: Prepared,
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    seed: int,
) -> Prediction:
    _require_both_classes(outcome, weight)
    columns = prepared.columns
    risk = np.full(outcome.size, np.nan)
    flags = predict_member(
        columns,
        member.kind,
        np.array(member.kernel_parameters(columns.values.shape[0])),
        np.flatnonzero(weight).astype(np.uint32),
        np.flatnonzero(wanted).astype(np.uint32),
        outcome,
        weight,
        stream_of(seed),
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
    _require_both_classes(outcome, weight)
    if isinstance(estimator, Stack):
        model = with_seed(clone(estimator), seed)
        fold, n_folds = inner_folds(outcome, weight, model.inner_folds, seed, groups)
        return model.fit_prepared(prepared, outcome, weight, fold, n_folds)
    if isinstance(estimator, KernelMember):
        members = np.flatnonzero(weight).astype(np.uint32)
        model = clone(estimator)
        model.classes_, model.n_features_in_ = np.array([0, 1]), prepared.X.shape[1]
        return model.fit_columns(prepared.columns, members, outcome, weight, stream_of(seed))
    model = with_seed(clone(estimator), seed % 2**32)  # scikit-learn's own seeds end there
    extra = _groups_for(model, weight, groups)
    return fit_repeated(model, prepared.given, outcome, weight, **extra)


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
        rows = _safe_indexing(prepared.given, np.flatnonzero(wanted))
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
