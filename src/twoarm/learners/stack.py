"""The stack: members weighed by how well they predict patients they have not seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twoarm.errors import ArgumentError
from twoarm.kernels.combine import combined
from twoarm.kernels.data import Cases
from twoarm.kernels.level_one import CONVEX_LOGLIK, DISCRETE, NNLS, level_one_weights
from twoarm.kernels.members import member_stream
from twoarm.learners.inner import Inner, chosen_inner, inner_of_folds
from twoarm.learners.linear import ElasticNet, Logistic, SplineLogistic
from twoarm.learners.mean import Mean
from twoarm.learners.member import BinaryClassifier, KernelMember, stream_of
from twoarm.learners.member_fits import fit_member, level_one, recipe_of, risk_of
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

    Each member predicts patients it has not seen: a forest those out of its trees' bags, every
    other member those of inner folds, which belong to patients. The weights are non-negative with
    sum 1; members without weight are dropped.

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
    inner : {"out_of_bag", "folds"}
        How forests of twoarm predict patients they have not seen. A patient is out of a tree's bag
        when no copy of him is in it; patients with fewer than 20 such trees are not weighed by, and
        where they hold more than 35 % of the weight the forest gets inner folds, too. So it does
        with "folds", and where folds or groups of unequal rows (centres) are given to `fit`.
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
    inner_ : {"out_of_bag", "folds"}
        How its forests predicted patients they had not seen; "folds" if it has none.
    out_of_fold_ : ndarray, shape (members, n)
        What each member predicts for patients it has not seen; NaN for rows without weight, and for
        a patient who is in every bag of a forest.

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
        inner: str = "out_of_bag",
        seed: int = 0,
    ):
        self.members = members
        self.combine = combine
        self.inner_folds = inner_folds
        self.inner = inner
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
            Inner fold of each row, 0 to k - 1, in place of a random assignment; for every member.
        """
        matrix, outcome, weight = self._checked(X, y, sample_weight)
        prepared, labels = prepare(matrix, weight), None if groups is None else np.asarray(groups)
        if folds is None:
            inner = self.inner_of(prepared, outcome, weight, self.seed, labels)
        else:
            inner = inner_of_folds(folds, len(self.named_members()), outcome, weight)
        return self.fit_prepared(prepared, outcome, inner)

    def inner_of(
        self,
        prepared: Prepared,
        outcome: NDArray[np.int64],
        weight: NDArray[np.int64],
        seed: int,
        groups: NDArray[Any] | None,
        members: Sequence[Any] | None = None,
    ) -> Inner:
        """Choose how the members, made anew if not given, predict patients they have not seen."""
        each = [member for _, member in self.named_members()] if members is None else members
        return chosen_inner(
            each, self.inner, self.inner_folds, prepared, outcome, weight, seed, groups
        )

    def fit_prepared(self, prepared: Prepared, outcome: NDArray[np.int64], inner: Inner) -> Self:
        """Fit on prepared predictors; rows without weight in `inner` take no part."""
        pairs, combine, stream = self.named_members(), self.combine_code, stream_of(self.seed)
        self.classes_ = getattr(self, "classes_", np.array([0, 1]))
        self.n_features_in_ = prepared.X.shape[1]
        members, rows = [member for _, member in pairs], np.flatnonzero(inner.weight)
        cases = Cases(rows.astype(np.uint32), np.empty(0, np.uint32), outcome, inner.weight)
        recipe = recipe_of(members, self.n_features_in_, inner.out_of_bag, combine)
        unseen = level_one(members, prepared, recipe, cases, inner, stream)
        self.names_ = [name for name, _ in pairs]
        self.weights_ = level_one_weights(combine, unseen.risks, cases, unseen.rows)
        self.n_folds_, self.inner_ = inner.n_folds, unseen.way
        self.out_of_fold_ = unseen.risks[:, inner.stands_for]
        self.members_ = [
            unseen.kept.get(k) or fit_member(member, member_stream(stream, k, -1), prepared, cases)
            if self.weights_[k] > 0
            else None
            for k, member in enumerate(members)
        ]
        return self

    def _risk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        risks = np.zeros((len(self.members_), values.shape[1]))
        for k, fitted in enumerate(self.members_):
            if fitted is not None:
                risks[k] = risk_of(fitted, values.T)
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
