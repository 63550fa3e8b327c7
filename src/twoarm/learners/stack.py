"""The stack: members weighed by how well they predict patients they have not seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from twoarm.errors import ArgumentError
from twoarm.kernels.combine import combined
from twoarm.kernels.stack import CONVEX_LOGLIK, DISCRETE, NNLS, member_stream, stack_weights
from twoarm.learners.cross_fit import Split, cross_fitted
from twoarm.learners.folds import given_folds, inner_folds
from twoarm.learners.linear import ElasticNet, Logistic, SplineLogistic
from twoarm.learners.mean import Mean
from twoarm.learners.member import BinaryClassifier, KernelMember, stream_of
from twoarm.learners.plugin import fit_repeated, with_seed
from twoarm.learners.prepared import Prepared, prepare
from twoarm.learners.trees import Boosting, Forest

__all__ = ["COMBINE", "MEMBERS", "Stack"]

COMBINE = {"convex_loglik": CONVEX_LOGLIK, "nnls": NNLS, "discrete": DISCRETE}
"""Ways to combine, by name."""

MEMBERS: dict[str, type[KernelMember]] = {
    "mean": Mean,
    "logistic": Logistic,
    "spline_logistic": SplineLogistic,
    "elastic_net": ElasticNet,
    "forest": Forest,
    "boosting": Boosting,
}
"""Our members, by the name a study file gives them."""


def _snake(estimator: object) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(estimator).__name__).lower()


class Stack(BinaryClassifier):
    """A convex combination of members (super learner; van der Laan, Polley, Hubbard 2007).

    Each member predicts patients it has not seen, in inner folds that belong to patients. The
    weights are non-negative with sum 1; members without weight are dropped.

    Parameters
    ----------
    members : sequence, optional
        Names of twoarm's members, estimators, or (name, estimator) pairs. Any scikit-learn
        classifier with `predict_proba` will do; it gets repeated rows in place of weights. By
        default mean, logistic, spline_logistic, elastic_net, forest and boosting.
    combine : {"convex_loglik", "nnls", "discrete"}
        Weights of the logits with the smallest deviance; of the probabilities with the smallest
        squared error, scaled to sum 1; or the one member with the smallest Brier score.
    inner_folds : int
        At least 2.
    seed : int
        Seed of folds and members. The members' own seeds are not used.

    Attributes
    ----------
    names_ : list of str
    weights_ : ndarray, shape (members,)
    members_ : list
        Fitted on all rows; None where the weight is 0.
    n_folds_ : int
        Inner folds used: fewer than asked for where events are few.

    References
    ----------
    van der Laan MJ, Polley EC, Hubbard AE. Super learner. Stat Appl Genet Mol Biol 2007;6:25,
    doi 10.2202/1544-6115.1309.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.linspace(-2, 2, 60)[:, None]
    >>> y = (np.sin(9 * X[:, 0]) + X[:, 0] > 0).astype(int)
    >>> stack = Stack(["mean", "logistic"], inner_folds=3).fit(X, y)
    >>> dict(zip(stack.names_, stack.weights_.round(3).tolist()))
    {'mean': 0.0, 'logistic': 1.0}
    """

    def __init__(
        self,
        members: Sequence[Any] | None = None,
        *,
        combine: str = "convex_loglik",
        inner_folds: int = 5,
        seed: int = 0,
    ):
        self.members = members
        self.combine = combine
        self.inner_folds = inner_folds
        self.seed = seed

    def named_members(self) -> list[tuple[str, Any]]:
        """Give (name, estimator) pairs; raises ArgumentError for what is no member."""
        if isinstance(self.members, str):
            raise ArgumentError(f"Parameter 'members' must be a list; found '{self.members}'.")
        pairs: list[tuple[str, Any]] = []
        for given in MEMBERS if self.members is None else self.members:
            if isinstance(given, str):
                if given not in MEMBERS:
                    raise ArgumentError(
                        f"Unknown member '{given}'; expected one of {', '.join(MEMBERS)}, or an "
                        "estimator."
                    )
                pairs.append((given, MEMBERS[given]()))
            elif isinstance(given, tuple) and len(given) == 2:
                pairs.append((str(given[0]), given[1]))
            else:
                pairs.append((_snake(given), given))
            if isinstance(pairs[-1][1], type) or not hasattr(pairs[-1][1], "predict_proba"):
                raise ArgumentError(
                    f"Member '{pairs[-1][0]}' must be a classifier with predict_proba; found "
                    f"{pairs[-1][1]!r}."
                )
        if len({name for name, _ in pairs}) < max(1, len(pairs)):
            raise ArgumentError(
                "A stack needs at least one member, and each needs a name of its own; found "
                f"{[name for name, _ in pairs]}. Give (name, estimator) pairs."
            )
        return pairs

    def kernel_members(self) -> list[KernelMember] | None:
        """Give the members if all are kernels, else None."""
        estimators = [estimator for _, estimator in self.named_members()]
        kernels = [each for each in estimators if isinstance(each, KernelMember)]
        return kernels if len(kernels) == len(estimators) else None

    @property
    def combine_code(self) -> int:
        """The kernel's number of the way to combine; raises ArgumentError if there is none."""
        if not isinstance(self.combine, str) or self.combine not in COMBINE:
            raise ArgumentError(
                f"Parameter 'combine' must be one of {', '.join(COMBINE)}; found {self.combine!r}."
            )
        return COMBINE[self.combine]

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        folds: ArrayLike | None = None,
    ) -> Self:
        """Fit the members and their weights.

        Parameters
        ----------
        X : array_like, shape (n, p)
            Finite predictors.
        y : array_like, shape (n,)
            Two classes; the second in sorted order is the event.
        sample_weight : array_like of whole numbers, shape (n,), optional
            How often each row counts.
        groups : array_like, shape (n,), optional
            Rows of one group are one patient and stay in one inner fold. Give it where rows were
            repeated by a bootstrap.
        folds : array_like of int, shape (n,), optional
            Inner fold of each row, 0 to k - 1, in place of a random assignment.
        """
        matrix, outcome, weight = self._checked(X, y, sample_weight)
        if folds is None:
            group_ids = None if groups is None else np.asarray(groups)
            fold, n_folds = inner_folds(outcome, weight, self.inner_folds, self.seed, group_ids)
        else:
            fold, n_folds = given_folds(folds, outcome, weight)
        return self.fit_prepared(prepare(matrix, weight), outcome, weight, fold, n_folds)

    def fit_prepared(
        self,
        prepared: Prepared,
        outcome: NDArray[np.int64],
        weight: NDArray[np.int64],
        fold: NDArray[np.int64],
        n_folds: int,
    ) -> Self:
        """Fit on prepared predictors with inner folds given; -1 marks rows that take no part."""
        pairs, combine, stream = self.named_members(), self.combine_code, stream_of(self.seed)
        self.classes_ = getattr(self, "classes_", np.array([0, 1]))
        self.n_features_in_ = prepared.X.shape[1]
        rows = np.flatnonzero(fold >= 0)

        def predict(split: Split) -> NDArray[np.float64]:
            learnt, held = np.flatnonzero(split.learnt), prepared.X[split.held]
            risks = np.empty((len(pairs), held.shape[0]))
            for k, (_, member) in enumerate(pairs):
                own = member_stream(stream, k, split.number)
                fitted = _fit_member(member, own, prepared, learnt, outcome, weight)
                risks[k] = _risk_of(fitted, held)
            return risks

        out_of_fold = cross_fitted(fold, predict)
        self.names_ = [name for name, _ in pairs]
        self.weights_ = stack_weights(
            combine,
            np.ascontiguousarray(out_of_fold[:, rows]),
            outcome[rows].astype(np.float64),
            weight[rows].astype(np.float64),
        )
        self.n_folds_ = n_folds
        self.out_of_fold_ = out_of_fold
        self.members_ = [
            _fit_member(member, member_stream(stream, k, -1), prepared, rows, outcome, weight)
            if self.weights_[k] > 0
            else None
            for k, (_, member) in enumerate(pairs)
        ]
        return self

    def _risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        risks = np.zeros((len(self.members_), values.shape[1]))
        for k, fitted in enumerate(self.members_):
            if fitted is not None:
                risks[k] = _risk_of(fitted, values.T)
        return combined(self.weights_, risks, self.combine == "convex_loglik")

    def to_plain(self) -> dict[str, Any]:
        """Give the fitted stack as plain numbers and lists; members without weight are left out.

        Raises
        ------
        ArgumentError
            If a member with weight has no `to_plain` of its own.
        """
        members = []
        for name, weight, fitted in zip(self.names_, self.weights_, self.members_, strict=True):
            if fitted is None:
                continue
            if not hasattr(fitted, "to_plain"):
                raise ArgumentError(
                    f"Member '{name}' ({type(fitted).__name__}) cannot be written to a model "
                    "file: only twoarm's own members can, and plug-ins with a to_plain() method."
                )
            members.append({"name": name, "weight": float(weight), **fitted.to_plain()})
        return {"combine": self.combine, "members": members}


def _fit_member(
    member: Any,
    stream: np.uint64,
    prepared: Prepared,
    rows: NDArray[np.intp],
    outcome: NDArray[np.int64],
    weight: NDArray[np.int64],
) -> Any:
    """Fit a fresh copy of one member on some rows, with the random stream of its place."""
    if isinstance(member, KernelMember):
        return clone(member).fit_columns(
            prepared.columns, rows.astype(np.uint32), outcome, weight, np.uint64(stream)
        )
    seeded = with_seed(clone(member), int(stream) % 2**31)
    return fit_repeated(
        seeded, prepared.X, outcome, np.where(np.isin(np.arange(weight.size), rows), weight, 0)
    )


def _risk_of(fitted: Any, X: NDArray[np.float64]) -> NDArray[np.float64]:
    if isinstance(fitted, KernelMember):
        return fitted._risk(np.ascontiguousarray(X.T))
    return np.asarray(fitted.predict_proba(X), dtype=np.float64)[:, 1]
