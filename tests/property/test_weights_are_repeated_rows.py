"""A weight of 3 means three copies of a row, for every learner.

The copies stand where `np.repeat` puts them. Trees take the same splits; iterative fits end at the
same optimum, up to the order in which the rows are added up.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from twoarm.learners import Boosting, ElasticNet, Forest, Logistic, Mean, SplineLogistic, Stack

COUNTED = 1e-10  # integer counts: the same splits and shares
ITERATED = 1e-7  # Newton's method, converged to 1e-10

EXACT = {
    "mean": Mean(),
    "forest": Forest(trees=5, min_leaf=3, seed=4),
    "deep forest": Forest(trees=3, min_leaf=1, max_features=1, max_depth=8, seed=4),
    "boosting": Boosting(trees=20, depth=2, min_leaf=4),
    "deep boosting": Boosting(trees=5, depth=5, min_leaf=1),
}
ITERATIVE = {
    "logistic": Logistic(),
    "weak logistic": Logistic(C=100.0),
    "splines": SplineLogistic(),
    "seven knots": SplineLogistic(knots=7),
    "elastic net": ElasticNet(),
    "lasso": ElasticNet(C=0.2, l1_ratio=1.0),
}
MEMBERS = [
    Mean(),
    Logistic(),
    SplineLogistic(),
    ElasticNet(),
    Forest(trees=4, min_leaf=2),
    Boosting(trees=8, min_leaf=2),
]
sizes = integers(8, 160)  # more than 64 values, and fewer


def weighted_sample(seed, n):
    """Predictors of every kind, outcomes of both classes, weights of which many are zero."""
    rng = np.random.default_rng(seed)
    X = np.column_stack(
        [
            rng.normal(size=n) * 1e3,
            rng.integers(0, 2, n),
            rng.integers(0, 5, n) / 7,
            rng.exponential(size=n) * 1e-6,
            np.full(n, 3.0),
        ]
    )
    y = (rng.random(n) < 1 / (1 + np.exp(-X[:, 0] / 1e3 - X[:, 1]))).astype(int)
    weight = rng.choice([0, 0, 0, 1, 1, 2, 3, 5], size=n)
    y[:4] = 0, 1, 0, 1
    weight[:4] = 1, 2, 3, 1
    return X, y, weight


def predictions(model, X, y, weight, **repeated):
    """Give the risks of all rows: learnt from weighted rows, and from repeated rows."""
    rows = np.repeat(np.arange(len(y)), weight)
    model = clone(model)
    weighted = model.fit(X, y, sample_weight=weight, **repeated).predict_proba(X)[:, 1]
    copies = {name: values[rows] for name, values in repeated.items()}
    return weighted, model.fit(X[rows], y[rows], **copies).predict_proba(X)[:, 1]


@pytest.mark.parametrize("learner", EXACT.values(), ids=EXACT)
@settings(max_examples=25, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=sizes)
def test_trees_take_the_same_splits(learner, seed, n):
    weighted, repeated = predictions(learner, *weighted_sample(seed, n))
    assert_allclose(weighted, repeated, rtol=0, atol=COUNTED)


@pytest.mark.parametrize("learner", ITERATIVE.values(), ids=ITERATIVE)
@settings(max_examples=25, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=sizes)
def test_regressions_end_at_the_same_optimum(learner, seed, n):
    weighted, repeated = predictions(learner, *weighted_sample(seed, n))
    assert_allclose(weighted, repeated, rtol=0, atol=ITERATED)


@settings(max_examples=40, deadline=None)  # the first call compiles
@given(
    seed=integers(0, 2**32 - 1),
    n=integers(30, 120),
    combine=sampled_from(["convex_loglik", "nnls", "discrete"]),
)
def test_a_stack_with_given_folds_is_the_same_stack(seed, n, combine):
    X, y, weight = weighted_sample(seed, n)
    folds = np.arange(n) // 2 % 3  # the first four rows put both classes outside of each fold
    stack = Stack(MEMBERS, combine=combine, seed=7)
    weighted, repeated = predictions(stack, X, y, weight, folds=folds)
    assert_allclose(weighted, repeated, rtol=0, atol=ITERATED)


@settings(max_examples=40, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(30, 120))
def test_a_stack_told_who_is_who_folds_copies_together(seed, n):
    X, y, weight = weighted_sample(seed, n)
    rows = np.repeat(np.arange(n), weight)
    stack = Stack(MEMBERS, seed=7)
    weighted = stack.fit(X, y, sample_weight=weight).predict_proba(X)
    n_folds = stack.n_folds_
    repeated = stack.fit(X[rows], y[rows], groups=rows).predict_proba(X)
    assert n_folds == stack.n_folds_
    assert_allclose(weighted, repeated, rtol=0, atol=ITERATED)


@settings(max_examples=30, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), n=integers(40, 120), most=sampled_from([2, 3]))
def test_copies_of_a_patient_are_out_of_bag_together(seed, n, most):
    X, y, weight = weighted_sample(seed, n)
    weight = np.minimum(weight, most)
    rows = np.repeat(np.arange(n), weight)
    stack = Stack([Mean(), Logistic(), Forest(trees=200, min_leaf=8)], combine="nnls", seed=7)
    weighted = stack.fit(X, y, sample_weight=weight).predict_proba(X)
    unseen, weights, way = stack.out_of_fold_, stack.weights_, stack.inner_
    repeated = stack.fit(X[rows], y[rows], groups=rows).predict_proba(X)
    assert stack.inner_ == way
    assert most == 3 or way == "out_of_bag"
    assert_allclose(stack.out_of_fold_, unseen[:, rows], rtol=0, atol=ITERATED)
    assert_allclose(stack.weights_, weights, rtol=0, atol=ITERATED)
    assert_allclose(weighted, repeated, rtol=0, atol=ITERATED)


@pytest.mark.parametrize("learner", [*EXACT.values(), *ITERATIVE.values()])
def test_rows_without_weight_might_as_well_be_absent(learner):
    X, y, weight = weighted_sample(3, 100)
    new, _, _ = weighted_sample(4, 50)
    weight = np.minimum(weight, 1)
    with_them = clone(learner).fit(X, y, sample_weight=weight).predict_proba(new)
    without = clone(learner).fit(X[weight > 0], y[weight > 0]).predict_proba(new)
    assert_array_equal(with_them, without)


@pytest.mark.parametrize("kind", [bool, np.int8, np.uint32, np.float32, np.float64, list])
def test_weights_may_be_of_any_type(kind):
    X, y, weight = weighted_sample(5, 40)
    weight = np.minimum(weight, 1)
    as_kind = weight.tolist() if kind is list else weight.astype(kind)
    expected = Logistic().fit(X, y, sample_weight=weight).predict_proba(X)
    assert_array_equal(Logistic().fit(X, y, sample_weight=as_kind).predict_proba(X), expected)
