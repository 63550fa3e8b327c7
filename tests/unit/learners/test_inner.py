"""Out of bag or in folds: what each member predicts for patients it has not seen."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from sklearn.ensemble import ExtraTreesClassifier

from twoarm.errors import ArgumentError
from twoarm.kernels.bits import derive, draw_below
from twoarm.kernels.data import Cases
from twoarm.kernels.level_one import CONVEX_LOGLIK, NNLS, level_one_weights
from twoarm.kernels.members import member_stream
from twoarm.learners import (
    Boosting,
    Forest,
    Logistic,
    Mean,
    SplineLogistic,
    Stack,
    inner_folds,
    prepare,
    replicate,
)
from twoarm.learners.inner import INNER
from twoarm.learners.member import stream_of

FOREST = 3
MEMBERS = [Mean(), Logistic(), SplineLogistic(), Forest(trees=300), Boosting(trees=10)]


def cohort(seed=1, n=120):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=(n, 3)), rng.integers(0, 3, n)])
    y = (rng.random(n) < expit(1.5 * X[:, 0] ** 2 - 1)).astype(np.int64)
    return X, y, np.bincount(rng.integers(0, n, n), minlength=n)


def in_folds_by_hand(X, y, weight, seed, n_folds):
    """Fit and keep every member without each fold, one after the other."""
    fold, used = inner_folds(y, weight, n_folds, seed)
    prepared, found = prepare(X, weight), np.full((len(MEMBERS), y.size), np.nan)
    for k, member in enumerate(MEMBERS):
        for number in range(used):
            learnt = np.flatnonzero((fold >= 0) & (fold != number)).astype(np.uint32)
            stream = np.uint64(member_stream(stream_of(seed), k, number))
            fitted = member.fit_columns(prepared.columns, learnt, y, weight, stream)
            held = fold == number
            found[k, held] = fitted._risk(np.ascontiguousarray(X[held].T))
    return found


def test_in_folds_every_member_is_fitted_without_each_of_them():
    X, y, weight = cohort()
    stack = Stack(MEMBERS, inner="folds", inner_folds=4, seed=9).fit(X, y, sample_weight=weight)
    expected = in_folds_by_hand(X, y, weight, 9, 4)
    assert stack.inner_ == "folds"
    assert_allclose(stack.out_of_fold_, expected, rtol=0, atol=1e-14)
    rows = np.flatnonzero(weight).astype(np.uint32)
    cases = Cases(rows, rows[:0], y, weight)
    assert_allclose(
        stack.weights_, level_one_weights(CONVEX_LOGLIK, expected, cases, rows), rtol=0, atol=1e-9
    )


def test_out_of_bag_each_patient_is_predicted_by_the_trees_that_have_not_drawn_him():
    X, y, weight = cohort()
    weight = np.minimum(weight, 2)
    stack = Stack(MEMBERS, inner_folds=4, seed=9).fit(X, y, sample_weight=weight)
    assert stack.inner_ == "out_of_bag"
    trees, slots = stack.members_[FOREST].trees_, np.repeat(np.arange(y.size), weight)
    total, number = np.zeros(y.size), np.zeros(y.size)
    ends = [*trees.roots[1:], trees.column.size]
    own = member_stream(stream_of(9), FOREST, -1)
    for index, (root, end) in enumerate(zip(trees.roots, ends, strict=True)):
        bag = derive(np.uint64(derive(np.uint64(own), index)), 0)
        drawn = [int(slots[draw_below(np.uint64(bag), k, slots.size)]) for k in range(slots.size)]
        for row in set(range(y.size)) - set(drawn):
            node = root
            while trees.column[node] >= 0:
                node = trees.left[node] + (X[row, trees.column[node]] > trees.threshold[node])
            assert root <= node < end
            total[row] += trees.value[node]
            number[row] += 1
    learnt = weight > 0
    assert_allclose(
        stack.out_of_fold_[FOREST, learnt], (total / number)[learnt], rtol=0, atol=1e-14
    )
    others = [k for k in range(len(MEMBERS)) if k != FOREST]
    in_folds = in_folds_by_hand(X, y, weight, 9, 4)
    assert_allclose(stack.out_of_fold_[others], in_folds[others], rtol=0, atol=1e-14)


def test_only_patients_with_twenty_trees_without_them_are_weighed_by():
    X, y, weight = cohort(3)
    members, forest = [Mean(), Logistic(), Forest(trees=300)], 2
    weight = np.minimum(weight, 2)
    weight[:3] = 9  # in every bag, or in all but a few
    stack = Stack(members, combine="nnls", seed=9).fit(X, y, sample_weight=weight)
    assert stack.inner_ == "out_of_bag"
    kept = np.flatnonzero((weight > 0) & (weight < 9)).astype(np.uint32)
    cases = Cases(kept, kept[:0], y, weight)
    weights = level_one_weights(NNLS, stack.out_of_fold_, cases, kept)
    assert_allclose(weights, stack.weights_, rtol=0, atol=1e-12)
    assert np.isnan(stack.out_of_fold_[forest, :3]).any()
    everybody = np.flatnonzero(weight).astype(np.uint32)
    others = np.nan_to_num(stack.out_of_fold_, nan=0.5)
    with_them = level_one_weights(NNLS, others, cases, everybody)
    assert np.abs(with_them - stack.weights_).max() > 1e-3


def same(first, second, X):
    assert_array_equal(first.weights_, second.weights_)
    assert_array_equal(first.out_of_fold_, second.out_of_fold_)
    assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert first.inner_ == second.inner_ == "folds"


@pytest.mark.parametrize(
    ("members", "given"),
    [
        (MEMBERS, {"sample_weight": np.full(120, 4)}),  # hardly a bag is without a patient
        (MEMBERS, {"folds": np.arange(120) % 3}),
        (MEMBERS, {"groups": np.arange(120) // 4}),  # centres: their patients differ
        (["mean", Forest(trees=19)], {}),
        (["mean", Forest(trees=25)], {}),  # a third of 25 trees is not enough
        (["mean", ExtraTreesClassifier(30, max_depth=2)], {}),
    ],
)
def test_where_bags_cannot_serve_it_is_folds_to_the_byte(members, given):
    X, y, _ = cohort()
    found = [
        Stack(members, inner=way, seed=2).fit(X, y, **given) for way in ("out_of_bag", "folds")
    ]
    same(*found, X)
    if "folds" not in given:
        weight, groups = given.get("sample_weight", np.ones(120, np.int64)), given.get("groups")
        risks = [
            replicate(
                Stack(members, inner=way), prepare(X), y, weight,
                wanted=y >= 0, seed=2, groups=groups,
            ).risk
            for way in INNER
        ]  # fmt: skip
        assert_allclose(*risks, rtol=0, atol=1e-15)  # a forest's sum in two parts


def test_a_group_of_unequal_outcomes_is_no_patient():
    X, y, _ = cohort()
    X, y = np.repeat(X, 2, axis=0), np.repeat(y, 2)
    groups = np.repeat(np.arange(120), 2)
    assert Stack(MEMBERS).fit(X, y, groups=groups).inner_ == "out_of_bag"
    y[0] = 1 - y[0]
    assert Stack(MEMBERS).fit(X, y, groups=groups).inner_ == "folds"


def test_two_forests_must_both_have_trees_enough():
    X, y, weight = cohort()
    weight = np.minimum(weight, 2)
    one, two = Forest(trees=300, min_leaf=20), Forest(trees=300, min_leaf=9)
    both = Stack([("one", one), ("two", two)], combine="nnls", seed=4)
    both.fit(X, y, sample_weight=weight)
    assert both.inner_ == "out_of_bag"
    alone = Stack([("one", one)], seed=4).fit(X, y, sample_weight=weight)
    assert_array_equal(both.out_of_fold_[0], alone.out_of_fold_[0])
    small = Stack([("one", one), ("two", Forest(trees=21))], seed=4)
    assert small.fit(X, y, sample_weight=weight).inner_ == "folds"


@pytest.mark.parametrize("inner", ["bags", None, 5, ["folds"]])
def test_an_unknown_way_is_refused(inner):
    with pytest.raises(ArgumentError, match="'inner' must be one of out_of_bag, folds; found"):
        Stack(["mean"], inner=inner).fit(*cohort()[:2])
