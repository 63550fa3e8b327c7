"""The stack as an estimator: members, folds, weights, what it keeps and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LinearRegression

from twoarm.errors import ArgumentError, FitError
from twoarm.learners import Boosting, Forest, Logistic, Mean, SplineLogistic, Stack

SMALL = [Mean(), Logistic(), SplineLogistic(), Forest(trees=5), Boosting(trees=5)]
ways = sampled_from(["convex_loglik", "nnls", "discrete"])


class Memory(ClassifierMixin, BaseEstimator):
    """Knows the outcome of every row that it has seen, and says 1/2 to others."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.seen_ = dict(zip(map(tuple, X), y, strict=True))
        return self

    def predict_proba(self, X):
        risk = np.array([self.seen_.get(tuple(row), 0.5) for row in X])
        return np.column_stack([1 - risk, risk])


class Recorder(ClassifierMixin, BaseEstimator):
    """Notes what it is fitted to."""

    calls: list = []  # noqa: RUF012  shared by the copies on purpose

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        Recorder.calls.append((np.array(X), np.array(y), self.random_state))
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.full((len(X), 2), 0.5)


def cohort(seed=1, n=90):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=(n, 2)), rng.integers(0, 3, n)])
    return X, (rng.random(n) < expit(X[:, 0] - 0.5)).astype(int)


@settings(max_examples=30, deadline=None)  # the first call compiles
@given(seed=integers(0, 2**32 - 1), combine=ways)
def test_weights_are_a_share_of_each_member(seed, combine):
    X, y = cohort(seed, 50)
    stack = Stack(SMALL, combine=combine, inner_folds=3).fit(X, y)
    assert (stack.weights_ >= 0).all()
    assert_allclose(stack.weights_.sum(), 1.0, rtol=0, atol=1e-12)
    assert [member is None for member in stack.members_] == (stack.weights_ == 0).tolist()
    if combine == "discrete":
        assert stack.weights_.max() == 1.0


@pytest.mark.parametrize("combine", ["convex_loglik", "nnls"])
def test_a_stack_is_the_weighted_mean_of_its_members(combine):
    X, y = cohort()
    new = cohort(2)[0]
    stack = Stack(SMALL, combine=combine).fit(X, y)
    used = [member for member in stack.members_ if member is not None]
    risks = np.array([member._risk(np.ascontiguousarray(new.T)) for member in used])
    shares = stack.weights_[stack.weights_ > 0]
    assert len(used) > 1
    if combine == "nnls":
        expected = shares @ risks
    else:
        expected = expit(shares @ logit(np.clip(risks, 0.001, 0.999)))
    assert_allclose(stack.predict_proba(new)[:, 1], expected, rtol=0, atol=1e-13)


def test_out_of_fold_predictions_come_from_fits_that_have_not_seen_the_patient():
    X, y = cohort()
    counts = np.random.default_rng(3).integers(0, 4, 90)
    stack = Stack([Memory(), Mean()]).fit(X, y, sample_weight=counts)
    assert_array_equal(stack.out_of_fold_[0, counts > 0], 0.5)
    assert np.isnan(stack.out_of_fold_[:, counts == 0]).all()
    # Had it seen them, it would have everything.
    in_sample = Memory().fit(X, y).predict_proba(X)[:, 1]
    assert_array_equal(in_sample, y)


def test_copies_that_are_not_named_do_leak_and_groups_prevent_it():
    X, y = cohort()
    drawn = np.random.default_rng(3).integers(0, 90, 90)
    leaking = Stack([Memory(), Mean()]).fit(X[drawn], y[drawn])
    grouped = Stack([Memory(), Mean()]).fit(X[drawn], y[drawn], groups=drawn)
    assert (leaking.out_of_fold_[0] != 0.5).any()
    assert (grouped.out_of_fold_[0] == 0.5).all()


def test_given_folds_are_used():
    X, y = cohort()
    folds = np.arange(90) % 4
    stack = Stack(["mean"]).fit(X, y, folds=folds)
    assert stack.n_folds_ == 4
    expected = [y[folds != number].mean() for number in folds]
    assert_allclose(stack.out_of_fold_[0], expected, rtol=1e-14)


def test_a_fold_that_nobody_is_in_is_no_fold():
    X, y = cohort()
    members = [Logistic(), ExtraTreesClassifier(5)]
    stack = Stack(members).fit(X, y, folds=np.arange(90) % 2 * 7)
    assert stack.n_folds_ == 2
    assert_array_equal(
        stack.out_of_fold_, Stack(members).fit(X, y, folds=np.arange(90) % 2).out_of_fold_
    )


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        (np.zeros(89, dtype=int), r"one whole number a row \(90\)"),
        (np.linspace(0, 2, 90), "one whole number a row"),
        (np.arange(90) % 3 - 1, "counted from 0; found -1"),
    ],
)
def test_folds_that_are_none_are_refused(folds, message):
    with pytest.raises(ArgumentError, match=message):
        Stack(["mean"]).fit(*cohort(), folds=folds)


@pytest.mark.parametrize("folds", ["all", "events"])
def test_folds_that_leave_a_member_nothing_to_learn_from_are_refused(folds):
    X, y = cohort()
    given = np.zeros(90, dtype=int) if folds == "all" else y
    with pytest.raises(FitError, match="Outside of fold 0 there are no events, or nothing else"):
        Stack(["mean"]).fit(X, y, folds=given)


def test_noise_gives_all_weight_to_the_mean_and_a_constant_fit():
    X, _ = cohort()
    y = np.tile([0, 0, 1], 30)
    wrong = np.where(y == 1, -1.0, 1.0)[:, None] * np.repeat([1, -1, 1, -1, 1], 18)[:, None]
    folds = np.repeat(np.arange(5), 18)
    stack = Stack(["mean", Logistic(C=np.inf)]).fit(wrong, y, folds=folds)
    assert stack.weights_.tolist() == [1.0, 0.0]
    assert_allclose(stack.predict_proba(X[:, :1])[:, 1], 1 / 3, rtol=1e-14)


def test_equal_members_share_without_harm():
    X, y = cohort()
    members = [("one", Logistic()), ("two", Logistic()), ("three", Mean())]
    stack, alone = Stack(members).fit(X, y), Stack([Logistic(), Mean()]).fit(X, y)
    assert_allclose(stack.predict_proba(X), alone.predict_proba(X), rtol=0, atol=1e-9)


def test_a_plug_in_gets_repeated_rows_and_a_seed_for_each_fit():
    X, y = cohort(n=30)
    counts = np.random.default_rng(4).integers(0, 3, 30)
    folds = np.arange(30) // 2 % 2
    Recorder.calls.clear()
    Stack([Recorder()], seed=3).fit(X, y, sample_weight=counts, folds=folds)
    first, second, full = Recorder.calls
    for (rows, outcome, _), inside in zip(
        (first, second, full), (folds != 0, folds != 1, folds >= 0), strict=True
    ):
        drawn = np.repeat(np.arange(30), np.where(inside, counts, 0))
        assert_array_equal(rows, X[drawn])
        assert_array_equal(outcome, y[drawn])
    seeds = [seed for _, _, seed in Recorder.calls]
    assert len(set(seeds)) == 3
    assert all(0 <= seed < 2**31 for seed in seeds)
    Recorder.calls.clear()
    Stack([Recorder(99)], seed=3).fit(X, y, sample_weight=counts, folds=folds)
    assert [seed for _, _, seed in Recorder.calls] == seeds  # a member's own seed is not used


def test_extra_trees_as_a_plug_in_give_the_same_bytes_again():
    X, y = cohort()
    stack = Stack(["mean", "logistic", ExtraTreesClassifier(8, max_depth=2)], combine="nnls")
    first = stack.fit(X, y).predict_proba(X)
    assert stack.weights_[2] > 0
    assert_array_equal(clone(stack).fit(X, y).predict_proba(X), first)
    assert (clone(stack).set_params(seed=1).fit(X, y).predict_proba(X) != first).any()


def test_the_plain_form_holds_the_members_with_weight():
    X, y = cohort()
    stack = Stack(SMALL).fit(X, y)
    plain = stack.to_plain()
    kept = [name for name, weight in zip(stack.names_, stack.weights_, strict=True) if weight > 0]
    assert [member["name"] for member in plain["members"]] == kept
    assert_allclose(sum(member["weight"] for member in plain["members"]), 1.0, rtol=1e-12)
    assert plain["combine"] == "convex_loglik"


def test_the_plain_form_refuses_a_plug_in_by_name():
    X, y = cohort()
    stack = Stack([("grove", ExtraTreesClassifier(5))]).fit(X, y)
    with pytest.raises(ArgumentError, match=r"Member 'grove' \(ExtraTreesClassifier\) cannot be"):
        stack.to_plain()


def test_members_are_named_by_class_by_pair_or_by_us():
    stack = Stack(["spline_logistic", ("mine", Logistic()), ExtraTreesClassifier()])
    assert [name for name, _ in stack.named_members()] == [
        "spline_logistic",
        "mine",
        "extra_trees_classifier",
    ]
    assert [name for name, _ in Stack().named_members()] == [
        "mean", "logistic", "spline_logistic", "elastic_net", "forest", "boosting",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (["forrest"], "Unknown member 'forrest'; expected one of mean, logistic"),
        ([], "at least one member"),
        ([Logistic(), Logistic(C=2.0)], r"a name of its own; found \['logistic', 'logistic'\]"),
        ([LinearRegression()], "Member 'linear_regression' must be a classifier with predict_pro"),
        ([Forest], "must be a classifier with predict_proba; found <class"),
        ([("forest",)], "must be a classifier with predict_proba"),
        ([3], "must be a classifier with predict_proba; found 3"),
        ("forest", "Parameter 'members' must be a list; found 'forest'"),
    ],
)
def test_members_that_are_none_are_refused(members, message):
    with pytest.raises(ArgumentError, match=message):
        Stack(members).fit(*cohort())


@pytest.mark.parametrize("combine", ["average", None, ["nnls"]])
def test_an_unknown_way_to_combine_is_refused(combine):
    with pytest.raises(ArgumentError, match="'combine' must be one of convex_loglik, nnls, dis"):
        Stack(["mean"], combine=combine).fit(*cohort())
